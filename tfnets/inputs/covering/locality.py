"""Which part of a network's inner tensors depends on a few pixels (study 2.4, 6.1).

A network is cut where a single tensor carries everything: between two layers of a chain, between
two residual blocks. As long as the layers are local (a unit reads a window, and all units do the
same), a unit of such a tensor reads the units `stride * i + offset ... + size - 1` of an earlier
one, along each axis. So the units that see some pixels are known, and what they are can be
computed from a crop.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from tfnets.errors import InputError
from tfnets.inputs.covering.calls import Call, Calls
from tfnets.tracing.graph import Graph, Step
from tfnets.tracing.paths import Paths
from tfnets.tracing.regions import Region
from tfnets.tracing.rules import UNIT_BY_UNIT, find

Indices = NDArray[np.int64]

_ALIKE = (
    layers.Activation, layers.ActivityRegularization, layers.Add, layers.AlphaDropout,
    layers.Average, layers.AveragePooling2D, layers.Conv2D, layers.DepthwiseConv2D,
    layers.Dropout, layers.ELU, layers.GaussianDropout, layers.GaussianNoise, layers.Identity,
    layers.LeakyReLU, layers.Maximum, layers.MaxPooling2D, layers.Minimum, layers.Multiply,
    layers.ReLU, layers.SeparableConv2D, layers.SpatialDropout2D, layers.Subtract,
    layers.ZeroPadding2D,
)  # fmt: skip
"""Layers all of whose units do the same, whatever their settings."""


@dataclass(frozen=True)
class Reach:
    """What the units of a tensor read of an earlier one, along one axis, padding included.

    Attributes:
        stride: Units of the earlier tensor from one unit's window to the next one's; 1 or more.
        offset: First unit read by unit 0; negative where that lies in the padding.
        size: Units from the first to the last one read.
    """

    stride: int = 1
    offset: int = 0
    size: int = 1

    def through(self, earlier: "Reach") -> "Reach":
        """Returns what is read of a still earlier tensor, of which `earlier` is read."""
        return Reach(
            self.stride * earlier.stride,
            self.offset * earlier.stride + earlier.offset,
            (self.size - 1) * earlier.stride + earlier.size,
        )

    def seeing(self, first: Indices, stop: Indices, units: int) -> tuple[Indices, Indices]:
        """Returns which units see the earlier tensor's units `first` to `stop - 1`.

        Both are (n,), `units` how many units the tensor has. Returned are the first unit and the
        one after the last, each (n,), in 0 ... units; at least one unit, also where none sees
        anything.
        """
        begin = np.clip(-((self.offset + self.size - 1 - first) // self.stride), 0, units - 1)
        return begin, np.clip((stop - 1 - self.offset) // self.stride + 1, begin + 1, units)


@dataclass(frozen=True, eq=False)
class Segment:
    """The calls between two tensors that carry everything.

    Attributes:
        calls: The calls.
        source: Number of the tensor before them.
        target: Number of the tensor after them.
        reaches: What the target's units read of the source, along rows and along columns.
        work: What running the calls on the whole plane costs (see `work`).
    """

    calls: tuple[Call, ...]
    source: int
    target: int
    reaches: tuple[Reach, Reach]
    work: float


VALUE = 24.0
"""Multiplications that take as long as writing one value and reading it again."""


def work(graph: Graph, calls: Sequence[Call]) -> float:
    """Estimates the cost of calls: their multiplications, and `VALUE` for each value they put out.

    Raises:
        InputError: A layer's kind is not known to `tfnets.tracing.rules`.
    """
    total = 0.0
    for call in calls:
        total += VALUE * np.prod(graph.shapes[call.output], dtype=float)
        for step in call.steps:
            shapes = [graph.shapes[source] for source in step.inputs]
            total += find(step).multiplications(step.layer, shapes, graph.shapes[step.output])
    return total


def segments(network: Calls) -> tuple[Segment, ...]:
    """Cuts the local beginning of a network into as many segments as there can be.

    The first one is from the image; there is none if already the first layers are not local.
    """
    graph, source, found = network.graph, network.image, []
    if graph is None:
        return ()
    begin = 0
    for end in _joints(network):
        calls = network.calls[begin:end]
        target = calls[-1].output
        reaches = _reaches(graph, calls, source, target)
        if reaches is None:
            break
        found.append(Segment(calls, source, target, reaches, work(graph, calls)))
        begin, source = end, target
    return tuple(found)


def _joints(network: Calls) -> list[int]:
    """Returns after how many calls a single tensor is all that later calls read."""
    last = {source: place for place, call in enumerate(network.calls) for source in call.inputs}
    joints, open_ = [], {network.image}
    for place, call in enumerate(network.calls):
        open_ = {tensor for tensor in open_ | {call.output} if last.get(tensor, -1) > place}
        if open_ == {call.output}:
            joints.append(place + 1)
    return joints


def _reaches(
    graph: Graph, calls: Sequence[Call], source: int, target: int
) -> tuple[Reach, Reach] | None:
    steps = tuple(step for call in calls for step in call.steps)
    planes = all(len(graph.shapes[tensor]) == 3 for tensor in (source, target))
    if not planes or not all(map(_alike, steps)):
        return None
    try:
        paths = Paths(Graph(graph.name, steps, graph.shapes, (source,), graph.names))
        moves = paths.moves(target)
        if moves is None or not all(
            move and move.period == 1 and move.stride >= 1 and move.stride == int(move.stride)
            for move in moves
        ):
            return None
        box = paths.back(target, Region.unit(0, 0, bounded=False)).box()
    except InputError:  # A kind of layer, or a setting, without a rule.
        return None
    rows, columns = (int(move.stride) for move in moves)
    return Reach(rows, box.top, box.height), Reach(columns, box.left, box.width)


def _alike(step: Step) -> bool:
    """Whether all units of a layer do the same, so that it can be run on a crop."""
    layer, kind = step.layer, type(step.layer)
    if kind in _ALIKE:
        return True
    if kind in (layers.BatchNormalization, layers.Concatenate):
        return layer.axis in (-1, 3)
    if kind is layers.LayerNormalization:
        return layer.axis in (-1, 3, [-1], [3], (-1,), (3,))
    if kind is layers.Normalization:
        return layer.axis in ((-1,), (3,), ())
    if kind is layers.PReLU:
        return set(layer.shared_axes or ()) >= {1, 2}
    if kind is layers.Rescaling:
        return all(map(_per_channel, (layer.scale, layer.offset)))
    ours = kind.__module__.startswith("keras.src.ops.") and step.kind in UNIT_BY_UNIT
    return ours and all(map(_per_channel, _constants(step)))


def _constants(step: Step) -> list[object]:
    """What an operation of `keras.ops` works with besides the tensors of the network."""
    given = [*step.node.arguments.args, *step.node.arguments.kwargs.values()]
    given += [getattr(step.layer, name, None) for name in ("x_min", "x_max")]
    return [value for value in given if not isinstance(value, keras.KerasTensor)]


def _per_channel(value: object) -> bool:
    """Whether a constant is the same at all places of a plane (texts and None are)."""
    shape = np.shape(value) if hasattr(value, "shape") or isinstance(value, list | tuple) else ()
    return all(size == 1 for size in shape[:-1])
