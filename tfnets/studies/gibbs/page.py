"""The page of study 6.5."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.metrics import mean_ci95
from tfnets.report.content import Cell, Claim, Page
from tfnets.studies.gibbs import QUESTION, TITLE
from tfnets.studies.gibbs.quantities import Quantity, quantities
from tfnets.studies.gibbs.settings import Settings

LEVEL = 0.01  # level of the tests of all seeds together (Bonferroni)
AGREED = 1.01  # R-hat up to which chains count as having come together (Vehtari et al. 2021)

NOTES = (
    "The report writes the interval [y^2 - 1, 1 - y^2]. It lies within the disc, so that the "
    "draws look plausible, but they stay in a lens, |y| up to 1 - x^2, and crowd at its ends.",
    "Draws of one chain depend on each other; the tests take one draw of each of many chains, "
    "which are independent.",
    "R-hat and effective sample sizes are ArviZ's (Vehtari et al. 2021; Geyer 1992).",
)

_NAMES = {"right": "right conditionals", "wrong": "the report's conditionals"}


def write(run: Run, settings: Settings, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides which conditionals are right and whether chains mix, tabulates and draws both."""
    page, known = Page(run, TITLE, QUESTION), quantities(settings.correlation)
    tests, chains = numbers["tests"], numbers["chains"]
    page.claims += claims(settings, tests, chains)
    page.table(
        f"One draw of each of {settings.chains:,} chains after {settings.burn_in} sweeps, "
        f"{settings.repeats} seed(s)",
        ["conditionals", "smallest p of r^2", "largest p of r^2", "smallest p of the angle",
         "points with r below 1/2 (uniform: 0.25)"],
        [
            [text, min(tests[name]["p_radius"]), max(tests[name]["p_radius"]),
             min(tests[name]["p_angle"]), tests[name]["share_inside_half"]]
            for name, text in _NAMES.items()
        ],
    )  # fmt: skip
    page.table(
        f"{settings.long_chains} chains of {settings.draws:,} draws, {settings.repeats} seed(s)",
        ["quantity", "largest R-hat", "effective share of the mean", "known", "of the ranks",
         "autocorrelation of lag 1", "known"],
        [_diagnosis(settings, known[name], found) for name, found in chains.items()],
    )  # fmt: skip
    page.figure(
        "disc",
        _disc({name: run.load_array(f"points-{name}") for name in _NAMES}),
        "One draw of each chain, all seeds together: points per area, relative to even ones, with "
        "the right conditionals and with the report's, and how r^2 is distributed.",
    )
    text = "Autocorrelation of long chains, mean of all seeds; circles are what is known exactly."
    page.figure("autocorrelation", _autocorrelation(known, chains), text)
    page.note(*NOTES)
    return page.as_json()


def claims(
    settings: Settings, tests: dict[str, dict[str, Any]], chains: dict[str, dict[str, Any]]
) -> list[Claim]:
    """Decides the claims by tests, R-hat and the first autocorrelation."""
    known = quantities(settings.correlation)
    right = min(1.0, settings.repeats * min(tests["right"]["p_radius"]))
    wrong = max(tests["wrong"]["p_radius"])
    worst = max(max(chains[name]["r_hat"]) for name in ("x", "x_squared"))
    lens = "Uniform draws from [y^2 - 1, 1 - y^2], as the report writes, do, too"
    return [
        findings.sure(
            "Uniform draws from [-sqrt(1 - y^2), sqrt(1 - y^2)] give uniform points on the disc",
            right >= LEVEL,
            ours=right,
            note=f"smallest p of r^2 against U[0, 1], times the {settings.repeats} seed(s); "
            f"refused below {LEVEL:g}",
        ),
        findings.sure(
            lens, wrong >= LEVEL, ours=wrong, whose="origin", note="largest p of all seeds"
        ),
        findings.sure(
            "Chains on the disc come together",
            worst < AGREED,
            ours=worst,
            note=f"largest R-hat of x and x^2 after {settings.burn_in} sweeps of burn-in; come "
            f"together below {AGREED:g}",
        ),
        *(_first_lag(known[name], chains[name]) for name in ("x", "x_squared", "normal")),
    ]


