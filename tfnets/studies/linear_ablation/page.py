"""Figures and claims of study 1.2."""

from itertools import combinations
from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.curves import Repeats, loss_curves, shown, values
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.linear_ablation import QUESTION, TITLE
from tfnets.studies.linear_ablation.settings import Settings

ORIGIN, FAR = 0.65, 0.10
TITLES = {
    "nonlinear": "ReLU, max-pooling",
    "linear_no_pooling": "(a) linear, no pooling",
    "linear_average_pooling": "(b) linear, average pooling",
    "linear_four_convolutions": "(c) four linear convolutions",
}
FOLDED = 1e-3
"""What the folded map may differ by, as a share of the largest output."""


def draw(run: Run, rows: dict[str, Repeats]) -> None:
    """Saves both loss curves of every network."""
    panels = {TITLES[name]: loss_curves(repeats) for name, repeats in rows.items()}
    figure = figures.curve_panels(
        panels, xlabel="mini-batches", ylabel="cross-entropy (nats)", columns=2
    )
    run.save_figure("loss_curves", figure)


def report(settings: Settings, rows: dict[str, Repeats], numbers: dict[str, Any]) -> Report:
    """Decides the origin's claims and tabulates the networks."""
    report = Report("linear_ablation", TITLE, QUESTION)
    linear = [name for name in rows if name != "nonlinear"]
    report.claims += [_far(name, rows[name]) for name in linear]
    if "nonlinear" in rows:
        report.claims += [_below(name, rows) for name in linear]
    if {"linear_no_pooling", "linear_four_convolutions"} <= rows.keys():
        report.claims.append(_alike(rows))
    report.claims += [_one_matrix(name, rows[name]) for name in linear]
    report.tables.append(
        Table(
            f"Means over {settings.repeats} seed(s) [95 % interval]",
            ["network", "parameters", "test accuracy", "training accuracy", "folding error"],
            [_row(name, row) for name, row in numbers.items()],
        )
    )
    report.figure("loss_curves.png", "Training and test loss of each network, over seeds.")
    images = min(settings.fold_images, settings.test_images)
    report.notes.append(
        "Folding error: the largest difference between a linear network and its one matrix and "
        f"bias on {images:,} test images, as a share of the largest output."
    )
    return report


def _row(name: str, row: dict[str, Any]) -> list[str | float | int | None]:
    accuracies = (shown(row["test_accuracy"]), shown(row["train_accuracy"]))
    return [TITLES[name], row["parameters"], *accuracies, row.get("fold_error")]


def _far(name: str, repeats: Repeats) -> Claim:
    return findings.decided(
        f"{TITLES[name]} stays far below 65 %",
        ORIGIN - FAR - values(repeats, "test_accuracy"),
        origin="far below 0.65",
        note=f"{ORIGIN - FAR:.2f} minus its test accuracy, over seeds",
    )


def _below(name: str, rows: dict[str, Repeats]) -> Claim:
    return findings.decided(
        f"{TITLES[name]} is worse than the network with ReLU and max-pooling",
        values(rows["nonlinear"], "test_accuracy") - values(rows[name], "test_accuracy"),
        origin="far below",
        note="test accuracy with minus without non-linearities, same seeds",
    )


def _alike(rows: dict[str, Repeats]) -> Claim:
    """Nearly the same curves: (a) and (c) are no further apart than 2 % of the loss."""
    first, second = (
        np.array([row["curve"]["test_loss"] for row in rows[name]])
        for name in ("linear_no_pooling", "linear_four_convolutions")
    )
    apart = np.mean(np.abs(first - second), axis=1) / np.mean(first, axis=1)
    between = [
        float(np.mean(np.abs(curves[i] - curves[j])) / np.mean(curves))
        for curves in (first, second)
        for i, j in combinations(range(len(curves)), 2)
    ]
    beside = f"; two seeds of one network: {np.mean(between):.1%}" if between else ""
    return findings.agreed(
        "(a) and (c) give nearly the same curves",
        list(apart < 0.02),
        ours=f"{apart.mean():.1%} of the test loss apart",
        origin="nearly the same",
        note=f"mean distance of the test curves below 2 % of the loss in each seed{beside}",
    )


def _one_matrix(name: str, repeats: Repeats) -> Claim:
    errors = values(repeats, "fold_error")
    return findings.agreed(
        f"{TITLES[name]} is one matrix and a bias",
        list(errors < FOLDED),
        ours=float(errors.max()),
        origin="a product of matrices is one matrix",
        note=f"largest difference as a share of the largest output, below {FOLDED:g} in each seed",
        certain=True,
    )
