"""Points in the plane over the centres they should gather at, one small panel per case."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from tfnets.figures import checks, style

_MARGIN = 0.2  # of the centres' extent, on each side
_POINT = {"marker": ".", "markersize": 2.2, "color": style.colour(0), "markeredgewidth": 0}
_RING = {"marker": "o", "markersize": 7, "markerfacecolor": "none", "markeredgewidth": 0.8}
_LOOKS = _POINT, _RING | {"markeredgecolor": style.colour(1)}


def clouds(panels: Mapping[str, ArrayLike], centres: ArrayLike, *, columns: int = 5) -> Figure:
    """Draws one square panel per title, all on the same axes, which show the centres' surroundings.

    Args:
        panels: The points (n, 2) of each title, finite. A second line of a title is allowed. What
            lies outside the axes is not drawn, and counted in the panel's corner.
        centres: Where the points should gather, shape (k, 2); marked by rings.
        columns: Panels side by side.
    """
    if not panels:
        raise ValueError("panels must hold at least one cloud, but is empty.")
    centres = checks.points(centres, "centres")
    across = min(columns, len(panels))
    height = 0.4 + -(-len(panels) // across) * ((style.WIDTH - 0.2) / across + 0.12)
    figure = style.new_figure(style.WIDTH, height, images=True)
    grid = style.cells(figure, len(panels), across)
    for axes, (title, points) in zip(grid, panels.items(), strict=True):
        _panel(axes, checks.points(points, f"the points of {title!r}"), centres)
        axes.set_title(title, pad=3, **style.WRITING)
    named = zip(("generated", "true centre"), _LOOKS, strict=True)
    handles = [Line2D([], [], linestyle="", label=label, **look) for label, look in named]
    style.legend_below(figure, handles)
    return figure


def _panel(axes: Axes, points: np.ndarray, centres: np.ndarray) -> None:
    low, high = centres.min(), centres.max()
    ends = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    axes.plot(*centres.T, **_LOOKS[1], linestyle="")
    axes.plot(*points.T, **_LOOKS[0], linestyle="", rasterized=True)
    axes.set(xlim=ends, ylim=ends, aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set_color(style.RULE)
    if outside := int(((points < ends[0]) | (points > ends[1])).any(axis=1).sum()):
        axes.text(
            0.97, 0.03, f"{outside} outside", transform=axes.transAxes, ha="right", va="bottom",
            fontsize=6, color=style.MUTED,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )  # fmt: skip