def _first_lag(quantity: Quantity, rows: dict[str, Any]) -> Claim:
    """Whether the interval of the first autocorrelation holds the known one."""
    firsts = [lags[1] for lags in rows["autocorrelation"]]
    claim = f"{quantity.text}: each sweep multiplies the autocorrelation by {quantity.factor:.4g}"
    if len(firsts) < 2:
        return findings.agreed(claim, [False], ours=firsts[0], note="autocorrelation of lag 1")
    found = mean_ci95(firsts)
    holds = "confirmed" if found.low <= quantity.factor <= found.high else "not confirmed"
    note = "mean autocorrelation of lag 1; confirmed if its 95 % interval holds the number"
    return Claim(claim, None, found.mean, found.ci95, found.n, holds, note)


def _diagnosis(settings: Settings, quantity: Quantity, found: dict[str, Any]) -> list[Cell]:
    size, factor = settings.long_chains * settings.draws, quantity.factor
    share = None if factor is None else (1 - factor) / (1 + factor)
    return [
        quantity.text, max(found["r_hat"]), float(np.mean(found["ess_mean"])) / size, share,
        float(np.mean(found["ess_bulk"])) / size,
        float(np.mean([lags[1] for lags in found["autocorrelation"]])), factor,
    ]  # fmt: skip


def _disc(points: dict[str, np.ndarray]) -> Figure:
    figure = style.new_figure(style.WIDTH, 3.3)
    left, right = figure.subfigures(1, 2, width_ratios=[2.1, 1])
    panels = left.subplots(1, 2, sharey=True)
    edges = np.linspace(-1, 1, 41)
    for axes, (name, cloud) in zip(panels, points.items(), strict=True):
        counts = np.histogram2d(*cloud.T, bins=(edges, edges))[0].T
        even = len(cloud) * (edges[1] - edges[0]) ** 2 / np.pi
        drawn = axes.imshow(
            np.where(counts > 0, counts / even, np.nan), origin="lower", extent=(-1, 1, -1, 1),
            vmin=0, vmax=2, cmap="viridis",
        )  # fmt: skip
        style.dress(axes, xlabel="x", ylabel="y" if axes is panels[0] else "")
        axes.set_title(_NAMES[name], fontsize=style.TEXT, color=style.INK)
    bar = left.colorbar(drawn, ax=panels, shrink=0.75, extend="max", location="bottom")
    bar.set_label("points, relative to even ones", fontsize=style.SMALL, color=style.INK)
    bar.ax.tick_params(labelsize=style.SMALL)
    axes, shares = right.subplots(1, 1), np.linspace(0, 1, 501)
    for index, (name, cloud) in enumerate(points.items()):
        places = np.quantile(np.sum(cloud**2, axis=1), shares)
        axes.plot(places, shares, color=style.colour(index), linewidth=1.7, label=_NAMES[name])
    axes.plot([0, 1], [0, 1], color=style.INK, linewidth=1, linestyle=(0, (4, 3)), label="even")
    style.dress(axes, xlabel="r^2", ylabel="share of points up to it")
    right.legend(loc="outside lower center", fontsize=style.SMALL, frameon=False)
    return figure


def _autocorrelation(known: Mapping[str, Quantity], chains: dict[str, dict[str, Any]]) -> Figure:
    lines = {}
    for name, found in chains.items():
        values = np.mean(found["autocorrelation"], axis=0)
        lines[known[name].text] = np.arange(len(values)), values
    figure = figures.curves(lines, xlabel="sweeps apart", ylabel="autocorrelation")
    for index, (name, (lags, _)) in enumerate(zip(chains, lines.values(), strict=True)):
        factor = known[name].factor
        if factor is not None:
            figure.axes[0].plot(
                lags, factor**lags, linestyle="", marker="o", markersize=4.5,
                markerfacecolor="none", markeredgecolor=style.colour(index), markeredgewidth=0.9,
            )  # fmt: skip
    return figure
