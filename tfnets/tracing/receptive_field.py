"""Which pixels a unit of a network can see (study 6.1).

The field of a unit is found by walking back from it: each layer turns a set of output units into
the set of input units they read, exactly, whatever the kind of layer, up to the image. A unit is a
place (row, column) of a layer's output, all its channels together; a vector (after `Flatten`,
global pooling or `Dense`) counts as one unit (0, 0) that reads everything before it. Every kernel
entry is taken to be used; layers are taken as in inference.

Closed forms (Araujo et al. 2019, "Computing receptive fields of convolutional neural networks")
give size, stride and offset of convolutions and poolings only; here they are read off the sets.
"""

import contextlib
from dataclasses import dataclass
from fractions import Fraction

import keras
import numpy as np
from numpy.typing import NDArray

from tfnets.errors import InputError
from tfnets.tracing.graph import Graph, Size, UnknownLayerError
from tfnets.tracing.paths import Paths
from tfnets.tracing.regions import Box, Region
from tfnets.tracing.rules import RULES, Rules, plane_of
from tfnets.tracing.tracing import trace

Layer = str | keras.layers.Layer
Unit = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """Receptive field of a layer's units, as on an endless image.

    Where a unit reads a whole plane (global pooling, dense layers), the field ends at the image's
    edges and its stride is 0. A layer that does not depend on the image has a field of 0 x 0.

    Attributes:
        height: Rows of pixels from the first to the last one read. After transposed convolutions
            and upsampling, neighbouring units differ; then it is the largest.
        width: Columns of pixels, likewise.
        stride: Pixels (down, right) by which the field moves from a unit to the next; 1/2 where
            the layer has two units per pixel.
        offset: First row and column read by unit (0, 0); negative where they lie in the padding.
    """

    height: int
    width: int
    stride: tuple[Fraction, Fraction]
    offset: tuple[int, int]


def field(
    model: keras.Model, layer: Layer, *, input_shape: Size = None, rules: Rules = RULES
) -> Field:
    """Returns size, stride and offset of the receptive field of a layer's units.

    Args:
        model: A functional or Sequential model with one image input.
        layer: A layer's name (`NAME:2` for the second call of a shared layer, `MODEL/NAME` inside
            a nested model), or the layer itself.
        input_shape: Another shape (height, width, channels) of the image than the model's own.
        rules: Rules for kinds of layer that are not in `tfnets.tracing.rules.RULES`.

    Raises:
        InputError: Unknown layer or kind of layer, a shape that does not fit, or branches with
            different strides, whose units have no common field.
    """
    paths = Paths(trace(model, input_shape), rules)
    found = _common(paths, paths.graph.output_of(layer))
    if found is None:
        name = layer if isinstance(layer, str) else layer.name
        raise InputError(
            f"The units of {name!r} have no common field, because branches of different stride "
            "meet before it or values are moved about unevenly; ask for single units with unit_box."
        )
    return found


def fields(
    model: keras.Model, *, input_shape: Size = None, rules: Rules = RULES
) -> dict[str, Field | None]:
    """Returns the field of every layer call by its name; None where units have no common field.

    Calls that see the image through a kind of layer for which no rule is known are left out. Other
    errors, and the arguments, as in `field`.
    """
    paths, found = Paths(trace(model, input_shape), rules), {}
    for step in paths.graph.steps:
        with contextlib.suppress(UnknownLayerError):
            found[step.name] = _common(paths, step.output)
    return found


def unit_box(
    model: keras.Model,
    layer: Layer,
    unit: Unit,
    *,
    clipped: bool = True,
    input_shape: Size = None,
    rules: Rules = RULES,
) -> Box:
    """Returns the box of pixels that one unit (row, column) reads.

    If `clipped`, padding counts as nothing, which gives the pixels of the image that are really
    read; else the plane of every layer goes on without end. Other arguments as in `field`.

    Raises:
        InputError: As in `field`, but for the strides; or there is no such unit.
    """
    return _read(trace(model, input_shape), layer, unit, rules, bounded=clipped).box()


def unit_pixels(
    model: keras.Model, layer: Layer, unit: Unit, *, input_shape: Size = None, rules: Rules = RULES
) -> NDArray[np.bool_]:
    """Returns an image (height, width) that is true at every pixel that one unit reads.

    Dilated convolutions leave holes, so that this is more than the box. Arguments and errors as in
    `unit_box`.
    """
    graph = trace(model, input_shape)
    return _read(graph, layer, unit, rules, bounded=True).mask(plane_of(graph.shapes[graph.image]))


def _read(graph: Graph, layer: Layer, unit: Unit, rules: Rules, *, bounded: bool) -> Region:
    """Returns what one unit reads of the image."""
    paths, target = Paths(graph, rules), graph.output_of(layer)
    require_unit(graph, target, unit)
    return paths.back(target, Region.unit(*unit, bounded=bounded))


def require_unit(graph: Graph, target: int, unit: Unit) -> None:
    """Refuses a unit that is not on the plane of a tensor, by an InputError with its size."""
    plane = plane_of(graph.shapes[target])
    if len(unit) != 2 or not all(0 <= at < size for at, size in zip(unit, plane, strict=True)):
        raise InputError(
            f"There is no unit {tuple(unit)}; the layer has {plane[0]} rows and {plane[1]} columns "
            "of units, counted from 0."
        )


def _common(paths: Paths, target: int) -> Field | None:
    """Returns the common field of a tensor's units, or None if they have none."""
    moves = paths.moves(target)
    if moves is None:  # The layer does not depend on the image at all.
        return Field(0, 0, (Fraction(0), Fraction(0)), (0, 0))
    rows, columns = moves
    if rows is None or columns is None:
        return None
    units = [(k % rows.period, k % columns.period) for k in range(max(rows.period, columns.period))]
    boxes = [paths.back(target, Region.unit(*unit, bounded=False)).box() for unit in units]
    return Field(
        max(box.height for box in boxes),
        max(box.width for box in boxes),
        (rows.stride, columns.stride),
        (boxes[0].top, boxes[0].left),
    )
