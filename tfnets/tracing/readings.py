"""Which units of its input a layer's units read: windows, transposed windows, whole planes.

Everything is exact integer arithmetic in TensorFlow's conventions: `same` padding is split so that
the extra row or column goes after the plane, and how much there is depends on the plane's size.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tfnets.tracing.regions import Indices, Patch, Region

Plane = tuple[int, int]
"""Height and width."""


@dataclass(frozen=True)
class Axis:
    """What is read along one axis.

    Attributes:
        reads: Sorted output indices (m,) -> the input indices they read, in any order, repeats
            allowed; on an endless axis, so that indices may be negative.
        stride: Input units by which the window moves from one output unit to the next; 0 if all
            output units read the same.
        bounded: Whether there is nothing beyond the input's edges that could be read.
        gaps: Whether some output indices read nothing at all.
    """

    reads: Callable[[Indices], Indices]
    stride: Fraction = Fraction(1)
    bounded: bool = False
    gaps: bool = False


@dataclass(frozen=True)
class Separable:
    """Rows are read by row and columns by column: convolutions, poolings and their like."""

    rows: Axis
    columns: Axis

    def inputs(self, region: Region) -> Region:
        """Returns the input units that the output units of `region` read."""
        patches = [
            Patch(np.unique(self.rows.reads(p.rows)), np.unique(self.columns.reads(p.columns)))
            for p in region.patches
        ]
        rows, columns = region.bounded
        return Region.of(patches, (rows or self.rows.bounded, columns or self.columns.bounded))

    def strides(self) -> tuple[Fraction, Fraction]:
        """Returns the strides along rows and columns."""
        return self.rows.stride, self.columns.stride

    @property
    def gaps(self) -> bool:
        """Whether there are output rows or columns that read nothing."""
        return self.rows.gaps or self.columns.gaps


@dataclass(frozen=True)
class Reordered:
    """The values of the input in another order: `Reshape` and `Permute` from plane to plane.

    Attributes:
        places: Shape of the output (height, width, channels); the flat index of the input value
            (height, width, channels) that stands there, -1 for none.
        shape: Shape of the input.
    """

    places: Indices
    shape: tuple[int, int, int]

    def inputs(self, region: Region) -> Region:
        """Returns the input units that the output units of `region` read."""
        read = np.zeros(math.prod(self.shape), bool)
        places = self.places[region.mask(self.places.shape[:2])]
        read[places[places >= 0]] = True
        mask = read.reshape(self.shape).any(axis=-1)
        rows = np.flatnonzero(mask.any(axis=1))
        patches = [Patch(np.array([row]), np.flatnonzero(mask[row])) for row in rows]
        return Region.of(patches, (True, True))

    def strides(self) -> None:
        """Returns None: there is no window that moves."""

    gaps = True
    """On an endless plane, there is nothing to read beyond the edges."""


Reading = Separable | Reordered
"""How the units of a layer's output read the units of one of its inputs."""


def moved(places: Indices, shape: tuple[int, int, int]) -> Reading:
    """The reading of units that only take over values; arguments as in `Reordered`.

    Where rows and columns are taken one after another with one step (slices, padding, cropping),
    it is a window of one unit.
    """
    _, width, channels = shape
    units = np.where(places < 0, -1, places // channels)
    known = (units >= 0).any(axis=-1)
    rows = _line(np.where(units < 0, -1, units // width), shape[0])
    columns = _line(np.where(units < 0, -1, units % width).swapaxes(0, 1), width)
    apart = (known == np.outer(known.any(axis=1), known.any(axis=0))).all()
    return Separable(rows, columns) if rows and columns and apart else Reordered(places, shape)


def _line(read: Indices, size: int) -> Axis | None:
    """The window of one unit by which each index reads what is in its plane, if there is one."""
    one = read.reshape(len(read), -1).max(axis=1)
    at = np.flatnonzero(one >= 0)
    if not at.size or not ((read < 0) | (read == one[:, None, None])).all():
        return None
    step = int(one[at[1]] - one[at[0]]) if at.size > 1 else 1
    first = int(one[at[0]] - step * at[0])
    line = first + step * np.arange(len(one))
    line[(line < 0) | (line >= size)] = -1
    return window(1, step, before=-first) if step > 0 and (line == one).all() else None


def window(size: int, stride: int = 1, dilation: int = 1, before: int = 0) -> Axis:
    """`size` taps, `dilation` apart, the first one `before` units ahead of `stride * index`."""
    taps = dilation * np.arange(size) - before
    return Axis(lambda index: (index[:, None] * stride + taps).ravel(), Fraction(stride))


def transposed_window(size: int, stride: int, dilation: int, before: int) -> Axis:
    """The reverse of `window`: the indices whose window covers the given ones."""
    taps = dilation * np.arange(size) - before

    def reads(index: Indices) -> Indices:
        scaled = (index[:, None] - taps).ravel()
        return scaled[scaled % stride == 0] // stride

    return Axis(reads, Fraction(1, stride), gaps=size < stride)


def repeated(source: int, output: int) -> Axis:
    """Each index reads the nearest of `source` centres for `output` (upsampling, resizing)."""
    return Axis(lambda i: (2 * i + 1) * source // (2 * output), Fraction(source, output))


def interpolated(source: int, output: int) -> Axis:
    """Linear interpolation between the two nearest of `source` half-pixel centres for `output`."""

    def reads(index: Indices) -> Indices:
        place = (2 * index + 1) * source - output  # in units of 1 / (2 * output)
        low = place // (2 * output)
        return np.concatenate([low, low[place % (2 * output) != 0] + 1])

    return Axis(reads, Fraction(source, output))


def everything(size: int) -> Axis:
    """Every output index reads the whole axis of `size` units."""
    return Axis(lambda index: np.arange(size), Fraction(0), bounded=True)


LOCAL = Separable(window(1), window(1))
"""Each unit reads the unit at its own place: activations, 1x1 convolutions."""


def whole(plane: Plane) -> Separable:
    """Every unit reads the whole plane: global pooling, dense layers."""
    return Separable(everything(plane[0]), everything(plane[1]))


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> int:
    """Rows (or columns) of zeros that TensorFlow's `same` padding puts before `size` units.

    The output has ceil(size / stride) units; the zeros needed for that are split evenly, and the
    odd one goes after.
    """
    outputs = math.ceil(size / stride)
    total = (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size
    return max(total, 0) // 2
