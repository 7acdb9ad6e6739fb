"""Grouped bars with intervals, values and reference marks, and shares of classes."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from tfnets.figures import checks, style

_PLOT = 3.0  # inches of the figure's height that are axes, about
_NARROWEST = 0.13  # inches: below this even an upright value touches its neighbour
_PAD = 0.06  # inches between a whisker and its value
_GAPLESS = 0.94  # of a bar's place that it fills


@dataclasses.dataclass(frozen=True)
class _Bar:
    place: float
    mean: float
    low: float
    high: float
    mark: float | None  # the reference

    @property
    def sign(self) -> int:
        return -1 if self.mean < 0 else 1

    @property
    def end(self) -> float:
        return self.low if self.mean < 0 else self.high

    @property
    def text(self) -> str:
        return f"{self.mean:#.3g}".rstrip(".").replace("-", "\N{MINUS SIGN}")


def bars(
    groups: Sequence[str],
    series: Mapping[str, Sequence[Sequence[float]]],
    *,
    ylabel: str,
    title: str = "",
    references: Mapping[str, Sequence[float | None]] | None = None,
    reference_label: str = "origin's number",
) -> Figure:
    """Draws grouped bars from 0 with intervals, each with its value beyond the whisker.

    Values stand upright where bars are narrow, and are left out where even that would overlap.

    Args:
        groups: The names along the x axis.
        series: For each name in the legend one (mean, low, high) per group; (mean, mean, mean)
            where there is no interval.
        ylabel: What the height is, and what the whisker is.
        title: Stands above the axes.
        references: For some series one number per group (None: there is none), drawn as a black
            diamond over the bar it belongs to.
        reference_label: What the diamonds are, for the legend below the axes.
    """
    rows = _bars(groups, series, references or {})
    figure = style.new_figure(style.WIDTH, 4.2)
    axes = figure.subplots()
    width = style.FILL / len(rows)
    for index, row in enumerate(rows.values()):
        _draw(axes, row, width, style.colour(index))
    every = [bar for row in rows.values() for bar in row]
    _write_values(axes, every, style.slot(len(groups)) * width)
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    style.dress(axes, ylabel=ylabel, title=title, grid="y")
    style.name_groups(axes, groups)
    handles: list[Artist] = [Patch(color=style.colour(i), label=n) for i, n in enumerate(rows)]
    if any(bar.mark is not None for bar in every):
        handles.append(_diamond([], [], reference_label))
    style.legend_below(figure, handles)
    return figure


def histogram(labels: Mapping[str, ArrayLike], class_names: Sequence[str]) -> Figure:
    """Draws the share of each class, one bar per source, over a dashed line: the uniform share.

    `labels` has for each name in the legend (data, samples) class indices (n,); n may differ.
    """
    if not labels or not class_names:
        raise ValueError("histogram needs at least one source of labels and one class.")
    figure = style.new_figure(style.WIDTH, 3.6)
    axes = figure.subplots()
    handles = []
    for index, (name, values) in enumerate(labels.items()):
        checked = checks.class_labels(values, class_names, f"the labels of {name!r}")
        shares = np.bincount(checked, minlength=len(class_names)) / len(checked)
        places, hue = style.places(len(class_names), len(labels), index), style.colour(index)
        axes.bar(places, shares, style.FILL / len(labels) * _GAPLESS, color=hue)
        handles.append(Patch(color=hue, label=f"{name} (N = {len(checked):,})"))
    axes.axhline(1 / len(class_names), **style.REFERENCE)
    style.dress(axes, ylabel="share of images", grid="y")
    style.name_groups(axes, class_names)
    style.legend_below(figure, [*handles, Line2D([], [], label="uniform", **style.REFERENCE)])
    return figure


def _bars(
    groups: Sequence[str],
    series: Mapping[str, Sequence[Sequence[float]]],
    references: Mapping[str, Sequence[float | None]],
) -> dict[str, list[_Bar]]:
    if not groups or not series:
        raise ValueError("bars needs at least one group and one series.")
    for name in references:
        if name not in series:
            raise ValueError(f"references of {name!r}, which is not among {list(series)}.")
    rows = {}
    for index, (name, triples) in enumerate(series.items()):
        marks = references.get(name, [None] * len(groups))
        checks.same_length(f"series {name!r}", len(triples), len(groups))
        checks.same_length(f"references of {name!r}", len(marks), len(groups))
        places = style.places(len(groups), len(series), index)
        rows[name] = [
            _Bar(float(place), *checks.estimate(triple, f"a bar of {name!r}"), mark)
            for place, triple, mark in zip(places, triples, marks, strict=True)
        ]
    return rows


def _draw(axes: Axes, row: Sequence[_Bar], width: float, colour: str) -> None:
    axes.bar([bar.place for bar in row], [bar.mean for bar in row], width * _GAPLESS, color=colour)
    look = {"ecolor": style.INK, "elinewidth": 1.1, "capsize": 2.5}
    for bar in row:
        if bar.low < bar.high:
            sides = [[bar.mean - bar.low], [bar.high - bar.mean]]
            axes.errorbar(bar.place, bar.mean, sides, **look)
        if bar.mark is not None:
            axes.add_line(_diamond([bar.place], [bar.mark]))


def _diamond(x: Sequence[float], y: Sequence[float], label: str = "") -> Line2D:
    edge = {"markeredgecolor": "white", "zorder": 4, "label": label}
    return Line2D(x, y, linestyle="", marker="D", markersize=5, color=style.INK, **edge)


def _write_values(axes: Axes, drawn: Sequence[_Bar], slot: float) -> None:
    """Makes room above (and below) the bars and writes their means there."""
    widest = max(style.inches(bar.text) for bar in drawn)
    upright = widest > slot
    room = (widest if upright else style.SMALL * 1.2 / 72) + _PAD
    ends = [end for bar in drawn for end in (bar.low, bar.high, bar.mark, 0.0) if end is not None]
    bottom, top = min(ends), max(ends)
    below = any(bar.mean < 0 or (bar.mark or 0) < 0 for bar in drawn)
    sides = below + (top > 0)
    inch = (top - bottom or 1.0) / (_PLOT - sides * (room + 0.1))
    axes.set_ylim(
        bottom - (room + 0.1) * inch if below else bottom,
        top + (room + 0.1) * inch if top > 0 or bottom == 0 else 0,
    )
    if slot < _NARROWEST:
        return
    look = {"ha": "center", "rotation": 90 if upright else 0, **style.WRITING}
    for bar in drawn:
        place, beyond = (bar.place, _free_end(bar, room * inch, inch)), (0, bar.sign * _PAD * 72)
        va = "top" if bar.sign < 0 else "bottom"
        axes.annotate(bar.text, place, beyond, textcoords="offset points", va=va, **look)


def _free_end(bar: _Bar, room: float, inch: float) -> float:
    """Where the value may begin: beyond the whisker, and beyond a diamond that is in its way."""
    if bar.mark is None:
        return bar.end
    diamond = 0.06 * inch
    ahead = (bar.mark - bar.end) * bar.sign
    if -diamond < ahead < room + diamond:
        return bar.end + bar.sign * max(0.0, ahead + diamond)
    return bar.end
