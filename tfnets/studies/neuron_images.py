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

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tfnets import models
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.inputs import objectives
from tfnets.inputs.maximize import ORIGIN, Recipe, strong
from tfnets.inputs.parametrizations import Shape, pixels
from tfnets.models.networks import Network
from tfnets.studies import unit_fields
from tfnets.studies.pages import neuron_images as page
from tfnets.studies.settings import require_known, require_positive
from tfnets.studies.unit_images import Search, Unit, look_for

ABLATION = ("none", "l2", "total_variation", "transformations", "fourier", "all")
"""The strong recipe's ingredients, one at a time, on pixels and Adam; `all` is that recipe."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        network: What `tfnets.models.load` takes.
        unit: One unit in place of all others: a class by number or name, `LAYER:7` for a channel,
            `LAYER:0,0,0` for a neuron (row, column, channel). Empty: `classes`, and
            neurons of the second convolution, [0,0,0] among them.
        classes: Classes whose images are looked for, by number or name.
        second: Another network of the same classes that judges the images; empty for none.
        field_network: A further network whose second convolution is looked at, as the report
            did with AlexNet's; empty for none.
        field_steps: Steps for a neuron's image.
        origin_classes: How many of the classes get images by the report's loss.
        origin_steps: Steps of the report's recipe.
        fitted_factor: Factor of the neuron in the report's loss (there 1000) for this network.
        fitted_rate: Learning rate in the report's units (there 0.33) for this network.
        fitted_steps: Steps with these numbers.
        steps: Steps of the strong recipe.
        ablation: Keys of `ABLATION`.
        ablation_steps: Steps of each of them.
        frames: Frames of the animations.
    """

    network: str = "efficientnet_lite0"
    unit: str = ""
    classes: tuple[str, ...] = (
        "jellyfish", "hen", "goldfish", "monarch", "strawberry", "castle", "daisy", "tarantula",
    )  # fmt: skip
    second: str = "mobilenet_v2"
    field_network: str = "alexnet_features"
    field_steps: int = 100
    origin_classes: int = 2
    origin_steps: int = 1000
    fitted_factor: float = 300_000.0
    fitted_rate: float = 0.003
    fitted_steps: int = 500
    steps: int = 400
    ablation: tuple[str, ...] = ABLATION
    ablation_steps: int = 256
    frames: int = 40

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "ablation", ABLATION)
        require_positive(self, "field_steps", "origin_classes", "origin_steps", "steps")
        require_positive(self, "fitted_steps", "ablation_steps")
        if not (self.fitted_factor > 0 and self.fitted_rate > 0):
            raise InputError("The settings fitted_factor and fitted_rate must be above 0.")
        if self.frames < 2:
            raise InputError(f"The setting frames is {self.frames}; give 2 or more.")
        if self.second and self.second == self.network:
            raise InputError(
                f"The second network is {self.second} like the first; give another one, or none."
            )


SCALES = {
    "tiny": Settings(
        network="cifar10_3_8", second="cifar10_12_32", field_network="", classes=("0", "1"),
        field_steps=8, origin_classes=1, origin_steps=6, fitted_factor=60_000.0, fitted_rate=0.03,
        fitted_steps=6, steps=6, ablation=("none",), ablation_steps=4, frames=3,
    ),
    "quick": Settings(
        network="cifar10", second="cifar10_24_64", field_network="",
        classes=tuple(map(str, range(10))), origin_classes=10, fitted_factor=60_000.0,
        fitted_rate=0.03,
    ),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Looks for all images, judges them, draws the figures, writes the report."""
    network = models.load(settings.network, data_dir=data_dir)
    units = _units(network, settings)
    judges = {"network": network} | _second(network, settings, data_dir)
    about = run.part("networks", partial(_about, run, judges))
    neurons = unit_fields.measure(run, _neurons(network, settings, data_dir), settings.field_steps)
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
    layer = unit_fields.second_convolution(network.model)
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
) -> dict[str, list[unit_fields.Neuron]]:
    """Neurons whose field is compared, by the name of their network."""
    if not settings.unit:
        networks = [network]
        if settings.field_network:
            networks.append(models.load(settings.field_network, data_dir=data_dir))
        return {one.name: unit_fields.of_second_convolution(one.model) for one in networks}
    (reading, *_) = _unit(network, settings.unit).objective.readings
    if reading.layer is None or len(reading.index) != 3:
        return {}
    return {network.name: [unit_fields.Neuron(network.model, reading.layer, reading.index)]}


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


def ablation(shape: Shape, steps: int) -> dict[str, Recipe]:
    """The strong recipe and each of its ingredients alone, by the names of `ABLATION`."""
    best = replace(strong(shape), steps=steps)
    none = Recipe(pixels(), learning_rate=0.02, steps=steps)
    smooth, grey = best.priors
    return {
        "none": none,
        "l2": replace(none, priors=(grey,)),
        "total_variation": replace(none, priors=(smooth,)),
        "transformations": replace(none, transformations=best.transformations),
        "fourier": replace(best, priors=(), transformations=()),
        "all": best,
    }
