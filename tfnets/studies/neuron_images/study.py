"""Study 2.1: the images that units of a trained network want to see.

Question: which image does a unit of a trained network want to see?

Origin (ran): AlexNet, unit [0,0,0] of the second convolution and output 107 (jellyfish) of fc8.
Loss -1000 neuron + ||image||^2 [Simonyan et al. 2014], for both, gradient descent on the image with
learning rate 0.33, 1,000 iterations. Only the receptive field of the convolution's unit changes;
jellyfish shapes all over the image for fc8. No number was given.

Here: (a) the pixels that a convolution's unit changes are compared with its receptive field, pixel
by pixel, as theory gives it (without ||image||^2, which the origin had there, too, and which drives
the rest of the image to zero); (b) class images by the report's recipe, by its loss with numbers
fitted to the network, and by a strong recipe, with the probability of the class in the network
itself and in a second, independently trained one; (c) one class image with one ingredient of the
strong recipe at a time.

The strong recipe was tuned by looking at images of some of these classes, and at what the second
network made of them: its agreement is no held-out result.

Command: `tfnets run neuron_images --scale full` (about six minutes on 2 cores; downloads two
ImageNet networks and AlexNet's convolutions).
"""

from functools import partial
from typing import Any

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import DataStore
from tfnets.models.trained.networks import Network
from tfnets.studies.neuron_images import fields, page, search
from tfnets.studies.neuron_images.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Looks for all images, judges them, draws the figures, writes the report."""
    seed, judges = run.config.seed, search.judges(lab.store, settings)
    names = search.plans(judges["network"], settings)
    searches = [search.Search(settings, name, seed) for name in names]
    neurons = _neurons(lab.store, settings, seed)
    about = run.part("networks", partial(_about, run, judges))
    lab.run(run, [*neurons, *searches])
    numbers = about | {
        "neurons": {one.key: one.result(run) for one in neurons},
        "images": {one.key: one.result(run) for one in searches},
    }
    run.finish(numbers, page.write(run, settings, numbers))


def _about(run: Run, judges: dict[str, Network]) -> dict[str, Any]:
    """Saves the network and says where it and the second one come from."""
    run.save_model("network", judges["network"].model)
    told = {
        role: {"name": judge.name, "source": judge.source, "notes": list(judge.notes)}
        for role, judge in judges.items()
    }
    return {"classes": judges["network"].classes, "networks": told}


def _neurons(store: DataStore, settings: Settings, seed: int) -> list[fields.NeuronImage]:
    """The neurons whose field is compared."""
    networks = [settings.network]
    if settings.field_network and not settings.unit:
        networks.append(settings.field_network)
    found = {}
    for text in networks:
        network = store.network(text)
        for neuron in _neurons_of(network, settings):
            image = fields.NeuronImage(settings, network.name, seed, text, *neuron)
            found[image.key] = image
    return list(found.values())


def _neurons_of(network: Network, settings: Settings) -> list[tuple[str, tuple[int, int, int]]]:
    """Layer and index of those of one network."""
    if not settings.unit:
        return [(one.layer, one.index) for one in fields.of_second_convolution(network.model)]
    (reading, *_) = search.units(network, settings)[0].objective.readings
    if reading.layer is None or len(reading.index) != 3:
        return []
    return [(reading.layer, reading.index)]
