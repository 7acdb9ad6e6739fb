"""Figures and claims of study 6.6."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.denoisers import classic
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.laplace_noise import QUESTION, TITLE
from tfnets.studies.laplace_noise.settings import Settings

Rows = dict[str, dict[str, dict]]
"""Case (`laplace-0.1`) -> method -> its part of the run: `psnr` per image, `strength`, `tried`."""

TITLES = {
    "noisy": "noisy",
    "gaussian": "Gaussian likelihood",
    "laplace": "Laplace likelihood",
} | {name: baseline.title for name, baseline in classic.BASELINES.items()}
"""How each method is called."""

OTHER = {"laplace": "gaussian", "gaussian": "laplace"}


def shown(count: int) -> np.ndarray:
    """Indices of the images that figures show, spread over the photographs."""
    return np.unique(np.linspace(0, count - 1, 5).round().astype(int))


def summary(row: dict[str, dict]) -> dict[str, dict]:
    """Numbers of one case: PSNR of each method, and Laplace minus Gaussian likelihood in pairs."""
    numbers = {name: _numbers(found) for name, found in row.items()}
    paired = metrics.paired_test(row["laplace"]["psnr"], row["gaussian"]["psnr"])
    numbers["laplace_minus_gaussian"] = paired.difference.as_json() | {"p_value": paired.p_value}
    return numbers


def _numbers(found: dict) -> dict:
    psnr = metrics.mean_ci95(found["psnr"]).as_json()
    return psnr | ({"strength": found["strength"]} if "strength" in found else {})


def draw(run: Run, settings: Settings, clean: np.ndarray, rows: Rows) -> None:
    """Saves restored crops, PSNR by method, paired differences, and the choice of weights."""
    for noise in OTHER:
        name = f"{noise}-{settings.sigmas[-1]:g}"
        run.save_figure(f"restored_{noise}", _restored(run, name, clean, rows[name]))
    run.save_figure("psnr", _bars(rows))
    run.save_figure("differences", _differences(rows))
    run.save_figure("strengths", _strengths(settings, rows))


def report(settings: Settings, rows: Rows, numbers: dict) -> Report:
    """Decides both directions of the claim and tabulates every method."""
    report = Report("laplace_noise", TITLE, QUESTION)
    report.claims += [_claim(settings, name, row) for name, row in rows.items()]
    report.tables.append(_table(settings, numbers, rows))
    for noise in OTHER:
        report.figure(
            f"restored_{noise}.png",
            f"Crops with {title(f'{noise}-{settings.sigmas[-1]:g}')}, and what the methods make of "
            "them, with PSNR.",
        )
    report.figure("psnr.png", "Mean PSNR by method; whiskers are 95 % intervals over images.")
    report.figure(
        "differences.png",
        "PSNR with the likelihood of the noise that is there (and its sigma) minus PSNR of another "
        "method, mean over the same images.",
    )
    report.figure(
        "strengths.png", "PSNR on the tuning images by the weight of total variation (times sigma)."
    )
    report.notes += [
        "By Bayes' rule the posterior is likelihood times prior, divided by the evidence p(I_c); "
        "the report divides by the likelihood.",
        "Both likelihoods know the noise's variance, share one prior and one grid of weights, and "
        "each has its own best weight, chosen on images that are not counted.",
        "Crops of one photograph resemble each other: the intervals are over crops.",
        *_edges(settings, rows),
    ]
    return report


def title(case: str) -> str:
    """A case in words: `laplace-0.1` is "Laplace noise of sigma 0.1"."""
    noise, sigma = case.split("-")
    return f"{noise.capitalize()} noise of sigma {sigma}"


def _claim(settings: Settings, case: str, row: dict[str, dict]) -> Claim:
    own = case.split("-")[0]
    paired = metrics.paired_test(row[own]["psnr"], row[OTHER[own]]["psnr"])
    return findings.above(
        f"On {title(case)}, the {TITLES[own]} restores better than the {TITLES[OTHER[own]]}",
        paired.difference,
        note=f"mean difference of PSNR in dB over {settings.images} images in pairs, "
        f"p = {paired.p_value:.2g}",
    )


def _table(settings: Settings, numbers: dict, rows: Rows) -> Table:
    def cells(case: str, method: str) -> list[float | None]:
        return [numbers[case][method]["mean"], numbers[case][method].get("strength")]

    return Table(
        f"Mean PSNR in dB of {settings.images} images, and each method's strength",
        ["method", *(head for case in rows for head in (title(case), "strength"))],
        [[text, *(cell for case in rows for cell in cells(case, m))] for m, text in TITLES.items()],
    )


def _edges(settings: Settings, rows: Rows) -> list[str]:
    """Says which weight was the first or last of the grid: the best one may lie beyond."""
    ends = {settings.strengths[0], settings.strengths[-1]}
    return [
        f"The strength {row[method]['strength']:g} of the {TITLES[method]} on {title(case)} is at "
        "the end of its grid; a wider grid may suit it better."
        for case, row in rows.items()
        for method in OTHER
        if row[method]["strength"] in ends
    ]


def _restored(run: Run, case: str, clean: np.ndarray, row: dict[str, dict]) -> Figure:
    methods = ["noisy", "gaussian", "laplace", "median", "non_local_means"]
    places = shown(len(clean))
    columns = [clean[places], *(run.load_array(f"{case}-{name}") for name in methods)]
    titles = [
        text
        for place in places
        for text in ("", *(f"{row[name]['psnr'][place]:.1f} dB" for name in methods))
    ]
    return figures.image_grid(
        np.clip(np.stack(columns, axis=1).reshape(-1, *clean.shape[1:]), 0, 1),
        columns=len(columns),
        titles=titles,
        column_labels=["original", *(TITLES[name] for name in methods)],
    )


def _bars(rows: Rows) -> Figure:
    def triple(found: dict) -> tuple[float, float, float]:
        estimate = metrics.mean_ci95(found["psnr"])
        return estimate.mean, estimate.low, estimate.high

    return figures.bars(
        [title(case) for case in rows],
        {text: [triple(row[method]) for row in rows.values()] for method, text in TITLES.items()},
        ylabel="PSNR (dB), mean and 95 % interval",
    )


def _differences(rows: Rows) -> Figure:
    lines = []
    for case, row in rows.items():
        own, sigma = case.split("-")
        for other in (OTHER[own], "median", "non_local_means"):
            found = metrics.paired_test(row[own]["psnr"], row[other]["psnr"]).difference
            label = f"{own.capitalize()} noise {sigma}: minus {TITLES[other]}"
            lines.append((label, (found.mean, found.low, found.high)))
    return figures.intervals(lines, xlabel="difference of PSNR (dB), 95 % interval")


def _strengths(settings: Settings, rows: Rows) -> Figure:
    panels = {
        title(case): {
            TITLES[method]: (settings.strengths, row[method]["tried"]) for method in OTHER
        }
        for case, row in rows.items()
    }
    return figures.curve_panels(
        panels,
        xlabel="weight of total variation times sigma",
        ylabel="PSNR (dB)",
        columns=2,
    )
