"""Figures and claims of study 3.8."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.prompts import ATTRIBUTES
from tfnets.figures.densities import density_panels
from tfnets.lab import findings
from tfnets.methods.gans.curves import film
from tfnets.methods.gans.quality import NUMBERS, Seeds, each
from tfnets.report.content import Claim, Page
from tfnets.studies.caption_to_digit import QUESTION, TITLE
from tfnets.studies.caption_to_digit.numbers import FOLLOWED
from tfnets.studies.caption_to_digit.settings import COLUMNS, PROMPTS, Settings

AGREEMENT = 0.98
"""Share of images that are to show the digit that was named."""
CORRELATION = 0.7
"""Rank correlation of asked and measured thickness, and slant, that is to be reached."""

UNITS = {"thickness": "stroke width in pixels", "slant": "slant: pixels right per pixel up"}
"""The attributes that have a figure, and what their axis is called."""

NOTES = (
    "Asked values: thin -1, thick 1; left -1, upright 0, right 1; small -1, large 1. Rank "
    "correlations are over the captions that ask for the attribute, a slant with its side; two "
    "or three asked values cannot correlate perfectly with a continuous measure, so the value "
    "of the real test images with their own captions is the ceiling.",
    "Thresholds of the words are quartiles of the training images; for the size, of those of "
    "the same digit.",
    "The judge is a classifier that no GAN has seen; it has learned from the training images.",
    "Learning rate, width and epochs were chosen on captions of training images and on the "
    "prompts of every combination, with seed 0, after a quick run at half the learning rate, "
    "which was measured on captions of test images, had fallen short.",
)


def write(run: Run, settings: Settings, rows: Seeds, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides whether pictures follow the words, and whether matching-aware training helps."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [*_follows(settings, rows, numbers), *_matching_helps(rows)]
    _tabulate(page, settings, numbers)
    part = f"{settings.variants[0]}-{run.config.seed}"
    points = range(1, settings.epochs + 1)
    films = np.stack([run.load_array(f"samples/{part}-epoch{epoch}") for epoch in points])
    grid = figures.image_grid(films[-1], columns=COLUMNS, row_labels=PROMPTS)
    page.figure("samples", grid, "The prompt, and a sample for each of six latent vectors.")
    text = "The same after each epoch."
    film(page, run, "epochs", films, text, seconds=0.8, columns=COLUMNS, row_labels=PROMPTS)
    text = "Label agreement and rank correlations after each epoch, mean over seeds."
    page.figure("curves", _curves(numbers), text)
    for name in UNITS:
        caption = f"Measured {name} of images whose caption asks for a value."
        page.figure(name, _densities(run, settings, name), caption)
    page.figure("losses", _losses(run, settings), "Losses of the first seed, mean of each epoch.")
    page.note(*NOTES)
    return page.as_json()


def _densities(run: Run, settings: Settings, attribute: str) -> Figure:
    """What is measured on images that were asked for each value, one panel per kind of image."""
    place, first = list(ATTRIBUTES).index(attribute), run.config.seed
    kinds = {"test images": "test_images"} | {v: f"{v}-{first}" for v in settings.variants}
    asked = run.load_array("asked")[place]
    measured = {title: run.load_array(f"measured/{name}")[place] for title, name in kinds.items()}
    panels = {
        title: {words[0]: row[asked == value] for value, words in ATTRIBUTES[attribute].items()}
        for title, row in measured.items()
    }
    return density_panels(panels, xlabel=UNITS[attribute], ylabel="share", bins=50, reference=None)


def _curves(numbers: dict[str, Any]) -> Figure:
    panels = {
        title: {
            variant: tuple(zip(*((p["epoch"], p[name]["mean"]) for p in row["curve"]), strict=True))
            for variant, row in numbers["variants"].items()
        }
        for name, title in zip(FOLLOWED, ("label agreement", *ATTRIBUTES), strict=True)
    }
    ylabel = "agreement or rank correlation"
    return figures.curve_panels(panels, xlabel="epoch", ylabel=ylabel, columns=4)


def _losses(run: Run, settings: Settings) -> Figure:
    panels = {}
    for name in settings.variants:
        history = [row for row in run.history if row["part"] == f"{name}-{run.config.seed}"]
        panels[name] = {
            network: ([r["epoch"] for r in history], [r[f"{network}_loss"] for r in history])
            for network in ("discriminator", "generator")
        }
    return figures.curve_panels(panels, xlabel="epoch", ylabel="loss")


def _follows(settings: Settings, rows: Seeds, numbers: dict[str, Any]) -> list[Claim]:
    """The claims about the first variant."""
    name = settings.variants[0]
    seeds, crossed = rows[name], [seed["crossed"] for seed in rows[name]]
    wilson = ", ".join("[{:.4f}, {:.4f}]".format(*seed["agreement"]["ci95"]) for seed in seeds)
    claims = [
        findings.decided(
            f"Over {AGREEMENT:.0%} of the pictures show the digit that the caption names",
            np.array(each(seeds, "agreement")), threshold=AGREEMENT,
            note=f"{name}, {seeds[0]['agreement']['n']} captions per seed; real test images: "
            f"{numbers['real']['agreement']['mean']:.4f}; Wilson 95 % of each seed: {wilson}",
        ),
        findings.decided(
            f"Over {AGREEMENT:.0%} do so for every combination of attributes, too",
            np.array(each(crossed, "agreement")), threshold=AGREEMENT,
            note=f"{name}, {numbers['n_crossed']} prompts per seed",
        ),
    ]  # fmt: skip
    return claims + [
        findings.decided(
            f"Measured {attribute} follows the asked one (rank correlation over {CORRELATION})",
            np.array(each(seeds, attribute)), threshold=CORRELATION,
            note=f"{name}; real test images: {numbers['real'][attribute]['mean']:.3f}, "
            f"N = {numbers['real'][attribute]['n']} captions per seed",
        )
        for attribute in UNITS
    ]  # fmt: skip


def _matching_helps(rows: Seeds) -> list[Claim]:
    """With against without captions that do not fit, paired by seed."""
    if not {"matching", "plain"} <= set(rows):
        return []
    pairs = {
        "raises the label agreement": "agreement",
        "makes thickness follow the words more closely": "thickness",
        "makes slant follow the words more closely": "slant",
    }
    return [
        findings.decided(
            f"Matching-aware training {text}",
            np.subtract(each(rows["matching"], name), each(rows["plain"], name)),
            note="matching minus plain on the captions of the test images, by seed",
        )
        for text, name in pairs.items()
    ]


def _tabulate(page: Page, settings: Settings, numbers: dict[str, Any]) -> None:
    rows = [["test images", "their own", *(numbers["real"][name]["mean"] for name in FOLLOWED), ""]]
    for name, row in numbers["variants"].items():
        modes = ", ".join(map(str, row["nameless_modes"]))
        rows.append([name, "of test images", *(row[key]["mean"] for key in FOLLOWED), modes])
        crossed = row["crossed"]
        rows.append([name, "every combination", *(crossed[key]["mean"] for key in FOLLOWED), ""])
    page.table(
        f"Label agreement and rank correlations, mean over {settings.repeats} seed(s)",
        ["pictures", "captions", *FOLLOWED, "digits drawn where none is named"],
        rows,
    )
    page.table(
        f"Quality, mean over {settings.repeats} seed(s), N = {numbers['n']} images",
        ["variant", *NUMBERS, "frechet_real"],
        [
            [name, *(row[c]["mean"] for c in NUMBERS), row["frechet_real"]]
            for name, row in numbers["variants"].items()
        ],
    )
