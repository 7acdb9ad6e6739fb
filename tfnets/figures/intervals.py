"""Estimates with their intervals, one below the other."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tfnets.figures import checks, style


def intervals(
    rows: Sequence[tuple[str, Sequence[float]]],
    *,
    xlabel: str,
    title: str = "",
    reference: float = 0.0,
) -> Figure:
    """Draws a forest plot: a dot and a whisker per row, and the numbers at the right.

    A dot is filled where the interval leaves the reference out, hollow where it holds it.

    Args:
        rows: The label and (estimate, low, high) of each row, top to bottom.
        xlabel: What is estimated, and what the whisker is ("difference, 95 % interval").
        title: Stands above the axes.
        reference: Where "no effect" lies: a vertical line.
    """
    if not rows:
        raise ValueError("rows must hold at least one estimate, but is empty.")
    estimates = [checks.estimate(values, f"the estimate of {label!r}") for label, values in rows]
    # As many decimals as give the largest number three significant digits.
    largest = max(abs(value) for estimate in estimates for value in estimate)
    decimals = max(0, 2 - math.floor(math.log10(largest))) if largest > 0 else 0
    figure = style.new_figure(style.WIDTH, 1.0 + 0.36 * len(rows))
    axes = figure.subplots()
    axes.axvline(reference, zorder=1, **style.REFERENCE)
    for position, estimate in enumerate(estimates):
        _whisker(axes, position, estimate, reference)
        value, low, high = (f"{number:.{decimals}f}" for number in estimate)
        text = f"{value} [{low}, {high}]".replace("-", "\N{MINUS SIGN}")
        look = {"va": "center", "annotation_clip": False, **style.WRITING}
        where = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(text, (1, position), (8, 0), **where, **look)
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    style.dress(axes, xlabel=xlabel, title=title, grid="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=style.TEXT)
    return figure


def _whisker(
    axes: Axes, position: int, estimate: tuple[float, float, float], reference: float
) -> None:
    value, low, high = estimate
    decided = not low <= reference <= high
    hue = style.colour(0) if decided else style.MUTED
    axes.plot([low, high], [position, position], color=hue, linewidth=2, zorder=2)
    look = {"markerfacecolor": hue if decided else "white", "markeredgewidth": 1.6, "zorder": 3}
    axes.plot(value, position, marker="o", markersize=7, color=hue, **look)
