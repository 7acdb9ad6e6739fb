"""One look for all figures: colours, sizes, and axes without clutter."""

import math
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

# Ten colours, the strong ones first. The first five but one are from Okabe and Ito (2008); the rest
# were picked so that every pair stays apart under simulated deuteranopia, protanopia and
# tritanopia (CIEDE2000 of at least 12, against 6 for Okabe-Ito filled up with greys).
_STRONG = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9")
PALETTE = (*_STRONG, "#1A1A1A", "#5B3A29", "#004488", "#B0B0B0", "#B2DF8A")
INK, MUTED, RULE = "#1A1A1A", "#5F6368", "#D9DCE0"
TITLE, TEXT, SMALL = 11.0, 9.5, 8.5  # points
WRITING = {"fontsize": SMALL, "color": INK}
"""How small texts look."""
REFERENCE = {"color": INK, "linewidth": 1, "linestyle": (0, (4, 3))}
"""How lines of reference look."""

DPI = 144
WIDTH = 7.2
"""Width in inches of a figure that fills a page column (1,037 pixels at `DPI`)."""
FILL = 0.82
"""How much of a group's slot its bars fill together."""
_PAD = 0.08  # inches around everything


def colour(index: int) -> str:
    """Returns the colour of the `index`-th series; after ten they begin again."""
    return PALETTE[index % len(PALETTE)]


def dash(index: int) -> str:
    """Returns the line style of the `index`-th series: the second ten lines are dash-dotted."""
    return ("-", "-.", ":")[index // len(PALETTE) % 3]


def new_figure(width: float, height: float, *, images: bool = False) -> Figure:
    """Makes an empty white figure of `width` x `height` inches with constrained layout.

    If its axes keep the aspect of `images`, the layout has to be told to compress, or it cuts
    labels off.
    """
    layout = "compressed" if images else "constrained"
    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout, facecolor="white")
    figure.get_layout_engine().set(w_pad=_PAD, h_pad=_PAD)
    return figure


def subplots(figure: Figure, columns: int) -> list[Axes]:
    """Makes one row of axes and returns them from left to right."""
    return cells(figure, columns, columns)


def cells(figure: Figure, count: int, columns: int, **options: bool) -> list[Axes]:
    """Makes `count` axes, so many side by side; `options` as `Figure.subplots` takes them."""
    grid = figure.subplots(-(-count // columns), columns, squeeze=False, **options)
    for axes in grid.flat[count:]:
        axes.remove()
    return list(grid.flat[:count])


def dress(
    axes: Axes, *, xlabel: str = "", ylabel: str = "", title: str = "", grid: str = ""
) -> None:
    """Writes the labels, leaves the left and bottom spine, and rules the axis `grid` if named."""
    axes.set_xlabel(xlabel, fontsize=TEXT, color=INK)
    axes.set_ylabel(ylabel, fontsize=TEXT, color=INK)
    if title:
        axes.set_title(title, fontsize=TITLE, color=INK, loc="left", pad=10)
    if grid:
        axes.grid(axis=grid, color=RULE, linewidth=0.7)
    axes.tick_params(labelsize=SMALL, colors=MUTED, labelcolor=INK, length=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.set_axisbelow(True)


def legend_below(figure: Figure, handles: Sequence[Artist]) -> None:
    """Puts one legend of labelled handles under the axes, where it cannot cover data.

    It has as few rows as the figure's width allows for the longest label, and even columns.
    """
    longest = max(len(str(handle.get_label())) for handle in handles)
    entry = longest * SMALL * 0.6 / 72 + 0.55
    rows = math.ceil(len(handles) / max(1, int((figure.get_figwidth() - 0.3) / entry)))
    look = {"fontsize": SMALL, "frameon": False, "columnspacing": 1.6}
    columns = math.ceil(len(handles) / rows)
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, **look)


def inches(text: str, size: float = SMALL) -> float:
    """Estimates how wide the longest line of `text` is, in inches, at `size` points."""
    return max(len(line) for line in text.split("\n")) * size * 0.6 / 72


def fitting(texts: Sequence[str], width: float) -> float:
    """Returns the font size, from 5.5 points to `SMALL`, at which all texts fit `width` inches."""
    longest = max((inches(text, 1.0) for text in texts), default=0.0)
    return SMALL if longest == 0 else min(SMALL, max(5.5, width / longest))


def slot(groups: int) -> float:
    """Returns how many inches each of `groups` has along the x axis of a full-width figure."""
    return (WIDTH - 0.9) / groups


def places(groups: int, series: int, index: int) -> NDArray[np.floating]:
    """Returns where the bars of the `index`-th of `series` stand; group i is centred on i."""
    return np.arange(groups) + (index - (series - 1) / 2) * FILL / series


def name_groups(axes: Axes, groups: Sequence[str]) -> None:
    """Writes the groups' names along the x axis, wrapped, or slanted where a word is too long."""
    wide = max(4, int(slot(len(groups)) * 72 / (SMALL * 0.6)))
    names = [textwrap.fill(name, wide, break_long_words=False) for name in groups]
    axes.set_xticks(range(len(groups)), names)
    axes.set_xlim(-0.5, len(groups) - 0.5)
    if max(inches(name) for name in names) > slot(len(groups)):
        slanted = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
        axes.set_xticks(range(len(groups)), groups, **slanted)
