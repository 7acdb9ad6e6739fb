"""How values of several kinds are distributed."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from tfnets.figures import style


def density_panels(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str = "share of values",
    bins: int = 60,
    reference: float | None = 0.0,
) -> Figure:
    """Draws histograms of several kinds of values over each other, one panel per case.

    All panels have the same axis and bins, and each kind's shares sum to 1, so that kinds of
    different number can be compared. They stand below each other, over one legend.

    Args:
        panels: For each title and each name in the legend finite values of shape (n,); n may
            differ. All panels have the same names.
        xlabel: What the values are.
        ylabel: What the height is.
        bins: Bins between the least and the largest value, at least 1.
        reference: Where a vertical line is drawn, or None.
    """
    checked = _checked(panels)
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}.")
    every = np.concatenate([values for kinds in checked.values() for values in kinds.values()])
    edges = np.histogram_bin_edges(every, bins)
    figure = style.new_figure(style.WIDTH, 0.9 + 1.9 * len(checked))
    rows = style.cells(figure, len(checked), 1, sharex=True)
    for axes, (title, kinds) in zip(rows, checked.items(), strict=True):
        for index, values in enumerate(kinds.values()):
            shares, hue = np.histogram(values, edges)[0] / len(values), style.colour(index)
            axes.stairs(shares, edges, color=hue, linewidth=1.5)
            axes.stairs(shares, edges, color=hue, fill=True, alpha=0.18)
        if reference is not None:
            axes.axvline(reference, **style.REFERENCE)
        axes.set_ylim(bottom=0)
        last = axes is rows[-1]
        style.dress(axes, title=title, ylabel=ylabel, xlabel=xlabel if last else "")
    handles = [Patch(color=style.colour(i), label=name) for i, name in enumerate(kinds)]
    style.legend_below(figure, handles)
    return figure


def _checked(panels: Mapping[str, Mapping[str, ArrayLike]]) -> dict[str, dict[str, np.ndarray]]:
    checked = {
        title: {name: np.asarray(values, float) for name, values in kinds.items()}
        for title, kinds in panels.items()
    }
    names = list(next(iter(checked.values()), {}))
    if not names:
        raise ValueError("panels must hold at least one panel with one kind of values.")
    for title, kinds in checked.items():
        if list(kinds) != names:
            raise ValueError(f"The panel {title!r} has the kinds {list(kinds)}, not {names}.")
        for name, values in kinds.items():
            if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
                raise ValueError(
                    f"The values of {name!r} in {title!r} must be finite and of shape (n,), n >= 1."
                )
    return checked
