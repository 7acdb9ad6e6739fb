"""Figures and claims of study 3.4."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.gans import curves, label_quality
from tfnets.methods.gans.quality import NUMBERS, Seeds, each
from tfnets.report.content import Claim, Page
from tfnets.studies.conditional_gan import QUESTION, TITLE
from tfnets.studies.conditional_gan.numbers import LEVELS, distance, label_error, mean_log
from tfnets.studies.conditional_gan.settings import ROWS, Settings

WANTED = 0.996
"""Label agreement that the best network is to reach."""


def write(run: Run, settings: Settings, rows: Seeds, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides whether the digit asked for is drawn and which network converges faster."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [_wanted(rows, numbers), *_faster(rows)]
    _tabulate(page, settings, numbers)
    digits = [str(row["label"]) for row in numbers["coverage_real"]]
    films, labels = _films(run, settings)
    grid = figures.image_grid(films[-1], columns=10, row_labels=labels, column_labels=digits)
    text = "Samples of the first seed: a digit per column, a latent vector per row."
    page.figure("samples", grid, text)
    text = "The same after each epoch."
    curves.film(page, run, "epochs", films, text, seconds=0.6, columns=10, row_labels=labels)
    curves.label_curves(page, "agreement", numbers)
    text = "Losses of the first seed, each point the mean of some steps."
    page.figure("losses", curves.losses(run, settings.networks), text)
    curves.class_coverage(page, numbers)
    page.note(
        label_quality.note(numbers),
        "In the origin the simple and the complex network have the same widths and discriminator; "
        "here they differ in these, too.",
        "Agreement of all seeds together has Wilson's interval, which holds for these networks; "
        "the interval over seeds holds for networks of other seeds.",
    )
    return page.as_json()


def _films(run: Run, settings: Settings) -> tuple[np.ndarray, list[str]]:
    """Samples (epochs, n, ...) of all networks, and what stands before each row of them."""
    names, first = settings.networks, run.config.seed
    films = [
        np.concatenate([run.load_array(f"samples/{name}-{first}-epoch{i}") for name in names])
        for i in range(1, settings.epochs + 1)
    ]
    return np.stack(films), [name if row == 0 else "" for name in names for row in range(ROWS)]


def _wanted(rows: Seeds, numbers: dict[str, Any]) -> Claim:
    best = numbers["best"]
    return findings.decided(
        f"The best network's images show the digit that was asked for, in over {WANTED:.1%}",
        np.array(each(rows[best], "agreement")),
        threshold=WANTED,
        note=f"label agreement of {best}, the best by this number, N = {numbers['n']} per seed; "
        f"the judge on real test images: {numbers['judge']['mean']:.4f}",
    )


def _faster(rows: Seeds) -> list[Claim]:
    """Simple against complex: the means of the logarithms over the training."""
    if not {"simple", "complex"} <= set(rows):
        return []
    kinds = {
        "in quality": (distance, "Frechet distance"),
        "in labels": (label_error, "label error"),
    }
    return [
        findings.decided(
            f"The complex network converges faster than the simple one {text}",
            np.subtract(
                *([mean_log(seed, of) for seed in rows[name]] for name in ("simple", "complex"))
            ),
            whose="origin",
            origin="converges faster",
            note=f"mean over the epochs of log10 {what}, simple minus complex, by seed",
        )
        for text, (of, what) in kinds.items()
    ]


def _tabulate(page: Page, settings: Settings, numbers: dict[str, Any]) -> None:
    networks = numbers["networks"].items()
    page.table(
        f"At the end: mean over {settings.repeats} seed(s), N = {numbers['n']} images",
        ["network", "agreement", "95 % over seeds", "all images, Wilson 95 %", *NUMBERS,
         "frechet_real"],
        [
            [
                name, row["agreement"]["mean"], _interval(row["agreement"]),
                _interval(row["agreement_pooled"]), *(row[c]["mean"] for c in NUMBERS),
                row["frechet_real"],
            ]
            for name, row in networks
        ],
    )  # fmt: skip
    heads = [f"{unit} to {level:.0%}" for level in LEVELS for unit in ("updates", "10^9 mult.")]
    page.table(
        "Convergence, mean over seeds (none: not every seed gets there)",
        ["network", "10^6 mult. per update", *heads, "log10 Frechet", "log10 label error"],
        [
            [
                name, row["multiplications"] / 1e6,
                *(value for level in LEVELS for value in _reached(row, level)),
                row["log_frechet"]["mean"], row["log_error"]["mean"],
            ]
            for name, row in networks
        ],
    )  # fmt: skip
    page.table("By digit", *curves.class_rows(numbers, lambda agreement: agreement["mean"]))


def _reached(row: dict[str, Any], level: float) -> tuple[float | None, float | None]:
    """Updates, and 10^9 multiplications, until a level of agreement is reached by every seed."""
    updates = row["updates"][str(level)]
    if None in updates:
        return None, None
    mean = float(np.mean(updates))
    return mean, mean * row["multiplications"] / 1e9


def _interval(value: dict[str, Any]) -> str:
    return "[{:.4f}, {:.4f}]".format(*value["ci95"]) if "ci95" in value else ""
