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


@dataclasses.dataclass(frozen=True)
class _Labels:
    titles: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


def tile(
    images: ArrayLike, columns: int, *, gap: int = 1, background: float = 1.0
) -> checks.Floats:
    """Sets images side by side in one array, filled row by row.

    Args:
        images: Shape (n, height, width, channels), floats in [0, 1].
        columns: Images per row.
        gap: Pixels between neighbours (none around the outside).
        background: The value of the gaps and of empty places, in [0, 1].

    Returns:
        One image of shape (rows * (height + gap) - gap, columns * (width + gap) - gap, channels).

    Raises:
        ValueError: Wrong images, no column, a negative gap.
    """
    array = checks.images(images)
    rows = _rows(len(array), columns)
    if gap < 0:
        raise ValueError(f"gap must be at least 0 pixels, not {gap}.")
    n, height, width, channels = array.shape
    cells = np.full((rows * columns, height + gap, width + gap, channels), background, array.dtype)
    cells[:n, :height, :width] = array
    cells = cells.reshape(rows, columns, height + gap, width + gap, channels)
    whole = cells.transpose(0, 2, 1, 3, 4).reshape(
        rows * (height + gap), columns * (width + gap), channels
    )
    return whole[: whole.shape[0] - gap, : whole.shape[1] - gap]


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
        images: Shape (n, height, width, channels), grey or RGB, floats in [0, 1].
        columns: Images per row.
        titles: One text above each image; may have several lines.
        row_labels: One text left of each row.
        column_labels: One text above each column.

    Returns:
        The figure; its one axes holds one `AxesImage` per image, in order.

    Raises:
        ValueError: Wrong images, no column, or a list of labels of another length.
    """
    array = checks.images(images)
    rows = _rows(len(array), columns)
    for name, labels, wanted in (
        ("titles", titles, len(array)),
        ("row_labels", row_labels, rows),
        ("column_labels", column_labels, columns),
    ):
        if labels is not None:
            checks.same_length(name, len(labels), wanted)
    labels = _Labels(tuple(titles or ()), tuple(row_labels or ()), tuple(column_labels or ()))
    return _draw(array, labels, columns)


def reconstruction_rows(originals: ArrayLike, models: Mapping[str, ArrayLike]) -> Figure:
    """Draws originals on top and one labelled row of reconstructions per model below.

    Args:
        originals: Shape (n, height, width, channels), floats in [0, 1].
        models: The name of each model and its images, of the same shape.

    Returns:
        The figure.

    Raises:
        ValueError: No model, wrong images, or a model whose images have another shape.
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
    labels = ["original", *models]
    return image_grid(np.concatenate(rows), columns=len(first), row_labels=labels)


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


def _draw(array: checks.Floats, labels: _Labels, columns: int) -> Figure:
    side = max((style.inches(label) for label in labels.rows), default=0.0)
    cell = min(_MAX_CELL, (style.WIDTH - side - 0.2) / (columns * (1 + _GAP)))
    size = style.fitting(labels.titles, cell)
    lines = max((title.count("\n") + 1 for title in labels.titles), default=0)
    aspect = array.shape[1] / array.shape[2]
    cells = _Cells(len(array), columns, aspect, lines * size * 1.35 / 72 / cell)
    top = 0.2 if labels.columns else 0.0
    width, height = side + 0.2 + cell * cells.width, top + 0.2 + cell * cells.height
    figure = style.new_figure(width, height, images=True)
    axes = style.subplots(figure, 1)[0]
    _place(axes, array, cells, crisp=cell * style.DPI >= array.shape[2])
    for index, title in enumerate(labels.titles):
        x, y = cells.corner(index)
        axes.text(
            x + 0.5, y - 0.02, title, fontsize=size, color=style.INK, ha="center", va="bottom"
        )
    _label_edges(axes, labels, cells, cell)
    return figure


def _place(axes: Axes, array: checks.Floats, cells: _Cells, *, crisp: bool) -> None:
    frames = []
    for index, image in enumerate(array):
        x, y = cells.corner(index)
        axes.imshow(
            image,
            cmap="gray",
            vmin=0,
            vmax=1,
            extent=(x, x + 1, y + cells.aspect, y),
            interpolation="nearest" if crisp else "antialiased",
        )
        frames.append(Rectangle((x, y), 1, cells.aspect))
    axes.add_collection(
        PatchCollection(frames, facecolor="none", edgecolor=style.RULE, linewidth=0.5)
    )
    axes.set(xlim=(-0.01, cells.width + 0.01), ylim=(cells.height + 0.01, -0.01), aspect="equal")
    axes.spines[:].set_visible(False)


def _label_edges(axes: Axes, labels: _Labels, cells: _Cells, cell: float) -> None:
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=3, labelcolor=style.INK)
    columns, rows = range(len(labels.columns)), range(len(labels.rows))
    size = style.fitting(labels.columns, cell)
    axes.set_xticks([cells.corner(i)[0] + 0.5 for i in columns], labels.columns, fontsize=size)
    centres = [cells.corner(i * cells.columns)[1] + cells.aspect / 2 for i in rows]
    axes.set_yticks(centres, labels.rows, fontsize=style.SMALL)
