"""Figures and claims of study 6.3."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.narrow_network import QUESTION, TITLE
from tfnets.studies.narrow_network.settings import Settings
from tfnets.theory.narrow import Shallow, read

ROUNDING = {"float32": 1e-4, "float64": 1e-11}
"""Largest difference, relative to the function's size, that counts as rounding."""

_FLOOR = 1e-9  # a logarithmic axis shows differences of 0 here


def draw(run: Run, settings: Settings, targets: dict[str, Callable]) -> None:
    """Saves the curves, their differences, and the surfaces, of the first seed."""
    size, seed = settings.neurons[:2][-1], run.config.seed
    run.save_figure("curves", _curves(run, settings, f"curve-{size}-{seed}", targets["curve"]))
    run.save_figure("difference", _differences(run, settings))
    run.save_figure("surface", _surfaces(run, settings))


def report(settings: Settings, rows: dict[str, list[dict]], numbers: dict[str, dict]) -> Report:
    """Decides the origin's statements and tabulates widths, depths and differences."""
    report = Report("narrow_network", TITLE, QUESTION)
    report.claims += _claims(settings, rows)
    columns = [
        "inputs", "neurons", "width", "hidden_layers", "parameters_shallow", "parameters_narrow",
        "error_float32", "error_float64", "error_left", "error_right", "fit_error",
    ]  # fmt: skip
    heads = [
        "inputs", "neurons of the shallow network", "width", "hidden layers",
        "parameters, shallow", "parameters, narrow", "difference, float32",
        "difference, float64", "left of the box", "right of it", "error of the fit",
    ]  # fmt: skip
    report.tables.append(
        Table(
            f"Worst difference relative to the function's size, {settings.repeats} draw(s) each",
            ["network", *heads],
            [[name, *(row[column] for column in columns)] for name, row in numbers.items()],
        )
    )
    ends = f"[{settings.low:g}, {settings.high:g}]"
    report.figure("curves.png", f"The target and both networks, to be equal on {ends}.")
    report.figure(
        "difference.png",
        "Difference of the two networks in float32, relative to the function's size: rounding from "
        "the interval's left end on. Differences of 0 are drawn at the bottom.",
    )
    report.figure(
        "surface.png",
        "Two inputs, four neurons wide: equal in the white box, and beyond it until an input or "
        "the sum is cut off at 0.",
    )
    report.notes += [
        "One input, one output: equal for every x from the interval's left end on; left of it the "
        "deep network stays at the value it has at that end.",
        "d inputs: width d + 2, equal in the box. Where the terms bend cannot be sorted, so one "
        "neuron computes a term and one collects all terms, negative ones as (largest value in "
        "the box minus term), which keeps the sum above 0.",
    ]
    return report


def _claims(settings: Settings, rows: dict[str, list[dict]]) -> list[Claim]:
    every = [row for repeats in rows.values() for row in repeats]
    single = [row for row in every if row["inputs"] == 1]
    exact = max(row["error_float64"] for row in every)
    return [
        _claim(
            "For one input, three neurons in each hidden layer are enough",
            [row["width"] == 3 and _equal(row) for row in single],
            max(row["width"] for row in single),
            "widest hidden layer of the rewritten networks",
        ),
        _claim(
            f"On [{settings.low:g}, {settings.high:g}] the deep network is the shallow one",
            [_equal(row) for row in every],
            max(row["error_float32"] for row in every),
            f"worst relative difference in float32; in float64 it is {exact:.1g}: rounding",
        ),
        _claim(
            "They are equal left of the interval, too",
            [row["error_left"] <= ROUNDING["float32"] for row in single],
            max(row["error_left"] for row in single),
            "worst relative difference left of the interval, where ReLU cuts x off",
        ),
        _claim(
            "For d inputs, d + 2 neurons are enough, on a box",
            [row["width"] == row["inputs"] + 2 and _equal(row) for row in every],
            max(row["width"] - row["inputs"] for row in every),
            f"width minus d, for d in {sorted({row['inputs'] for row in every})}",
        ),
    ]


def _equal(row: dict[str, float]) -> bool:
    """Whether a network and its rewritten form differ by rounding only."""
    return all(row[f"error_{kind}"] <= bound for kind, bound in ROUNDING.items())


