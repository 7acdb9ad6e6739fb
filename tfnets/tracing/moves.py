"""Operations that only move values: what their units read is found by moving the values' numbers.

Slices, pads, transpositions and the like can be followed through any number of axes: on the way
from a plane to a plane they are taken as one operation.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfnets.tracing import readings
from tfnets.tracing.graph import Graph, Shape, Step, UnknownLayerError

MOVING = frozenset({
    "ArraySplit", "BroadcastTo", "CropImages", "DepthToSpace", "Diagonal", "ExpandDims", "Flip",
    "Fliplr", "Flipud", "GetItem", "Hsplit", "Moveaxis", "Pad", "PadImages", "Ravel", "Repeat",
    "Reshape", "Roll", "Rot90", "Slice", "SpaceToDepth", "Split", "Squeeze", "Swapaxes", "Take",
    "Tile", "Transpose", "Tril", "Triu", "Unstack", "Vsplit",
})  # fmt: skip
"""Operations of `keras.ops` on one tensor that only move its values, and put constants beside."""

_CALLS = {
    kind.call
    for kind in (
        layers.Cropping2D, layers.Flatten, layers.Permute, layers.Reshape, layers.ZeroPadding2D,
    )
}  # fmt: skip


def only_moves(step: Step) -> bool:
    """Whether a call only moves values of one tensor."""
    ours = type(step.layer).__module__.startswith("keras.src.ops.") and step.kind in MOVING
    return len(step.inputs) == 1 and (ours or getattr(type(step.layer), "call", None) in _CALLS)


@dataclass(frozen=True, eq=False)
class _Joined(Step):
    """A call together with the one before it."""

    before: Step | None = None

    def outputs(self, values: Any) -> list[Any]:
        return super().outputs([self.before.run(values)])


def joined(graph: Graph) -> Graph:
    """Returns the graph with such calls one after another as one, but for slices of planes."""
    makers: dict[int, Step] = {}
    for step in graph.steps:
        before = makers.get(step.inputs[0]) if only_moves(step) else None
        if before and only_moves(before) and not _in_order(graph, before):
            known = {name: getattr(step, name) for name in Step.__dataclass_fields__}
            step = _Joined(**known | {"inputs": before.inputs}, before=before)
        makers[step.output] = step
    return replace(graph, steps=tuple(makers.values()))


def _in_order(graph: Graph, step: Step) -> bool:
    source, output = step.inputs[0], step.output
    if not (graph.is_plane(source) and graph.is_plane(output)):
        return False
    try:
        found = reading(step, step.layer, graph.shapes[source], graph.shapes[output])
    except UnknownLayerError:
        return True
    return isinstance(found, readings.Separable)


def reading(step: Step, layer: keras.Operation, source: Shape, output: Shape) -> readings.Reading:
    """Moves the values' numbers; twice, to tell them from constants."""
    batch, by = step.node.input_tensors[0].shape[0] or 1, 2**29
    numbers = np.broadcast_to(
        np.arange(math.prod(source), dtype=np.int32).reshape(source), (batch, *source)
    )
    for kind in (np.int32, np.float64):  # Constants can need floats; layers would round large ones.
        try:
            runs = [step.run([tf.constant((numbers + at).astype(kind))]) for at in (by, 2 * by)]
            low, high = (np.asarray(run).reshape(batch, *output)[0] for run in runs)
            break
        except (TypeError, ValueError, tf.errors.OpError) as error:
            failed = error
    else:
        raise UnknownLayerError(f"The operation {step.name!r} cannot be followed.") from failed
    places = np.where(high - low == by, low - by, -1)
    return readings.moved(places.astype(np.int64), source)
