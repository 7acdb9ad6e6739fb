"""Figures and claims of study 3.3."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.gans import quality
from tfnets.methods.gans.curves import frechet_curves
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.decoder_gan import QUESTION, TITLE
from tfnets.studies.decoder_gan.settings import Settings

SHOWN = 5
"""Sample images per variant and point in the figure."""


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves the first seed's samples and the Frechet distance against generator updates."""
    first = run.config.seed
    strips = [
        np.concatenate(
            [run.load_array(f"samples/{name}-{first}-epoch{e}") for e in settings.epochs]
        )
        for name in settings.variants
    ]
    columns = [f"epoch {e}" if i == 0 else "" for e in settings.epochs for i in range(SHOWN)]
    grid = figures.image_grid(
        np.concatenate(strips),
        columns=SHOWN * len(settings.epochs),
        row_labels=settings.variants,
        column_labels=columns,
    )
    run.save_figure("samples", grid)
    run.save_figure("frechet", frechet_curves({v: numbers[v] for v in settings.variants}))


def report(
    settings: Settings, points: dict[str, list[list[dict[str, Any]]]], numbers: dict[str, Any]
) -> Report:
    """Decides the claims by Frechet distance and tabulates quality against updates."""
    report = Report("decoder_gan", TITLE, QUESTION)
    report.claims += _claims(settings, points)
    columns = [*quality.NUMBERS, "frechet_real"]
    report.tables.append(
        Table(
            f"Quality, mean over {settings.repeats} seed(s), N = "
            f"{numbers[settings.variants[0]]['n']} samples",
            ["variant", "epoch", "updates", *columns],
            [
                [name, point["epoch"], point["step"], *(point[c] for c in columns)]
                for name in settings.variants
                for point in numbers[name]["points"]
            ],
        )
    )
    report.figure("samples.png", "Samples of the first seed with the same latents at each point.")
    report.figure(
        "frechet.png", "Frechet distance against generator updates; 95 % interval, cut off at real."
    )
    report.notes.append(
        "Features come from the judge, which has learned from the training images; real against "
        "real is training against test images at the same N."
    )
    return report


def _claims(settings: Settings, points: dict[str, list[list[dict[str, Any]]]]) -> list[Claim]:
    """Each claim as a Frechet difference, paired by seed."""
    early, late = settings.epochs[0], settings.epochs[-1]
    wanted = [
        ("A restored generator is ahead early", "scratch", "restored", 0, early),
        ("Freezing the restored layers first helps early", "restored", "frozen", 0, early),
        ("It is ahead early with a fresh first layer, too", "scratch", "fresh", 0, early),
        ("A restored generator is still ahead at the end", "scratch", "restored", -1, late),
        ("A one-dense-layer generator is worse", "one_dense", "scratch", -1, late),
        ("Restoring helps the deeper generator early", "deep_scratch", "deep_restored", 0, early),
    ]  # fmt: skip
    return [
        _compare(
            text, points[worse], points[better], index, f"{worse} minus {better}, epoch {epoch}"
        )
        for text, worse, better, index, epoch in wanted
        if worse in points and better in points
    ]


def _compare(
    text: str,
    worse: list[list[dict[str, Any]]],
    better: list[list[dict[str, Any]]],
    index: int,
    note: str,
) -> Claim:
    a, b = (np.array([seed[index]["frechet"] for seed in rows]) for rows in (worse, better))
    return findings.decided(text, a - b, note=f"Frechet distance of {note}")
