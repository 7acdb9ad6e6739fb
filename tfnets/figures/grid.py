"""Images in rows and columns."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from tfnets.figures import checks, style

_GAP = 0.06  # between neighbours, in image widths
_MAX_CELL = 1.3  # inches: a lone digit should not fill the page


READABLE = 56
"""Pixels: the least edge of an enlarged image."""


def tile(
    images: ArrayLike, columns: int, *, gap: int = 1, background: float = 1.0
) -> checks.Floats:
    """Sets images side by side in one array, filled row by row.

    Args:
        images: Shape (n, height, width, 1 or 3).
        columns: Images per row.
        gap: Pixels between neighbours (none around the outside), 0 or more.
        background: The value of the gaps and of empty places, in [0, 1].

    Returns:
        One image of shape (rows * (height + gap) - gap, columns * (width + gap) - gap, channels).
    """
    array = checks.images(images)
    rows = _rows(len(array), columns)
    if gap < 0:
        raise ValueError(f"gap must be at least 0 pixels, not {gap}.")
    n, height, width, channels = array.shape
    cells = np.full((rows * columns, height + gap, width + gap, channels), background, array.dtype)
    cells[:n, :height, :width] = array
    rowwise = cells.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    whole = rowwise.reshape(rows * (height + gap), columns * (width + gap), channels)
    return whole[: whole.shape[0] - gap, : whole.shape[1] - gap]


def sheet(images: ArrayLike, columns: int) -> checks.Floats:
    """Tiles images on white, each pixel enlarged to a square until they can be read."""
    array = checks.images(images)
    factor = enlargement(array)
    return tile(array, columns).repeat(factor, axis=0).repeat(factor, axis=1)


def enlargement(images: np.ndarray) -> int:
    """The least whole factor that makes images (n, height, width, channels) `READABLE`."""
    return max(1, math.ceil(READABLE / min(images.shape[1:3])))


def image_grid(
    images: ArrayLike,
    *,
    columns: int,
    titles: Sequence[str] | None = None,
    row_labels: Sequence[str] | None = None,
    column_labels: Sequence[str] | None = None,
) -> Figure:
    """Draws images in rows and columns, pixels crisp, without axes.

    Args:
        images: Shape (n, height, width, 1 or 3).
        columns: Images per row.
        titles: One text above each image; may have several lines.
        row_labels: One text left of each row.
        column_labels: One text above each column.

    Returns:
        The figure; its one axes holds one `AxesImage` per image, in order.
    """
    array = checks.images(images)
    given = {"titles": titles, "row_labels": row_labels, "column_labels": column_labels}
    wanted = len(array), _rows(len(array), columns), columns
    for (name, labels), count in zip(given.items(), wanted, strict=True):
        if labels is not None:
            checks.same_length(name, len(labels), count)
    return _draw(array, columns, *(list(labels or ()) for labels in given.values()))


def reconstruction_rows(originals: ArrayLike, models: Mapping[str, ArrayLike]) -> Figure:
    """Draws originals on top and one labelled row of reconstructions per model below.

    The originals have the shape (n, height, width, 1 or 3), and so have the images of each model.
    """
    first = checks.images(originals, "originals")
    if not models:
        raise ValueError("models must hold at least one row of reconstructions, but is empty.")
    rows = [first]
    for name, values in models.items():
        row = checks.images(values, f"the images of {name!r}")
        if row.shape != first.shape:
            raise ValueError(
                f"the images of {name!r} must have the originals' shape {first.shape}, "
                f"but have {row.shape}."
            )
        rows.append(row)
    return image_grid(np.concatenate(rows), columns=len(first), row_labels=["original", *models])


def _rows(count: int, columns: int) -> int:
    if columns < 1:
        raise ValueError(f"columns must be at least 1, not {columns}.")
    return math.ceil(count / columns)


@dataclasses.dataclass(frozen=True)
class _Cells:
    """Where each image lies; one unit is an image's width, y grows downwards."""

    count: int
    columns: int
    aspect: float
    head: float  # room for a title above each image

    @property
    def rows(self) -> int:
        return _rows(self.count, self.columns)

    @property
    def width(self) -> float:
        return self.columns * (1 + _GAP) - _GAP

    @property
    def height(self) -> float:
        return self.rows * (self.head + self.aspect + _GAP) - _GAP

    def corner(self, index: int) -> tuple[float, float]:
        row, column = divmod(index, self.columns)
        return column * (1 + _GAP), row * (self.head + self.aspect + _GAP) + self.head


def _draw(
    array: checks.Floats, columns: int, titles: list[str], rows: list[str], heads: list[str]
) -> Figure:
    side = max(map(style.inches, rows), default=0.0)
    cell = min(_MAX_CELL, (style.WIDTH - side - 0.2) / (columns * (1 + _GAP)))
    size = style.fitting(titles, cell)
    lines = max((title.count("\n") + 1 for title in titles), default=0)
    aspect = array.shape[1] / array.shape[2]
    cells = _Cells(len(array), columns, aspect, lines * size * 1.35 / 72 / cell)
    top = 0.2 if heads else 0.0
    width, height = side + 0.2 + cell * cells.width, top + 0.2 + cell * cells.height
    figure = style.new_figure(width, height, images=True)
    axes = figure.subplots()
    _place(axes, array, cells, crisp=cell * style.DPI >= array.shape[2])
    look = {"color": style.INK, "ha": "center", "va": "bottom", "fontsize": size}
    for index, title in enumerate(titles):
        x, y = cells.corner(index)
        axes.text(x + 0.5, y - 0.02, title, **look)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=3, labelcolor=style.INK)
    middles = [cells.corner(i)[0] + 0.5 for i in range(len(heads))]
    axes.set_xticks(middles, heads, fontsize=style.fitting(heads, cell))
    middles = [cells.corner(i * columns)[1] + aspect / 2 for i in range(len(rows))]
    axes.set_yticks(middles, rows, fontsize=style.SMALL)
    return figure


def _place(axes: Axes, array: checks.Floats, cells: _Cells, *, crisp: bool) -> None:
    look = {"cmap": "gray", "vmin": 0, "vmax": 1}
    look["interpolation"] = "nearest" if crisp else "antialiased"
    frames = []
    for index, image in enumerate(array):
        x, y = cells.corner(index)
        axes.imshow(image, extent=(x, x + 1, y + cells.aspect, y), **look)
        frames.append(Rectangle((x, y), 1, cells.aspect))
    edges = {"facecolor": "none", "edgecolor": style.RULE, "linewidth": 0.5}
    axes.add_collection(PatchCollection(frames, **edges))
    axes.set(xlim=(-0.01, cells.width + 0.01), ylim=(cells.height + 0.01, -0.01), aspect="equal")
    axes.spines[:].set_visible(False)
