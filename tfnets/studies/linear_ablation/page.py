"""The page of study 1.2."""

from typing import Any

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.results import Repeats, loss_figure, loss_lines, shown, values
from tfnets.report.content import Claim, Page
from tfnets.studies.linear_ablation import QUESTION, TITLE
from tfnets.studies.linear_ablation.numbers import between_networks, between_seeds
from tfnets.studies.linear_ablation.settings import NONLINEAR, Settings

ORIGIN, FAR = 0.65, 0.10
TITLES = {
    NONLINEAR: "ReLU, max-pooling",
    "linear_no_pooling": "(a) linear, no pooling",
    "linear_average_pooling": "(b) linear, average pooling",
    "linear_four_convolutions": "(c) four linear convolutions",
}
FOLDED = 1e-3  # what the folded map may differ by, as a share of the largest output


def write(
    run: Run, settings: Settings, rows: dict[str, Repeats], numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides the origin's claims, tabulates the networks, draws their loss curves."""
    page = Page(run, TITLE, QUESTION)
    linear = [name for name in rows if name != NONLINEAR]
    page.claims += [_far(name, rows[name]) for name in linear]
    if NONLINEAR in rows:
        page.claims += [_below(name, rows) for name in linear]
    if {"linear_no_pooling", "linear_four_convolutions"} <= rows.keys():
        page.claims.append(_alike(rows))
    page.claims += [_one_matrix(name, rows[name]) for name in linear]
    columns = ["network", "parameters", "test accuracy", "training accuracy", "folding error"]
    cells = [_row(name, row) for name, row in numbers.items()]
    page.table(f"Means over {settings.repeats} seed(s) [95 % interval]", columns, cells)
    figure = loss_figure({TITLES[n]: loss_lines(repeats) for n, repeats in rows.items()}, columns=2)
    page.figure("loss_curves", figure, "Training and test loss of each network, over seeds.")
    images = min(settings.fold_images, settings.test_images)
    page.note(
        "Folding error: the largest difference between a linear network and its one matrix and "
        f"bias on {images:,} test images, as a share of the largest output."
    )
    return page.as_json()


def _row(name: str, row: dict[str, Any]) -> list[str | float | int | None]:
    accuracies = (shown(row["test_accuracy"]), shown(row["train_accuracy"]))
    return [TITLES[name], row["parameters"], *accuracies, row.get("fold_error")]


def _far(name: str, repeats: Repeats) -> Claim:
    return findings.decided(
        f"{TITLES[name]} stays far below 65 %",
        ORIGIN - FAR - values(repeats, "test_accuracy"),
        whose="origin",
        origin="far below 0.65",
        note=f"{ORIGIN - FAR:.2f} minus its test accuracy, over seeds",
    )


def _below(name: str, rows: dict[str, Repeats]) -> Claim:
    return findings.decided(
        f"{TITLES[name]} is worse than the network with ReLU and max-pooling",
        values(rows[NONLINEAR], "test_accuracy") - values(rows[name], "test_accuracy"),
        whose="origin",
        origin="far below",
        note="test accuracy with minus without non-linearities, same seeds",
    )


def _alike(rows: dict[str, Repeats]) -> Claim:
    """Nearly the same curves: (a) and (c) are no further apart than 2 % of the loss."""
    pair = rows["linear_no_pooling"], rows["linear_four_convolutions"]
    apart, between = between_networks(*pair), between_seeds(*pair)
    beside = f"; two seeds of one network: {np.mean(between):.1%}" if between else ""
    return findings.agreed(
        "(a) and (c) give nearly the same curves",
        list(apart < 0.02),
        ours=f"{apart.mean():.1%} of the test loss apart",
        whose="origin",
        origin="nearly the same",
        note=f"mean distance of the test curves below 2 % of the loss in each seed{beside}",
    )


def _one_matrix(name: str, repeats: Repeats) -> Claim:
    errors = values(repeats, "fold_error")
    return findings.agreed(
        f"{TITLES[name]} is one matrix and a bias",
        list(errors < FOLDED),
        ours=float(errors.max()),
        whose="origin",
        origin="a product of matrices is one matrix",
        note=f"largest difference as a share of the largest output, below {FOLDED:g} in each seed",
        certain=True,
    )
