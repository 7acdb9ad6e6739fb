"""Figures and claims of study 4.4."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.autoencoders.source import restored_note
from tfnets.methods.gans import curves, label_quality
from tfnets.methods.gans.quality import NUMBERS, Seeds
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.digit_generator import QUESTION, TITLE
from tfnets.studies.digit_generator.numbers import worst
from tfnets.studies.digit_generator.settings import DIGITS, Settings

FILMED = 3
"""Rows of the GIF."""

WANTED = 0.99
"""Label agreement that every digit is to reach."""


def write(run: Run, settings: Settings, rows: Seeds, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides whether every digit is drawn as it was asked for."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [*_every_digit(settings, numbers), *_better(rows)]
    _tabulate(page, settings, numbers)
    for variant in settings.variants:
        _show_samples(page, run, settings, variant)
    page.figure(
        "missed",
        _missed(numbers),
        "Images that the judge takes for another digit, over all seeds, and real test images that "
        "it takes for another than their label says; Wilson's 95 % interval. Dashed: what every "
        "digit is to stay below.",
    )
    curves.label_curves(page, "errors", numbers)
    curves.class_coverage(page, numbers)
    page.note(
        label_quality.note(numbers),
        "Wilson's interval over the images of all seeds holds for these networks, and the verdict "
        "by seed for networks of other seeds.",
        *(restored_note(name, row["restored"]) for name, row in numbers["networks"].items()),
    )
    if "export" in numbers:
        page.note(_exported(numbers["export"]))
    return page.as_json()


def _show_samples(page: Page, run: Run, settings: Settings, variant: str) -> None:
    epochs, part = settings.filmed(variant), f"{variant}_gan-{run.config.seed}"
    film = np.stack([run.load_array(f"samples/{part}-epoch{epoch}") for epoch in epochs])
    name = f"digits_{variant}"
    caption = f"{variant}, first seed: a digit per column, a latent vector per row"
    labels = [str(digit) for digit in range(DIGITS)]
    grid = figures.image_grid(film[-1], columns=DIGITS, column_labels=labels)
    page.figure(name, grid, f"{caption}.")
    film, titles = film[:, : FILMED * DIGITS], [f"epoch {epoch}" for epoch in epochs]
    text = f"{caption}, while it trains."
    curves.film(page, run, name, film, text, columns=DIGITS, titles=titles)


def _missed(numbers: dict[str, Any]) -> Figure:
    """Each digit's errors with their interval: the best variant's, and those on real images."""
    best = numbers["best"].removesuffix("_gan")
    pairs = zip(
        numbers["networks"][best]["agreement_pooled"]["per_class"],
        numbers["judge"]["per_class"],
        strict=True,
    )
    rows = [
        (f"{row['label']}, {kind}", _percent_missed(row))
        for pair in pairs
        for kind, row in zip((best, "real images"), pair, strict=True)
    ]
    return figures.intervals(
        rows, xlabel="judged to be another digit, % of images, 95 % interval",
        reference=100 * (1 - WANTED),
    )  # fmt: skip


def _percent_missed(row: dict[str, Any]) -> tuple[float, float, float]:
    """The share that does not agree, with its interval, in percent."""
    mean, high, low = (100 * (1 - share) for share in (row["mean"], *row["ci95"]))
    return mean, min(low, mean), max(high, mean)


def _exported(made: dict[str, Any]) -> str:
    return (
        f"{made['generator']} is in the run folder as a SavedModel, digits/ (about "
        f"{made['size_bytes']:,} bytes); run in a process without Keras, its pictures differ by "
        f"at most {made['max_abs_difference']:.2g} from the generator's."
    )


def _every_digit(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    """For each variant: by seed, and the worst digit over the images of all seeds."""
    claims = []
    for variant, row in numbers["networks"].items():
        lowest = min(row["worst_each"], key=lambda one: one["mean"])
        claims += [
            findings.agreed(
                f"{variant}: every digit is drawn as asked in at least {WANTED:.0%} of "
                f"{settings.per_digit:,} images",
                [one["mean"] >= WANTED for one in row["worst_each"]],
                ours=f"{lowest['mean']:.4f} for the {lowest['label']}, the worst digit of the "
                "worst seed",
                note=f"label agreement, {settings.repeats} seed(s) each with a verdict; the judge "
                f"on real test images: {worst(numbers['judge'])['mean']:.4f} for its worst digit",
            ),
            findings.above(
                f"{variant}: its worst digit, the {row['worst']['label']}, is drawn as asked in "
                f"over {WANTED:.0%}",
                Estimate.from_json(row["worst"]),
                threshold=WANTED,
                note="Wilson's 95 % interval over the images of all seeds; the worst of ten is "
                "chosen by the same images, which makes it look worse than it is",
            ),
        ]
    return claims


def _better(rows: Seeds) -> list[Claim]:
    if not {"origin", "improved"} <= set(rows):
        return []
    theirs, ours = ([seed["frechet"] for seed in rows[name]] for name in ("origin", "improved"))
    return [
        findings.decided(
            "The improved GAN's digits are nearer to real ones than those of the origin's GAN",
            np.subtract(theirs, ours),
            note="Frechet distance of the origin's minus the improved one's, by seed",
        )
    ]


def _tabulate(page: Page, settings: Settings, numbers: dict[str, Any]) -> None:
    networks = numbers["networks"]
    first = next(iter(networks.values()))
    counted = first["agreement_pooled"]["per_class"][0]["n"]
    page.table(
        f"By digit: agreement over {counted:,} images of each with Wilson's 95 % interval, "
        "coverage as the mean over seeds",
        *curves.class_rows(numbers, lambda row: f"{Estimate.from_json(row):.4f}"),
    )
    columns = ("agreement", *NUMBERS)
    rows = [[name, *(row[c]["mean"] for c in columns)] for name, row in networks.items()]
    rows.append(["real", numbers["judge"]["mean"], *(first[f"{c}_real"] for c in NUMBERS)])
    page.table(
        f"At the end: mean over {settings.repeats} seed(s), N = {numbers['n']} images; real: "
        "agreement on test images, the rest of training images in the samples' place",
        ["images", *columns],
        rows,
    )
