"""Figures and claims of study 1.4."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.curves import Repeats, loss_curves, shown, values
from tfnets.report.content import Report, Table
from tfnets.studies.shuffled_pixels import QUESTION, TITLE
from tfnets.studies.shuffled_pixels.settings import Settings

Rows = dict[str, dict[str, Repeats]]
FLOAT = 1e-3
"""How far rounding may drive the perceptron's two loss curves apart, in nats."""


def draw(run: Run, rows: Rows, plain: np.ndarray, shuffled: np.ndarray) -> None:
    """Saves the loss curves of each network on both kinds of images, and some images."""
    panels = {
        network: {
            f"{name}, {images}": line
            for images, repeats in kinds.items()
            for name, line in loss_curves(repeats).items()
        }
        for network, kinds in rows.items()
    }
    kinds = ("training loss", "test loss")
    figure = figures.curve_panels(
        panels,
        xlabel="mini-batches",
        ylabel="cross-entropy (nats)",
        columns=2,
        dashed=[f"{kind}, shuffled" for kind in kinds],
    )
    run.save_figure("loss_curves", figure)
    run.save_figure("images", figures.reconstruction_rows(plain, {"shuffled": shuffled}), dpi=120)


def report(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> Report:
    """Decides both claims and tabulates accuracies and distances of the curves."""
    report = Report("shuffled_pixels", TITLE, QUESTION)
    dense, kernels = rows["perceptron"], rows["convolutional"]
    apart = np.array([_apart(*pair) for pair in zip(*dense.values(), strict=True)])
    lost = values(kernels["plain"], "test_accuracy") - values(kernels["shuffled"], "test_accuracy")
    report.claims += [
        findings.agreed(
            "A fully connected network does not care about the order of the pixels",
            list(apart < FLOAT),
            ours=float(apart.max()),
            origin="the rows of its weight matrix permute along",
            note=f"largest difference of the training-loss curves in nats, below {FLOAT:g} in each "
            "seed; rounding is all that differs",
            certain=True,
        ),
        findings.decided(
            "A convolutional network loses accuracy on shuffled pixels",
            lost,
            note="its test accuracy on plain minus on shuffled images, same seeds",
        ),
    ]
    columns = ("plain images", "shuffled images", "accuracy lost", "loss curves apart")
    report.tables.append(
        Table(
            f"Test accuracy, means over {settings.repeats} seed(s) [95 % interval]",
            ["network", "parameters", *columns],
            [_row(name, row) for name, row in numbers.items()],
        )
    )
    report.figure("images.png", "Test images, and what the networks see of them when shuffled.")
    report.figure("loss_curves.png", "Losses on plain and on shuffled images, over seeds.")
    return report


def _apart(plain: dict[str, Any], shuffled: dict[str, Any]) -> float:
    first, second = (np.array(row["curve"]["train_loss"]) for row in (plain, shuffled))
    return float(np.abs(first - second).max())


def _row(name: str, row: dict[str, Any]) -> list[str | float | int]:
    accuracies = [shown(row[images]["test_accuracy"]) for images in ("plain", "shuffled")]
    lost = shown(row["accuracy_lost"])
    return [name, row["parameters"], *accuracies, lost, row["permuted_loss_difference"]]
