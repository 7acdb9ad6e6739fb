"""Windows that slide over an image, what they cover, and the map they give (study 2.4)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfnets.errors import InputError
from tfnets.inputs.covering.stages import Boxes

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Windows:
    """A grid of windows on an image.

    Attributes:
        rows: First pixel row and the one after the last, of each row of windows: shape (rows, 2).
        columns: Likewise along columns: shape (columns, 2).
        plane: Height and width of the image.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    plane: tuple[int, int]

    @property
    def grid(self) -> tuple[int, int]:
        """How many windows there are in a column and in a row of them."""
        return len(self.rows), len(self.columns)

    def boxes(self) -> Boxes:
        """Returns all windows, row by row."""
        rows, columns = np.indices(self.grid).reshape(2, -1)
        return Boxes(
            *(np.stack([self.rows[rows, e], self.columns[columns, e]], axis=1) for e in (0, 1))
        )


def windows(
    plane: tuple[int, int], size: int | Sequence[int], stride: int | Sequence[int]
) -> Windows:
    """Lays windows over an image so that every pixel is in one or more.

    `plane` is the image's height and width, `size` a window's, `stride` the rows and columns from
    one window to the next, at most the size; one number stands for both.

    Raises:
        InputError: A size larger than the image, a stride larger than the size, or below 1.
    """
    sizes, strides = pair("size", size), pair("stride", stride)
    for text, wide, step, units in zip(("high", "wide"), sizes, strides, plane, strict=True):
        if wide > units:
            raise InputError(
                f"The window is {wide} pixels {text}, but the image only {units}; give a smaller "
                "size."
            )
        if step > wide:
            raise InputError(
                f"The stride of {step} pixels leaves gaps between windows {wide} pixels {text}; "
                "give a stride of at most the size."
            )
    return Windows(*map(_along, plane, sizes, strides), tuple(plane))


def covered(images: Floats, fills: Floats, grid: Windows) -> Floats:
    """Returns every image with each window filled from the image of `fills`.

    `occlude` never holds all of these at once. Images and fills, from
    `tfnets.inputs.covering.fills.filled`, are (n, height, width, channels); the result is (n, rows,
    columns, height, width, channels).
    """
    rows, columns = (_mask(ends, units) for ends, units in _axes(grid))
    inside = rows[:, None, :, None] & columns[None, :, None, :]
    return np.where(inside[None, ..., None], fills[:, None, None], images[:, None, None])


def heat(drops: Floats, grid: Windows) -> Floats:
    """Returns for each pixel the mean drop (n, rows, columns) of the windows that cover it.

    Its shape is (n, height, width), float32.
    """
    rows, columns = (_mask(ends, units).astype(np.float64) for ends, units in _axes(grid))
    total = np.einsum("nrc,rh,cw->nhw", np.asarray(drops, np.float64), rows, columns, optimize=True)
    return (total / np.outer(rows.sum(axis=0), columns.sum(axis=0))).astype(np.float32)


def pair(name: str, value: int | Sequence[int]) -> tuple[int, int]:
    """Returns one number twice, or two numbers.

    Raises:
        InputError: Something else, or a number below 1.
    """
    both = tuple(map(int, np.broadcast_to(value, (2,)))) if np.size(value) in (1, 2) else ()
    if not both or min(both) < 1:
        raise InputError(f"The {name} is {value}; give one or two numbers of at least 1.")
    return both


def _along(units: int, size: int, stride: int) -> NDArray[np.int64]:
    count = math.ceil((units - size) / stride) + 1
    first = np.arange(count) * stride
    return np.stack([first, np.minimum(first + size, units)], axis=1)


def _axes(grid: Windows) -> tuple[tuple[NDArray[np.int64], int], tuple[NDArray[np.int64], int]]:
    return (grid.rows, grid.plane[0]), (grid.columns, grid.plane[1])


def _mask(ends: NDArray[np.int64], units: int) -> NDArray[np.bool_]:
    """Which pixels (units,) along an axis each window covers: shape (windows, units)."""
    places = np.arange(units)
    return (places >= ends[:, :1]) & (places < ends[:, 1:])
