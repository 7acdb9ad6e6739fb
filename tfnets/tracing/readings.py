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
            (height, width, channels) that stands there.
        shape: Shape of the input.
    """

    places: Indices
    shape: tuple[int, int, int]

    def inputs(self, region: Region) -> Region:
        """Returns the input units that the output units of `region` read."""
        read = np.zeros(math.prod(self.shape), bool)
        read[self.places[region.mask(self.places.shape[:2])]] = True
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


def repeated(factor: int) -> Axis:
    """Each index is repeated `factor` times (nearest-neighbour upsampling)."""
    return Axis(lambda index: index // factor, Fraction(1, factor))


def interpolated(factor: int) -> Axis:
    """Linear interpolation between the two nearest of `factor` times fewer half-pixel centres."""

    def reads(index: Indices) -> Indices:
        place = 2 * index + 1 - factor  # in units of 1 / (2 * factor)
        low = place // (2 * factor)
        return np.concatenate([low, low[place % (2 * factor) != 0] + 1])

    return Axis(reads, Fraction(1, factor))


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
