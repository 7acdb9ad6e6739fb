"""What an image should excite: units of a network, as values that add up (study 2.1).

    jellyfish = class_logit(107)
    both = jellyfish + 0.5 * channel("conv2", 7)

An objective is a weighted sum of readings. `+`, `-` and `*` give new objectives and leave their
operands alone. `Scorer` reads the objectives of a whole batch, one per image, in one pass.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.checks import require_logits
from tfnets.inputs.covering.calls import tensor_of
from tfnets.inputs.reading import Reader
from tfnets.tracing.tracing import trace

READINGS = {
    "value": lambda tensor: tensor,
    "probability": tf.nn.softmax,
    "log_probability": tf.nn.log_softmax,
    "channel": lambda tensor: tf.reduce_mean(tensor, axis=(1, 2)),
}
"""What is made of a layer's tensor (n, ...) before one value per image is taken from it."""


@dataclass(frozen=True)
class Reading:
    """One number that is read from a layer.

    Attributes:
        layer: Name as in `tfnets.inputs.covering.calls.tensor_of`; None for the logits.
        kind: A key of `READINGS`.
        index: Place in what the reading gives: (class,), (row, column, channel) or (channel,).
        weight: Its factor in the sum.
    """

    layer: str | None
    kind: str
    index: tuple[int, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Objective:
    """A weighted sum of readings, to be maximised."""

    readings: tuple[Reading, ...]

    def __add__(self, other: "Objective") -> "Objective":
        if not isinstance(other, Objective):
            return NotImplemented
        return Objective(self.readings + other.readings)

    def __mul__(self, factor: float) -> "Objective":
        if not isinstance(factor, int | float):
            return NotImplemented
        return Objective(tuple(replace(r, weight=factor * r.weight) for r in self.readings))

    __rmul__ = __mul__

    def __neg__(self) -> "Objective":
        return -1.0 * self

    def __sub__(self, other: "Objective") -> "Objective":
        return self + -other if isinstance(other, Objective) else NotImplemented


def class_logit(index: int) -> Objective:
    """The logit of a class (the report's fc8), counted from 0."""
    return Objective((Reading(None, "value", (index,)),))


def class_probability(index: int) -> Objective:
    """The probability of a class, in [0, 1]; it can rise because other classes fall."""
    return Objective((Reading(None, "probability", (index,)),))


def class_log_probability(index: int) -> Objective:
    """The logarithm of a class's probability, whose slope does not fade where that is small."""
    return Objective((Reading(None, "log_probability", (index,)),))


def neuron(layer: str, place: Sequence[int]) -> Objective:
    """One neuron: its layer, and its place (row, column, channel), or (index,) in a vector."""
    return Objective((Reading(layer, "value", tuple(place)),))


def channel(layer: str, index: int) -> Objective:
    """The mean of one channel of a layer over all places of its plane."""
    return Objective((Reading(layer, "channel", (index,)),))


def parse(text: str) -> Objective:
    """Reads an objective from text.

    "107" is a class's logit, "conv2:7" the mean of a channel, "conv2:0,0,0" one neuron (row,
    column, channel). A layer's name may have a colon itself: "conv:2:7" is channel 7 of the layer
    `conv:2`.

    Raises:
        InputError: Another form. Whether the model has such a unit is checked by `Scorer`.
    """
    found = re.fullmatch(r"(?:(?P<layer>.+):)?(?P<index>\d+(?:,\d+)*)", text.replace(" ", ""))
    index = tuple(int(part) for part in found["index"].split(",")) if found else ()
    layer = found["layer"] if found else None
    if len(index) == 1:
        return class_logit(index[0]) if layer is None else channel(layer, index[0])
    if layer is None or len(index) != 3:
        raise InputError(
            f"{text!r} names no unit; write a class as 107, a channel as LAYER:7, a neuron as "
            "LAYER:ROW,COLUMN,CHANNEL."
        )
    return neuron(layer, index)


class Scorer:
    """Reads the objectives of a batch: image i is scored by objective i alone."""

    def __init__(self, model: keras.Model, objectives: Sequence[Objective]) -> None:
        """Checks all objectives, one per image, against the model before anything runs.

        Raises:
            InputError: No objective, an unknown layer, or a unit that the layer does not have.
        """
        if not objectives:
            raise InputError("There is no objective; give at least one.")
        graph = trace(model)
        for reading in dict.fromkeys(r for objective in objectives for r in objective.readings):
            _require_index(reading, graph.shapes[tensor_of(model, graph, reading.layer)])
        self.count = len(objectives)
        self._places: dict[tuple[str | None, str], list[tuple[int, Reading]]] = {}
        for image, objective in enumerate(objectives):
            for reading in objective.readings:
                self._places.setdefault((reading.layer, reading.kind), []).append((image, reading))
        self._layers = list(dict.fromkeys(layer for layer, _ in self._places))
        self._reader = Reader(model, self._layers)
        if None in self._layers:
            images = np.random.default_rng(0).random((2, *graph.shapes[graph.image]), np.float32)
            found = self._reader(tf.constant(images))[self._layers.index(None)]
            require_logits(tf.reshape(found, (2, -1)))

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Scores (n,) of n images, one per objective; the network is in inference mode."""
        tensors = dict(zip(self._layers, self._reader(images), strict=True))
        total = tf.zeros(self.count)
        for (layer, kind), places in self._places.items():
            indices = [[image, *reading.index] for image, reading in places]
            weights = tf.constant([float(reading.weight) for _, reading in places])
            parts = weights * tf.cast(
                tf.gather_nd(READINGS[kind](tensors[layer]), indices), tf.float32
            )
            owners = tf.constant([[image] for image, _ in places])
            total += tf.scatter_nd(owners, parts, (self.count,))
        return total


def _require_index(reading: Reading, shape: tuple[int, ...]) -> None:
    where = f"The layer {reading.layer!r}" if reading.layer else "The network's output"
    if reading.kind == "channel":
        if len(shape) != 3:
            raise InputError(
                f"{where} has no plane but the shape {shape}, so it has no channels to average; "
                "give one neuron."
            )
        shape = shape[-1:]
    if reading.kind.endswith("probability") and shape == (1,):
        raise InputError(f"{where} is one number, no probabilities of classes; ask for its logit.")
    inside = (0 <= i < size for i, size in zip(reading.index, shape, strict=False))
    if len(reading.index) != len(shape) or not all(inside):
        units = " x ".join(map(str, shape)) or "1"
        raise InputError(
            f"{where} has no unit {','.join(map(str, reading.index))}; it has {units} "
            f"{'channels' if reading.kind == 'channel' else 'units'}, counted from 0."
        )
