"""The page of study 6.3."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.report.content import Claim, Page
from tfnets.studies.narrow_network import QUESTION, TITLE
from tfnets.studies.narrow_network.settings import Settings

ROUNDING = {"float32": 1e-4, "float64": 1e-11}
"""Largest difference, relative to the function's size, that counts as rounding."""

COLUMNS = {  # what is tabulated of each network
    "inputs": "inputs",
    "neurons": "neurons of the shallow network",
    "width": "width",
    "hidden_layers": "hidden layers",
    "parameters_shallow": "parameters, shallow",
    "parameters_narrow": "parameters, narrow",
    "error_float32": "difference, float32",
    "error_float64": "difference, float64",
    "error_left": "left of the box",
    "error_right": "right of it",
    "fit_error": "error of the fit",
}

_FLOOR = 1e-9  # a logarithmic axis shows differences of 0 here


def write(
    run: Run, settings: Settings, rows: dict[str, list[dict]], numbers: dict[str, dict]
) -> dict[str, Any]:
    """Decides the origin's statements, tabulates widths and depths, draws the first seed."""
    page = Page(run, TITLE, QUESTION)
    page.claims += _claims(settings, rows)
    page.table(
        f"Worst difference relative to the function's size, {settings.repeats} draw(s) each",
        ["network", *COLUMNS.values()],
        [[name, *(row[column] for column in COLUMNS)] for name, row in numbers.items()],
    )
    ends = f"[{settings.low:g}, {settings.high:g}]"
    caption = f"The target and both networks, to be equal on {ends}."
    page.figure("curves", _curves(run, settings, numbers), caption)
    page.figure(
        "difference",
        _differences(run, settings),
        "Difference of the two networks in float32, relative to the function's size: rounding from "
        "the interval's left end on. Differences of 0 are drawn at the bottom.",
    )
    page.figure(
        "surface",
        _surfaces(run, settings),
        "Two inputs, four neurons wide: equal in the white box, and beyond it until an input or "
        "the sum is cut off at 0.",
    )
    page.note(
        "One input, one output: equal for every x from the interval's left end on; left of it the "
        "deep network stays at the value it has at that end.",
        "d inputs: width d + 2, equal in the box. Where the terms bend cannot be sorted, so one "
        "neuron computes a term and one collects all terms, negative ones as (largest value in "
        "the box minus term), which keeps the sum above 0.",
    )
    return page.as_json()


def _claims(settings: Settings, rows: dict[str, list[dict]]) -> list[Claim]:
    every = [row for repeats in rows.values() for row in repeats]
    single = [row for row in every if row["inputs"] == 1]
    exact = max(row["error_float64"] for row in every)
    decided = (  # whose claim, claim, answers, numbers of which ours is the largest, note
        (
            "origin",
            "For one input, three neurons in each hidden layer are enough",
            [row["width"] == 3 and _equal(row) for row in single],
            [row["width"] for row in single],
            "widest hidden layer of the rewritten networks",
        ),
        (
            "ours",
            f"On [{settings.low:g}, {settings.high:g}] the deep network is the shallow one",
            [_equal(row) for row in every],
            [row["error_float32"] for row in every],
            f"worst relative difference in float32; in float64 it is {exact:.1g}: rounding",
        ),
        (
            "ours",
            "They are equal left of the interval, too",
            [row["error_left"] <= ROUNDING["float32"] for row in single],
            [row["error_left"] for row in single],
            "worst relative difference left of the interval, where ReLU cuts x off",
        ),
        (
            "ours",
            "For d inputs, d + 2 neurons are enough, on a box",
            [row["width"] == row["inputs"] + 2 and _equal(row) for row in every],
            [row["width"] - row["inputs"] for row in every],
            f"width minus d, for d in {sorted({row['inputs'] for row in every})}",
        ),
    )
    return [
        findings.agreed(claim, answers, ours=max(found), whose=whose, note=note, certain=True)
        for whose, claim, answers, found, note in decided
    ]


def _equal(row: dict[str, float]) -> bool:
    """Whether a network and its rewritten form differ by rounding only."""
    return all(row[f"error_{kind}"] <= bound for kind, bound in ROUNDING.items())


def _curves(run: Run, settings: Settings, numbers: dict[str, dict]) -> Figure:
    name, x = f"curve-{settings.neurons[:2][-1]}", settings.around()
    target, shallow, deep = (
        run.load_array(f"samples/{name}-{kind}") for kind in ("target", "shallow", "narrow")
    )
    unit = (x - settings.low) / (settings.high - settings.low)
    lines = {
        "target": (x[(unit >= 0) & (unit <= 1)], target),
        "shallow network": (x, shallow),
        "deep network, 3 wide": (x, deep),
    }
    layers = numbers[name]["hidden_layers"]
    title = f"{layers - 1} neurons side by side, and {layers} layers of 3"
    dashed = {"deep network, 3 wide": "shallow network"}
    figure = figures.curves(lines, xlabel="x", ylabel="f(x)", title=title, dashed=dashed)
    _mark_interval(figure.axes[0], settings)
    return figure


def _differences(run: Run, settings: Settings) -> Figure:
    gaps = {size: run.load_array(f"samples/curve-{size}-gap") for size in settings.neurons}
    x = settings.around()
    lines = {f"{size} neurons": (x, np.maximum(gap, _FLOOR)) for size, gap in gaps.items()}
    label = "|deep - shallow| / max |f|"
    figure = figures.curves(lines, xlabel="x", ylabel=label, logy=True)
    _mark_interval(figure.axes[0], settings)
    return figure


def _mark_interval(axes: Axes, settings: Settings) -> None:
    axes.axvspan(settings.low, settings.high, color=style.RULE, alpha=0.45, linewidth=0, zorder=0)
    axes.text(
        (settings.low + settings.high) / 2, 0.98, "the interval",
        transform=axes.get_xaxis_transform(), ha="center", va="top",
        fontsize=style.SMALL, color=style.MUTED,
    )  # fmt: skip


def _surfaces(run: Run, settings: Settings) -> Figure:
    values, made, gap = (
        run.load_array(f"samples/surface-{kind}") for kind in ("shallow", "narrow", "gap")
    )
    gap, rows = np.log10(np.maximum(gap, _FLOOR)), int(np.sqrt(len(gap)))
    ends, side = settings.around()[[0, -1]], settings.high - settings.low
    outline = {"fill": False, "edgecolor": "white", "linewidth": 1.2}
    figure = style.new_figure(style.WIDTH, 2.9, images=True)
    panels = {"shallow network": values, "deep network, 4 wide": made, "log10 difference": gap}
    bounds = values.min(), values.max()
    for axes, (title, field) in zip(style.subplots(figure, 3), panels.items(), strict=True):
        last = title == "log10 difference"
        low, high = (np.log10(_FLOOR), 0) if last else bounds
        drawn = axes.imshow(
            field.reshape(rows, rows), origin="lower", extent=(*ends, *ends),
            vmin=low, vmax=high, cmap="magma" if last else "viridis",
        )  # fmt: skip
        axes.add_patch(Rectangle((settings.low, settings.low), side, side, **outline))
        ylabel = "second input" if axes is figure.axes[0] else ""
        style.dress(axes, xlabel="first input", ylabel=ylabel)
        axes.set_title(title, fontsize=style.TEXT, color=style.INK)
        figure.colorbar(drawn, ax=axes, shrink=0.8).ax.tick_params(labelsize=style.SMALL)
    return figure
