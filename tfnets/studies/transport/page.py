"""The page of study 6.4."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.report.content import Claim, Page
from tfnets.studies.transport import QUESTION, TITLE
from tfnets.studies.transport.pairs import Pair, brightness, pairs
from tfnets.studies.transport.settings import SHOWN, Settings
from tfnets.theory.transport import Distribution, transport

EXACT = 1e-12  # largest distance of a map from its formula that counts as rounding
LEVEL = 0.01  # level of the tests of all seeds of a pair together (Bonferroni)
_DRAWN = ("slope", "mixture", "brightness")
_BARS = 60


def write(
    run: Run, settings: Settings, rows: dict[str, dict[str, Any]], matched: dict[str, Any]
) -> dict[str, Any]:
    """Decides whether the maps are their formulas and carry draws over, tabulates and draws."""
    page = Page(run, TITLE, QUESTION)
    image, reference = (run.load_array(f"samples/{name}").astype(float) for name in SHOWN)
    every = pairs(brightness(reference, settings.bins))
    page.claims += claims(rows, matched)
    page.table(
        f"Maps, and tests of {settings.test:,} draws with {settings.repeats} seed(s)",
        ["from and to", "distance from the formula", "KS distance of the draws as they were",
         "carried", "smallest p", f"p below 0.05, of {settings.repeats}"],
        [
            [
                every[name].text, row.get("formula_error"),
                float(np.mean(row["distance_before"])), float(np.mean(row["distance"])),
                min(row["p_values"]), sum(p < 0.05 for p in row["p_values"]),
            ]
            for name, row in rows.items()
        ],
    )  # fmt: skip
    page.table(
        "Histogram matching beside skimage.exposure.match_histograms: largest difference",
        ["pixels", "difference, in the pixels' unit"],
        list(matched["largest_difference"].items()),
    )
    page.figure(
        "maps",
        _maps(settings, [every[name] for name in _DRAWN], run.config.seed),
        "Left the source's density, in the middle the map, right the target's density over a "
        "histogram of the carried draws.",
    )
    first, second = settings.photos
    page.figure(
        "photographs",
        _photographs(image, run.load_array("matched").astype(float), reference),
        f"The photograph {first} given the values of {second}, channel by channel, and the "
        "cumulative functions of the red channel: after matching it is the reference's.",
    )
    bins = matched["bins_256"]
    page.note(
        "The map is the inverse cumulative function of the target after the cumulative function of "
        "the source: it rises, and carries the source's mass onto the target's.",
        "scikit-image's matching is the same map between the distributions of the values that "
        "occur. Equal to the bit on float64 and on single channels of integers; by channels it "
        "stores the result in the image's own type, which cuts integers off by up to one.",
        "Matching by 256 bins instead of by the values that occur moves pixels by "
        f"{bins['mean']:.2g} on average and by up to {bins['largest']:.2g}, where the bins of "
        "the reference are nearly empty.",
    )
    return page.as_json()


def claims(rows: dict[str, dict[str, Any]], matched: dict[str, Any]) -> list[Claim]:
    """Decides the claims by distances from formulas, tests of draws, and matched pixels."""
    errors = {name: row["formula_error"] for name, row in rows.items() if "formula_error" in row}
    origin = max(errors[name] for name in errors if name.startswith("slope"))
    repeats = len(next(iter(rows.values()))["p_values"])
    worst = {name: min(1.0, min(row["p_values"]) * repeats) for name, row in rows.items()}
    gaps = [matched["largest_difference"][name] for name in ("float64", "uint8, one channel")]
    largest, smallest = max(errors.values()), min(worst.values())
    rising = sum(row["rising"] for row in rows.values())
    share = f"{rising} of {len(rows)}"
    return [
        findings.sure(
            "From uniform to 1/2 + s the map is (-1 + sqrt(1 + 8 x)) / 2",
            origin <= EXACT,
            ours=origin,
            whose="origin",
            note=f"largest distance, also with numerical inversion; equal is {EXACT:g}",
        ),
        findings.sure(
            "The other maps are their formulas, too",
            largest <= EXACT,
            ours=largest,
            note=f"largest distance of {len(errors)} maps; equal is {EXACT:g}",
        ),
        findings.sure(
            "Carried draws are draws of the target",
            smallest >= LEVEL,
            ours=smallest,
            whose="origin",
            note=f"smallest p of Kolmogorov and Smirnov's test of {len(worst)} pairs, times the "
            f"{repeats} seeds; refused below {LEVEL:g}",
        ),
        findings.sure("All maps rise", rising == len(rows), ours=share, note="at all places tried"),
        findings.sure(
            "Histogram matching is scikit-image's",
            max(gaps) == 0,
            ours=max(gaps),
            note="largest difference, float64 by channels and uint8 in one",
        ),
    ]


def _maps(settings: Settings, shown: list[Pair], seed: int) -> Figure:
    figure = style.new_figure(style.WIDTH, 0.5 + 2.0 * len(shown))
    grid = figure.subplots(len(shown), 3, squeeze=False)
    for row, pair in zip(grid, shown, strict=True):
        x = np.asarray(pair.source.ppf(np.linspace(0.0005, 0.9995, 1001)))
        carry = transport(pair.source, pair.target)
        _outline(row[0], pair.source, (x[0], x[-1]), 0)
        row[1].plot(x, carry(x), color=style.INK, linewidth=1.5)
        z = np.asarray(pair.source.ppf(np.random.default_rng(seed).random(settings.draws)))
        edges = np.linspace(*pair.ends, _BARS + 1)
        heights = np.histogram(carry(z), edges)[0] / len(z) / np.diff(edges)
        row[2].stairs(heights, edges, fill=True, color=style.colour(1), alpha=0.3)
        _outline(row[2], pair.target, pair.ends, 1)
        source, target = pair.text.split(",")[0].split(" to ", 1)
        style.dress(row[0], title=source, ylabel="density")
        style.dress(row[1], title="the map", ylabel="y")
        style.dress(row[2], title=target)
        for axes in row:
            axes.title.set_fontsize(style.TEXT)
    for axes, label in zip(grid[-1], ("x", "x", "y"), strict=True):
        axes.set_xlabel(label, fontsize=style.TEXT, color=style.INK)
    handles = [
        Line2D([], [], color=style.colour(0), label="density of the source"),
        Line2D([], [], color=style.colour(1), label="density of the target"),
        Patch(color=style.colour(1), alpha=0.3, label=f"{settings.draws:,} carried draws"),
    ]
    style.legend_below(figure, handles)
    return figure


def _outline(axes: Axes, one: Distribution, ends: tuple[float, float], index: int) -> None:
    """The density as differences of the cumulative function."""
    edges = np.linspace(*ends, 401)
    heights = np.diff(np.asarray(one.cdf(edges))) / np.diff(edges)
    axes.stairs(heights, edges, color=style.colour(index), linewidth=1.5)
    axes.set_ylim(0, 1.15 * heights.max())


def _photographs(image: np.ndarray, matched: np.ndarray, reference: np.ndarray) -> Figure:
    shown = {"photograph": image, "matched": matched, "reference": reference}
    figure = style.new_figure(style.WIDTH, 4.6)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1, 1.15])
    for axes, (title, pixels) in zip(top.subplots(1, 3), shown.items(), strict=True):
        axes.imshow(np.clip(pixels, 0, 1))
        axes.set_title(title, fontsize=style.TEXT, color=style.INK)
        axes.set_axis_off()
    axes = bottom.subplots(1, 1)
    for index, title in enumerate(("photograph", "reference", "matched")):
        pixels = shown[title]
        shares = np.linspace(0, 1, 1001)
        axes.plot(
            np.quantile(pixels[..., 0], shares), shares, label=title,
            color=style.colour(index), linewidth=1.7, linestyle="--" if index == 2 else "-",
        )  # fmt: skip
    style.dress(axes, xlabel="red, from 0 to 1", ylabel="share of pixels up to it")
    axes.legend(fontsize=style.SMALL, frameon=False, loc="lower right")
    return figure
