"""Maps over the image, each with the box that was predicted for it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from tfnets.figures import style

_GAMMA = 0.35  # a field's corners have a thousandth of its centre's gradient
_PALEST = 0.2  # of the smallest value that is not 0


class BoxLike(Protocol):
    """A rectangle of pixels, `bottom` and `right` beyond the last ones."""

    top: int
    left: int
    bottom: int
    right: int


def frame(box: BoxLike, colour: str, **options: Any) -> Rectangle:
    """A box as an outline; `options` as matplotlib's `Rectangle` takes them."""
    corner, size = (box.left - 0.5, box.top - 0.5), (box.right - box.left, box.bottom - box.top)
    return Rectangle(corner, *size, fill=False, edgecolor=colour, linewidth=1.6, **options)


def boxed_maps(
    maps: Sequence[Sequence[ArrayLike]],
    boxes: Sequence[BoxLike],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    label: str = "predicted box",
) -> Figure:
    """Draws rows of maps, one column per box, with the box as a frame.

    Each map has its own scale, from white for exactly 0 to dark for its largest value; small
    values are lifted, so that whatever is not 0 can be seen.

    Args:
        maps: For each row, one map (height, width) per column: finite, 0 or more.
        boxes: One box per column.
        rows: One text left of each row.
        columns: One text above each column.
        label: What the frame is, for the legend.
    """
    arrays = [[np.asarray(values, float) for values in row] for row in maps]
    if not arrays or not boxes or len(arrays) != len(rows) or len(columns) != len(boxes):
        raise ValueError("maps, boxes, rows and columns must have matching, non-zero lengths.")
    if any(len(row) != len(boxes) for row in arrays):
        raise ValueError(f"each row must have {len(boxes)} maps, one per box.")
    if not all(a.ndim == 2 and np.isfinite(a).all() and a.min() >= 0 for r in arrays for a in r):
        raise ValueError("maps must be finite, of shape (height, width) and nowhere below 0.")
    cell = (style.WIDTH - 0.5) / len(boxes)
    figure = style.new_figure(style.WIDTH, 0.75 + cell * len(arrays), images=True)
    grid = figure.subplots(len(arrays), len(boxes), squeeze=False)
    for axes_row, row, text in zip(grid, arrays, rows, strict=True):
        for axes, values, box in zip(axes_row, row, boxes, strict=True):
            _draw(axes, values, box)
        axes_row[0].set_ylabel(text, **style.WRITING)
    size = style.fitting(columns, cell - 0.1)
    for axes, text in zip(grid[0], columns, strict=True):
        axes.set_title(text, fontsize=size, color=style.INK)
    style.legend_below(figure, [frame(boxes[0], style.colour(1), label=label)])
    return figure


def _draw(axes: Axes, values: np.ndarray, box: BoxLike) -> None:
    peak = values.max() or 1.0
    lifted = _PALEST + (1 - _PALEST) * (values / peak) ** _GAMMA
    axes.imshow(np.ma.masked_where(values == 0, lifted), cmap="Blues", vmin=0, vmax=1.1)
    axes.add_patch(frame(box, style.colour(1), clip_on=False))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color(style.RULE)
