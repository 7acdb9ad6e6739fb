"""Points in the plane over the centres they should gather at, one small panel per case."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from tfnets.figures import style

_MARGIN = 0.2  # of the centres' extent, on each side


def clouds(panels: Mapping[str, ArrayLike], centres: ArrayLike, *, columns: int = 5) -> Figure:
    """Draws one square panel per title, all on the same axes, which show the centres' surroundings.

    Args:
        panels: The points (n, 2) of each title. A second line of a title is allowed. What lies
            outside the axes is not drawn, and counted in the panel's corner.
        centres: Where the points should gather, shape (k, 2); marked by rings.
        columns: Panels side by side.

    Returns:
        The figure, with the legend below the panels.

    Raises:
        ValueError: No panel, other shapes, or values that are not finite.
    """
    if not panels:
        raise ValueError("panels must hold at least one cloud, but is empty.")
    centres = _points(centres, "centres")
    across = min(columns, len(panels))
    rows = -(-len(panels) // across)
    side = (style.WIDTH - 0.2) / across
    figure = style.new_figure(style.WIDTH, 0.4 + rows * (side + 0.12), images=True)
    grid = figure.subplots(rows, across, squeeze=False)
    for axes, (title, points) in zip(grid.flat, panels.items(), strict=False):
        _panel(axes, _points(points, f"the points of {title!r}"), centres)
        axes.set_title(title, fontsize=style.SMALL, color=style.INK, pad=3)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    style.legend_below(figure, [_marker("generated", 0), _marker("true centre", 1)])
    return figure


def _panel(axes: Axes, points: np.ndarray, centres: np.ndarray) -> None:
    low, high = centres.min(), centres.max()
    ends = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    axes.plot(*centres.T, **_LOOKS[1], linestyle="")
    axes.plot(*points.T, **_LOOKS[0], linestyle="", rasterized=True)
    axes.set(xlim=ends, ylim=ends, aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set_color(style.RULE)
    outside = int(((points < ends[0]) | (points > ends[1])).any(axis=1).sum())
    if outside:
        axes.text(
            0.97, 0.03, f"{outside} outside", transform=axes.transAxes, ha="right", va="bottom",
            fontsize=6, color=style.MUTED,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )  # fmt: skip


_LOOKS = (
    {"marker": ".", "markersize": 2.2, "color": style.colour(0), "markeredgewidth": 0},
    {
        "marker": "o",
        "markersize": 7,
        "markerfacecolor": "none",
        "markeredgecolor": style.colour(1),
        "markeredgewidth": 0.8,
    },
)


def _marker(label: str, index: int) -> Line2D:
    return Line2D([], [], linestyle="", label=label, **_LOOKS[index])


def _points(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values, float)
    if array.ndim != 2 or array.shape[1] != 2 or len(array) == 0:
        raise ValueError(f"{name} must have the shape (n, 2) with n >= 1, not {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, but some are NaN or infinite.")
    return array
