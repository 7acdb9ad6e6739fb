"""The page of study 3.3."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.gans.curves import frechet_curves, point_rows
from tfnets.methods.gans.quality import NUMBERS
from tfnets.report.content import Claim, Page
from tfnets.studies.decoder_gan import QUESTION, TITLE
from tfnets.studies.decoder_gan.settings import SHOWN, Settings

Points = dict[str, list[list[dict[str, Any]]]]
"""By variant, the measurements of each seed."""

CLAIMS = (
    ("A restored generator is ahead early", "scratch", "restored", 0),
    ("Freezing the restored layers first helps early", "restored", "frozen", 0),
    ("It is ahead early with a fresh first layer, too", "scratch", "fresh", 0),
    ("A restored generator is still ahead at the end", "scratch", "restored", -1),
    ("A one-dense-layer generator is worse", "one_dense", "scratch", -1),
    ("Restoring helps the deeper generator early", "deep_scratch", "deep_restored", 0),
)
"""Claim, the variant with the larger Frechet distance, the other, index of the point."""


def write(run: Run, settings: Settings, points: Points, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides the claims by Frechet distance, tabulates quality, draws the run's first seed."""
    page = Page(run, TITLE, QUESTION)
    page.claims += _claims(settings, points)
    columns = [*NUMBERS, "frechet_real"]
    page.table(
        f"Quality, mean over {settings.repeats} seed(s), N = "
        f"{numbers[settings.variants[0]]['n']} samples",
        ["variant", "epoch", "updates", *columns],
        point_rows(numbers, columns),
    )
    first, epochs = run.config.seed, settings.epochs
    parts = [f"{name}-{first}-epoch{epoch}" for name in settings.variants for epoch in epochs]
    page.figure(
        "samples",
        figures.image_grid(
            np.concatenate([run.load_array(f"samples/{part}") for part in parts]),
            columns=SHOWN * len(epochs),
            row_labels=settings.variants,
            column_labels=[f"epoch {e}" if i == 0 else "" for e in epochs for i in range(SHOWN)],
        ),
        "Samples of the first seed with the same latents at each point.",
    )
    text = "Frechet distance against generator updates; 95 % interval, cut off at real."
    page.figure("frechet", frechet_curves(numbers), text)
    page.note(
        "Features come from the judge, which has learned from the training images; real against "
        "real is training against test images at the same N."
    )
    return page.as_json()


def _claims(settings: Settings, points: Points) -> list[Claim]:
    """Frechet differences, paired by seed."""
    return [
        findings.decided(
            text,
            np.subtract(
                *([seed[index]["frechet"] for seed in points[name]] for name in (worse, better))
            ),
            whose="origin" if worse == "one_dense" else "ours",
            note=f"Frechet distance of {worse} minus {better}, epoch {settings.epochs[index]}",
        )
        for text, worse, better, index in CLAIMS
        if worse in points and better in points
    ]
