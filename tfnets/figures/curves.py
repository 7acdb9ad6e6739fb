"""Lines over epochs, steps or any other axis."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from matplotlib.transforms import offset_copy
from numpy.typing import ArrayLike

from tfnets.figures import style


def curves(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    logx: bool = False,
    logy: bool = False,
    bands: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    dashed: Mapping[str, str] | None = None,
    reference: tuple[float, str] | None = None,
) -> Figure:
    """Draws one line per label, with shaded intervals and a labelled horizontal reference.

    Args:
        lines: The (x, y) values of each label, both of shape (n,). A y that is not finite is a gap.
        xlabel: What x is.
        ylabel: What y is.
        title: Stands above the axes.
        logx: Whether x is logarithmic; each x gets a tick of its own.
        logy: Whether y is logarithmic; all values must then be above 0.
        bands: The (low, high) of some labels, both of shape (n,), drawn in the line's colour.
        dashed: Labels whose line belongs to another one (validation to training): the line is
            dashed, in the colour of the label given here.
        reference: A value and its text, such as `(0.7295, "origin 0.7295")`.

    Returns:
        The figure. The legend is below the axes; a single line has none.
    """
    if not lines:
        raise ValueError("lines must hold at least one curve, but is empty.")
    bands, dashed = bands or {}, dashed or {}
    _require_known([*bands, *dashed, *dashed.values()], list(lines))
    figure = style.new_figure(style.WIDTH, 4.2)
    axes = figure.subplots()
    colours = _colours(lines, dashed)
    drawn = []
    for label, (x, y) in lines.items():
        x, y = _line(label, x, y, logy)
        index = colours[label]
        look = {"linestyle": "--" if label in dashed else style.dash(index), "linewidth": 1.7}
        marker = "o" if len(x) <= 6 else None
        drawn += axes.plot(x, y, label=label, color=style.colour(index), marker=marker, **look)
        if label in bands:
            _shade(axes, label, x, bands[label], index)
    _whole_ticks(axes, lines.values())
    if logx:
        places = sorted({float(place) for x, _ in lines.values() for place in x})
        axes.set_xscale("log")
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.minorticks_off()
    if logy:
        axes.set_yscale("log")
    style.dress(axes, xlabel=xlabel, ylabel=ylabel, title=title, grid="y")
    if reference is not None:
        value, text = reference
        axes.axhline(value, **style.REFERENCE)
        beside = offset_copy(axes.get_yaxis_transform(), figure, x=4, units="points")
        axes.text(1, value, text, transform=beside, va="center", **style.WRITING)
    if len(drawn) > 1:
        style.legend_below(figure, drawn)
    return figure


def _require_known(names: Iterable[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{name!r} is not among the lines {known}.")


def _whole_ticks(axes: Axes, lines: Iterable[tuple[ArrayLike, ArrayLike]]) -> None:
    """Leaves ticks like 1.5 out where x counts something."""
    if all(np.all(np.mod(x, 1) == 0) for x, _ in lines):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _colours(lines: Mapping[str, object], dashed: Mapping[str, str]) -> dict[str, int]:
    own = {name: i for i, name in enumerate(name for name in lines if name not in dashed)}
    for name in dashed.values():
        if name in dashed:
            raise ValueError(f"dashed must name solid lines, but {name!r} is dashed itself.")
    return {name: own[dashed.get(name, name)] for name in lines}


def _line(label: str, x: ArrayLike, y: ArrayLike, logy: bool) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.ndim != 1 or x.shape != y.shape or x.size == 0:
        raise ValueError(
            f"x and y of {label!r} must have the same shape (n,) with n >= 1, "
            f"but have {x.shape} and {y.shape}."
        )
    finite = np.isfinite(y)
    if not np.all(np.isfinite(x)) or not finite.any():
        raise ValueError(f"{label!r} must have a finite x everywhere and one finite y at least.")
    if logy and y[finite].min() <= 0:
        raise ValueError(
            f"{label!r} has values of 0 or less, which a logarithmic axis cannot show."
        )
    return x, np.where(finite, y, np.nan)


def _shade(
    axes: Axes, label: str, x: np.ndarray, band: tuple[ArrayLike, ArrayLike], index: int
) -> None:
    low, high = (np.asarray(edge, float) for edge in band)
    if low.shape != x.shape or high.shape != x.shape or np.any(low > high):
        raise ValueError(f"the band of {label!r} must be low <= high, both of shape {x.shape}.")
    axes.fill_between(x, low, high, color=style.colour(index), alpha=0.18, linewidth=0)


def curve_panels(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]],
    *,
    xlabel: str,
    ylabel: str,
    columns: int = 3,
    dashed: Collection[str] = (),
) -> Figure:
    """Draws the same lines for several cases, one panel each, on common axes over one legend.

    Args:
        panels: The lines of each title, as in `curves`; all panels have the same labels.
        xlabel: What x is.
        ylabel: What y is.
        columns: Panels side by side.
        dashed: Labels drawn dashed, so that a line below them stays visible.
    """
    if not panels:
        raise ValueError("panels must hold at least one panel, but is empty.")
    labels = list(next(iter(panels.values())))
    for title, lines in panels.items():
        if list(lines) != labels:
            raise ValueError(f"The panel {title!r} has the lines {list(lines)}, not {labels}.")
    _require_known(dashed, labels)
    across = min(columns, len(panels))
    figure = style.new_figure(style.WIDTH, 0.9 + 2.4 * -(-len(panels) // across))
    grid = style.cells(figure, len(panels), across, sharex=True, sharey=True)
    for place, (axes, (title, lines)) in enumerate(zip(grid, panels.items(), strict=True)):
        drawn = []
        for index, label in enumerate(labels):
            look = {"linestyle": "--" if label in dashed else "-", "linewidth": 1.5}
            look |= {"marker": "o" if len(lines[label][0]) <= 6 else None, "markersize": 3}
            x, y = _line(label, *lines[label], False)
            drawn += axes.plot(x, y, label=label, color=style.colour(index), **look)
        lowest = place + across >= len(panels)
        axes.tick_params(labelbottom=lowest)
        _whole_ticks(axes, lines.values())
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        named = {
            "xlabel": xlabel if lowest else "",
            "ylabel": ylabel if place % across == 0 else "",
        }
        style.dress(axes, title=title, grid="y", **named)
    style.legend_below(figure, drawn)
    return figure
