"""The page of study 3.7."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.gans.curves import all_classes, film, frechet_curves, point_rows
from tfnets.methods.gans.quality import NUMBERS
from tfnets.report.content import Claim, Page
from tfnets.studies.dcgan import QUESTION, TITLE
from tfnets.studies.dcgan.settings import Settings

COLUMNS = 10
"""Sample images side by side in the figures."""

Points = dict[str, list[list[dict[str, Any]]]]
"""For each network its seeds, for each seed its points."""


def write(
    run: Run, settings: Settings, points: dict[str, Points], numbers: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Decides what can be decided, tabulates quality beside that of real images, draws samples."""
    page = Page(run, TITLE, QUESTION)
    for dataset, variants in numbers.items():
        page.claims += _claims(dataset, points[dataset])
        first = next(iter(variants.values()))
        page.table(
            f"{dataset}: mean over {settings.repeats} seed(s), N = {first['n']} samples",
            ["network", "epoch", "updates", *NUMBERS],
            [
                *point_rows(variants, NUMBERS),
                ["real", None, None, *(first[f"{c}_real"] for c in NUMBERS)],
            ],
        )
        for variant in variants:
            _samples(page, run, dataset, variant)
        text = "Frechet distance against generator updates; 95 % interval, cut off at real."
        page.figure(f"{dataset}_frechet", frechet_curves(variants), f"{dataset}: {text}")
    page.note(
        "Real: training images in the samples' place, against the same test images at the same N. "
        "Judge and CIFAR-10 network have learned from the training images.",
        "The features of CIFAR-10 are the averaged last plane of our (48, 128) classifier; these "
        "distances compare with no published ones, and its labels are right 7 times in 10.",
    )
    return page.as_json()


def _samples(page: Page, run: Run, dataset: str, variant: str) -> None:
    """A network's last samples as a grid, and its way there as a GIF."""
    name, title = f"{dataset}_{variant}", f"{dataset}, {variant.replace('_', ' ')}"
    part = f"{dataset}-{variant}-{run.config.seed}"
    paths = (run.path / "samples").glob(f"{part}-step*.npy")
    steps = sorted(int(path.stem.rpartition("-step")[2]) for path in paths)
    frames = {step: run.load_array(f"samples/{part}-step{step}") for step in steps}
    grid = figures.image_grid(frames[max(frames)], columns=COLUMNS)
    page.figure(name, grid, f"{title}: samples of the first seed at the end.")
    samples = np.stack([frame[: 2 * COLUMNS] for frame in frames.values()])
    titles, text = [f"{step:,} updates" for step in frames], "the same latents while it trains."
    film(page, run, name, samples, f"{title}: {text}", columns=COLUMNS, titles=titles)


def _claims(dataset: str, rows: Points) -> list[Claim]:
    modes = [seed[-1]["modes"] for seed in rows["paper"]]
    claims = [all_classes(f"Samples cover all ten classes of {dataset}", modes)]
    if "paper_without_norm" in rows:
        found = (rows[name] for name in ("paper_without_norm", "paper"))
        claims.append(
            findings.decided(
                f"Batch normalisation brings samples nearer to {dataset}",
                np.subtract(*([points[-1]["frechet"] for points in seeds] for seeds in found)),
                note="Frechet distance without it minus with it, by seed, at the end",
            )
        )
    return claims
