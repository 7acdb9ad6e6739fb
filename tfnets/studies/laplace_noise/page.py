"""The page of study 6.6."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.denoisers import classic
from tfnets.metrics import Estimate
from tfnets.report.content import Cell, Claim, Page
from tfnets.studies.laplace_noise import QUESTION, TITLE
from tfnets.studies.laplace_noise.numbers import ByMethod, ByNoise, gain, shown
from tfnets.studies.laplace_noise.settings import Settings

TITLES = {  # how each method is called
    "noisy": "noisy",
    "gaussian": "Gaussian likelihood",
    "laplace": "Laplace likelihood",
} | {name: baseline.title for name, baseline in classic.BASELINES.items()}

OTHER = {"laplace": "gaussian", "gaussian": "laplace"}  # each likelihood's rival

NOTES = (
    "By Bayes' rule the posterior is likelihood times prior, divided by the evidence p(I_c); "
    "the report divides by the likelihood.",
    "Both likelihoods know the noise's variance, share one prior and one grid of weights, and "
    "each has its own best weight, chosen on images that are not counted.",
    "Crops of one photograph resemble each other: the intervals are over crops.",
)


def write(run: Run, settings: Settings, rows: ByNoise, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides both directions of the claim, tabulates every method, shows restored crops."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [_claim(settings, name, row) for name, row in rows.items()]
    columns = [head for case in rows for head in (title(case), "strength")]
    means = f"Mean PSNR in dB of {settings.images} images, and each method's strength"
    cells = [[text, *_cells(numbers, rows, method)] for method, text in TITLES.items()]
    page.table(means, ["method", *columns], cells)
    for noise in OTHER:
        case = f"{noise}-{settings.sigmas[-1]:g}"
        caption = f"Crops with {title(case)}, and what the methods make of them, with PSNR."
        page.figure(f"restored_{noise}", _restored(run, case, rows[case]), caption)
    caption = "Mean PSNR by method; whiskers are 95 % intervals over images."
    page.figure("psnr", _bars(numbers, rows), caption)
    page.figure(
        "differences",
        _differences(rows),
        "PSNR with the likelihood of the noise that is there (and its sigma) minus PSNR of another "
        "method, mean over the same images.",
    )
    caption = "PSNR on the tuning images by the weight of total variation (times sigma)."
    page.figure("strengths", _strengths(settings, rows), caption)
    page.note(*NOTES, *_edges(settings, rows))
    return page.as_json()


def title(case: str) -> str:
    """A case in words: `laplace-0.1` is "Laplace noise of sigma 0.1"."""
    noise, sigma = case.split("-")
    return f"{noise.capitalize()} noise of sigma {sigma}"


def _claim(settings: Settings, case: str, row: ByMethod) -> Claim:
    own = case.split("-")[0]
    paired = gain(row, own, OTHER[own])
    return findings.above(
        f"On {title(case)}, the {TITLES[own]} restores better than the {TITLES[OTHER[own]]}",
        paired.difference,
        note=f"mean difference of PSNR in dB over {settings.images} images in pairs, "
        f"p = {paired.p_value:.2g}",
    )


def _cells(numbers: dict[str, Any], rows: ByNoise, method: str) -> list[Cell]:
    found = [numbers[case][method] for case in rows]
    return [cell for row in found for cell in (row["mean"], row.get("strength"))]


def _edges(settings: Settings, rows: ByNoise) -> list[str]:
    """Says which weight was the first or last of the grid: the best one may lie beyond."""
    ends = {settings.strengths[0], settings.strengths[-1]}
    return [
        f"The strength {row[method]['strength']:g} of the {TITLES[method]} on {title(case)} is at "
        "the end of its grid; a wider grid may suit it better."
        for case, row in rows.items()
        for method in OTHER
        if row[method]["strength"] in ends
    ]


def _restored(run: Run, case: str, row: ByMethod) -> Figure:
    methods = ["noisy", "gaussian", "laplace", "median", "non_local_means"]
    places = shown(len(row["noisy"]["psnr"]))
    clean = run.load_array("samples/originals")
    columns = [clean, *(run.load_array(f"{case}-{name}") for name in methods)]
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


def _bars(numbers: dict[str, Any], rows: ByNoise) -> Figure:
    groups = {
        text: [Estimate.from_json(numbers[case][method]).bar for case in rows]
        for method, text in TITLES.items()
    }
    ylabel = "PSNR (dB), mean and 95 % interval"
    return figures.bars([title(case) for case in rows], groups, ylabel=ylabel)


def _differences(rows: ByNoise) -> Figure:
    lines = []
    for case, row in rows.items():
        own, sigma = case.split("-")
        for other in (OTHER[own], "median", "non_local_means"):
            label = f"{own.capitalize()} noise {sigma}: minus {TITLES[other]}"
            lines.append((label, gain(row, own, other).difference.bar))
    return figures.intervals(lines, xlabel="difference of PSNR (dB), 95 % interval")


def _strengths(settings: Settings, rows: ByNoise) -> Figure:
    panels = {
        title(case): {TITLES[m]: (settings.strengths, row[m]["tried"]) for m in OTHER}
        for case, row in rows.items()
    }
    xlabel = "weight of total variation times sigma"
    return figures.curve_panels(panels, xlabel=xlabel, ylabel="PSNR (dB)", columns=2)
