"""Part of study 2.1: a neuron's image differs from its start only where the neuron can see.

The report's gradient descent is run on one unit of a convolution, without ||image||^2 (which the
report had there, too, and which moves every pixel), and the pixels that change are compared with
the unit's receptive field.
"""

from dataclasses import dataclass, replace
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs import objectives
from tfnets.inputs.maximize import maximize, start_image
from tfnets.inputs.parametrizations import pixels
from tfnets.inputs.recipes import ORIGIN
from tfnets.lab.trial import Measurement
from tfnets.studies.neuron_images.settings import Settings
from tfnets.tracing.receptive_field import unit_box, unit_pixels
from tfnets.tracing.tracing import trace

RECIPE = replace(ORIGIN, parametrization=pixels(noise=0.1), priors=())
"""The report's descent without its prior, from noise strong enough to wake most units."""

STARTS, BATCH = 1024, 32
"""Start images tried, and how many at once, until one wakes the unit: where a ReLU is off, there is
no gradient, and some units answer to one image of noise in a hundred."""


@dataclass(frozen=True, eq=False)
class Neuron:
    """One unit of a convolution."""

    model: keras.Model  # images in [0, 1] -> logits
    layer: str  # name of its layer
    index: tuple[int, int, int]  # row, column and channel

    @property
    def text(self) -> str:
        """As `objectives.parse` reads it."""
        return f"{self.layer}:{','.join(map(str, self.index))}"

    @property
    def objective(self) -> objectives.Objective:
        """What is maximised."""
        return objectives.neuron(self.layer, self.index)


def second_convolution(model: keras.Model) -> str:
    """Returns the name of a model's second convolution (depthwise ones do not count).

    Raises:
        InputError: The model has fewer than two.
    """
    found = [step.name for step in trace(model).steps if step.kind == "Conv2D"]
    if len(found) < 2:
        asked = "name a unit with --unit"
        raise InputError(f"The model {model.name!r} has no second convolution; {asked}.")
    return found[1]


def of_second_convolution(model: keras.Model) -> list[Neuron]:
    """The report's neuron, unit [0,0,0] of the second convolution, with the middle and the last."""
    layer = second_convolution(model)
    graph = trace(model)
    height, width, _ = graph.shapes[graph.names[layer]]
    places = [(0, 0), (height // 2, width // 2), (height - 1, width - 1)]
    return [Neuron(model, layer, (*place, 0)) for place in dict.fromkeys(places)]


@final
@dataclass(frozen=True)
class NeuronImage(Measurement):
    """A neuron's image: the pixels that changed, compared with the neuron's field.

    It leaves `neuron-NETWORK-PLACE.npy`: start and result (2, height, width, channels). Its variant
    is the name of its network; layer and index are as in `Neuron`.
    """

    settings: Settings
    network: str  # what `tfnets.models.load` takes
    layer: str
    index: tuple[int, int, int]

    @property
    def key(self) -> str:
        """Name of the part with the unit, its field's box and pixels, and those that changed."""
        return "-".join(["neuron", self.variant, *map(str, self.index)])

    def measure(self) -> dict[str, Any]:
        """Looks for the image and compares."""
        neuron = Neuron(self.store.network(self.network).model, self.layer, self.index)
        seed = waking_seed(neuron, self.seed)
        recipe = replace(RECIPE, steps=self.settings.field_steps)
        found = maximize(neuron.model, [neuron.objective], recipe, seed=seed, progress=False)
        start = start_image(neuron.model, RECIPE, seed)
        self.run.save_array(self.key, np.stack([start, found.images[0]]))
        changed = (found.images[0] != start).any(axis=-1)
        unit = neuron.model, neuron.layer, neuron.index[:2]
        predicted, box = unit_pixels(*unit), unit_box(*unit)
        return {
            "network": self.variant,
            "unit": neuron.text,
            "box": [box.top, box.left, box.bottom, box.right],
            "field_pixels": int(predicted.sum()),
            "changed_inside": int((changed & predicted).sum()),
            "changed_outside": int((changed & ~predicted).sum()),
            "score_before": float(found.history[0, 0]),
            "score_after": float(found.scores[0]),
        }


def waking_seed(neuron: Neuron, seed: int) -> int:
    """The first seed from `seed` on whose start image the neuron answers to; `seed` if none."""
    scorer = objectives.Scorer(neuron.model, [neuron.objective] * BATCH)
    for first in range(seed, seed + STARTS, BATCH):
        seeds = range(first, first + BATCH)
        starts = tf.stack([start_image(neuron.model, RECIPE, one) for one in seeds])
        awake = np.flatnonzero(scorer(starts).numpy())
        if awake.size:
            return first + int(awake[0])
    return seed
