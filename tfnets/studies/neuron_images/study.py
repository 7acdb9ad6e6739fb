"""Study 2.1: the images that units of a trained network want to see.

Question: which image does a unit of a trained network want to see?

Origin: AlexNet, unit [0,0,0] of the second convolution and output 107 (jellyfish) of fc8. Loss
-1000 neuron + ||image||^2 [Simonyan et al. 2014], gradient descent on the image with learning rate
0.33, 1,000 iterations. Found by eye: only the receptive field of the convolution's unit changes;
jellyfish shapes all over the image for fc8. No number was given.

Here: (a) the pixels that a convolution's unit changes are compared with its receptive field, pixel
by pixel, as theory gives it (without ||image||^2, which moves every pixel); (b) class images by the
report's recipe, by its loss with numbers fitted to the network, and by a strong recipe, with the
probability of the class in the network itself and in a second, independently trained one; (c) one
class image with one ingredient of the strong recipe at a time.

The strong recipe was tuned by looking at images of some of these classes, and at what the second
network made of them: its agreement is no held-out result.

Command: `tfnets run neuron_images --scale full` (about six minutes on 2 cores; downloads two
ImageNet networks and AlexNet's convolutions).
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tfnets import models
from tfnets.artifacts.run import Run
from tfnets.inputs import objectives
from tfnets.inputs.parametrizations import Shape
from tfnets.inputs.recipes import ORIGIN, strong
from tfnets.lab.engine import Lab
from tfnets.models.trained.networks import Network
from tfnets.studies.neuron_images import fields, page
from tfnets.studies.neuron_images.search import Search, Unit, look_for
from tfnets.studies.neuron_images.settings import SCALES, Settings, ablation

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Looks for all images, judges them, draws the figures, writes the report."""
    network = models.load(settings.network, data_dir=lab.data_dir)
    units = _units(network, settings)
    judges = {"network": network} | _second(network, settings, lab.data_dir)
    about = run.part("networks", partial(_about, run, judges))
    neurons = fields.measure(run, _neurons(network, settings, lab.data_dir), settings.field_steps)
    found = {
        name: run.part(name, partial(look_for, run, name, judges, search))
        for name, search in _plan(network.input_shape, units, settings).items()
    }
    numbers = about | {"neurons": neurons, "images": found}
    page.draw(run, numbers)
    run.finish(numbers, page.report(settings, numbers).as_json())


def _units(network: Network, settings: Settings) -> list[Unit]:
    """The one unit that was asked for, else the classes, else a few channels."""
    if settings.unit:
        return [_unit(network, settings.unit)]
    if network.classes:
        return [_unit(network, text) for text in settings.classes]
    layer = fields.second_convolution(network.model)
    return [_unit(network, f"{layer}:{number}") for number in range(8)]


def _unit(network: Network, text: str) -> Unit:
    if ":" in text:
        objective = objectives.parse(text)
        objectives.Scorer(network.model, [objective])  # Refuses what the model does not have.
        return Unit(text, objective)
    index = network.class_index(text)
    name = network.class_names[index] if network.class_names else "class"
    return Unit(f"{name} ({index})", objectives.class_logit(index), index)


def _second(
    network: Network, settings: Settings, data_dir: Path | str | None
) -> dict[str, Network]:
    """The second judge, if it knows the same classes."""
    if not settings.second or not network.classes:
        return {}
    second = models.load(settings.second, data_dir=data_dir)
    if (second.classes, second.class_names) != (network.classes, network.class_names):
        return {}
    return {"second": second}


def _about(run: Run, judges: dict[str, Network]) -> dict[str, Any]:
    """Saves the network and says where it and the second one come from."""
    network = judges["network"]
    run.save_model("network", network.model)
    return {
        "classes": network.classes,
        "networks": {
            role: {"name": judge.name, "source": judge.source, "notes": list(judge.notes)}
            for role, judge in judges.items()
        },
    }


def _neurons(
    network: Network, settings: Settings, data_dir: Path | str | None
) -> dict[str, list[fields.Neuron]]:
    """Neurons whose field is compared, by the name of their network."""
    if not settings.unit:
        networks = [network]
        if settings.field_network:
            networks.append(models.load(settings.field_network, data_dir=data_dir))
        return {one.name: fields.of_second_convolution(one.model) for one in networks}
    (reading, *_) = _unit(network, settings.unit).objective.readings
    if reading.layer is None or len(reading.index) != 3:
        return {}
    return {network.name: [fields.Neuron(network.model, reading.layer, reading.index)]}


def _plan(shape: Shape, units: list[Unit], settings: Settings) -> dict[str, Search]:
    """All batches of images by name."""
    origin = replace(ORIGIN, steps=settings.origin_steps)
    scale = settings.fitted_factor / 1000 * origin.objective_scale
    rate, steps = settings.fitted_rate, settings.fitted_steps
    fitted = replace(origin, objective_scale=scale, learning_rate=rate, steps=steps)
    best = replace(strong(shape), steps=settings.steps)
    few = units[: settings.origin_classes]
    plan = {
        "origin": Search(origin, few),
        "fitted": Search(fitted, few, settings.frames),
        "strong": Search(best, units, settings.frames),
    }
    recipes = ablation(shape, settings.ablation_steps)
    return plan | {f"only-{name}": Search(recipes[name], units[:1]) for name in settings.ablation}