def _claim(claim: str, answers: list[bool], ours: float, note: str) -> Claim:
    return findings.agreed(claim, answers, ours=ours, note=note, certain=True)


def _around(settings: Settings, points: int = 1201) -> np.ndarray:
    side = settings.high - settings.low
    return np.linspace(settings.low - 0.4 * side, settings.high + 0.4 * side, points)


def _curves(run: Run, settings: Settings, part: str, target: Callable) -> Figure:
    shallow, deep = (run.load_model(f"{part}_{kind}") for kind in ("shallow", "narrow"))
    x = _around(settings)
    unit = ((x - settings.low) / (settings.high - settings.low))[:, None]
    inside = (unit[:, 0] >= 0) & (unit[:, 0] <= 1)
    columns = x[:, None].astype(np.float32)
    lines = {
        "target": (x[inside], target(unit[inside])),
        "shallow network": (x, np.asarray(shallow(columns))[:, 0]),
        "deep network, 3 wide": (x, np.asarray(deep(columns))[:, 0]),
    }
    layers = len(deep.layers) - 2
    title = f"{layers - 1} neurons side by side, and {layers} layers of 3"
    dashed = {"deep network, 3 wide": "shallow network"}
    figure = figures.curves(lines, xlabel="x", ylabel="f(x)", title=title, dashed=dashed)
    _mark_interval(figure.axes[0], settings)
    return figure


def _differences(run: Run, settings: Settings) -> Figure:
    x = _around(settings)
    lines = {}
    for size in settings.neurons:
        part = f"curve-{size}-{run.config.seed}"
        function, deep = read(run.load_model(f"{part}_shallow")), run.load_model(f"{part}_narrow")
        lines[f"{size} neurons"] = x, np.maximum(_gap(deep, function, x[:, None]), _FLOOR)
    label = "|deep - shallow| / max |f|"
    figure = figures.curves(lines, xlabel="x", ylabel=label, logy=True)
    _mark_interval(figure.axes[0], settings)
    return figure


def _gap(deep: Callable, function: Shallow, points: np.ndarray) -> np.ndarray:
    points = points.astype(np.float32)
    values = function(points)[:, 0]
    return np.abs(np.asarray(deep(points))[:, 0] - values) / np.abs(values).max()


def _mark_interval(axes: Axes, settings: Settings) -> None:
    axes.axvspan(settings.low, settings.high, color=style.RULE, alpha=0.45, linewidth=0, zorder=0)
    axes.text(
        (settings.low + settings.high) / 2, 0.98, "the interval",
        transform=axes.get_xaxis_transform(), ha="center", va="top",
        fontsize=style.SMALL, color=style.MUTED,
    )  # fmt: skip


def _surfaces(run: Run, settings: Settings) -> Figure:
    part = f"surface-{run.config.seed}"
    function, deep = read(run.load_model(f"{part}_shallow")), run.load_model(f"{part}_narrow")
    x = _around(settings, 121)
    points = np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
    values = function(points)[:, 0]
    gap = np.log10(np.maximum(_gap(deep, function, points), _FLOOR))
    made = np.asarray(deep(points.astype(np.float32)))[:, 0]
    figure = style.new_figure(style.WIDTH, 2.9, images=True)
    panels = {"shallow network": values, "deep network, 4 wide": made, "log10 difference": gap}
    bounds = values.min(), values.max()
    for axes, (title, field) in zip(style.subplots(figure, 3), panels.items(), strict=True):
        last = title == "log10 difference"
        low, high = (np.log10(_FLOOR), 0) if last else bounds
        drawn = axes.imshow(
            field.reshape(len(x), -1), origin="lower", extent=(x[0], x[-1], x[0], x[-1]),
            vmin=low, vmax=high, cmap="magma" if last else "viridis",
        )  # fmt: skip
        _outline(axes, settings)
        style.dress(
            axes, xlabel="first input", ylabel="second input" if axes is figure.axes[0] else ""
        )
        axes.set_title(title, fontsize=style.TEXT, color=style.INK)
        figure.colorbar(drawn, ax=axes, shrink=0.8).ax.tick_params(labelsize=style.SMALL)
    return figure


def _outline(axes: Axes, settings: Settings) -> None:
    side = settings.high - settings.low
    corner = settings.low, settings.low
    axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor="white", linewidth=1.2))
