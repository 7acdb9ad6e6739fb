"""Several numbers of named cases against one property of the cases."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from tfnets.figures import checks, style

_APART = 0.3  # inches between two names


def trends(
    cases: Mapping[str, float],
    panels: Mapping[str, Mapping[str, Sequence[Sequence[float]]]],
    *,
    xlabel: str,
    references: Mapping[str, ArrayLike] | None = None,
    reference_label: str = "reference",
    logarithmic: Sequence[str] = (),
) -> Figure:
    """Draws one panel per number, below each other, over a common x; each case has its name on top.

    Args:
        cases: The x of each case, by name.
        panels: For each panel's y label and each line's name one (mean, low, high) per case, in the
            order of `cases`. All panels have the same lines.
        xlabel: What x is.
        references: For some panels one number per case, drawn as black bars.
        reference_label: What the black bars are, for the legend below.
        logarithmic: Labels of the panels whose y is logarithmic.
    """
    if not cases or not panels:
        raise ValueError("trends needs at least one case and one panel.")
    x = np.array(list(cases.values()), float)
    names = list(next(iter(panels.values())))
    figure = style.new_figure(style.WIDTH, 1.6 + 1.9 * len(panels))
    rows = style.cells(figure, len(panels), 1, sharex=True)
    marks = references or {}
    bar = {"linestyle": "", "marker": "_", "markersize": 11, "markeredgewidth": 1.6, "zorder": 2}
    for axes, (label, lines) in zip(rows, panels.items(), strict=True):
        if list(lines) != names:
            raise ValueError(f"The panel {label!r} has the lines {list(lines)}, not {names}.")
        if label in logarithmic:
            axes.set_yscale("log")
        for index, (name, triples) in enumerate(lines.items()):
            checks.same_length(f"the line {name!r}", len(triples), len(x))
            _line(axes, x, np.array([checks.estimate(t, name) for t in triples]), index, name)
        if label in marks:
            checks.same_length(f"references of {label!r}", len(marks[label]), len(x))
            axes.plot(x, marks[label], color=style.INK, label=reference_label, **bar)
        style.dress(axes, ylabel=label, xlabel=xlabel if axes is rows[-1] else "", grid="y")
    _name(rows[0], list(cases), x)
    handles = {h.get_label(): h for axes in rows for h in axes.get_legend_handles_labels()[0]}
    style.legend_below(figure, list(handles.values()))
    return figure


def _line(axes: Axes, x: np.ndarray, ends: np.ndarray, index: int, name: str) -> None:
    """A dot and a whisker per case, joined by a pale line in the order of x."""
    order, hue = np.argsort(x), style.colour(index)
    axes.plot(x[order], ends[order, 0], color=hue, linewidth=1, alpha=0.35, zorder=1)
    axes.vlines(x, ends[:, 1], ends[:, 2], color=hue, linewidth=1.4, zorder=2)
    look = {"linestyle": "", "marker": "os^Dv"[index % 5], "markersize": 5.5, "zorder": 3}
    axes.plot(x, ends[:, 0], color=hue, label=name, **look)


def _name(axes: Axes, names: list[str], x: np.ndarray) -> None:
    """Writes each case's name above its x, moved aside where two would lie on each other."""
    low, high = axes.get_xlim()
    gap = _APART * (high - low) / (style.WIDTH - 1.2)
    look = {"rotation": 40, "rotation_mode": "anchor", "ha": "left", "va": "bottom"}
    look["arrowprops"] = {"arrowstyle": "-", "color": style.MUTED, "linewidth": 0.7}
    look |= dict.fromkeys(("xycoords", "textcoords"), axes.get_xaxis_transform())
    for place, wanted in zip(np.argsort(x, kind="stable"), _spread(np.sort(x), gap), strict=True):
        axes.annotate(names[place], (x[place], 1), (wanted, 1.16), **style.WRITING, **look)


def _spread(sorted_x: np.ndarray, gap: float) -> np.ndarray:
    """Places at least `gap` apart, moved as little as a few rounds of pushing find."""
    places = sorted_x.copy()
    for _ in range(200):
        short = gap - np.diff(places)
        if not (short > 1e-12).any():
            break
        push = np.maximum(short, 0) / 2
        places[:-1] -= push
        places[1:] += push
    return places
