"""The page of study 1.3."""

from typing import Any

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.results import Repeats, loss_figure, loss_lines, shown, values
from tfnets.report.content import Page
from tfnets.studies.single_convolution import QUESTION, TITLE
from tfnets.studies.single_convolution.settings import Settings

TITLES = {
    "two_convolutions": "two convolutions (12, 32), max-pooling",
    "single_convolution": "one convolution (12)",
}
ORIGIN, NEAR = 0.50, 0.05


def write(
    run: Run, settings: Settings, rows: dict[str, Repeats], numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides the origin's claims, sets accuracy beside field and cost, draws the loss curves."""
    page = Page(run, TITLE, QUESTION)
    single = values(rows["single_convolution"], "test_accuracy")
    double = values(rows["two_convolutions"], "test_accuracy")
    sizes = [numbers[name]["parameters"] for name in ("single_convolution", "two_convolutions")]
    page.claims += [
        findings.agreed(
            "One convolution reaches about 50 %",
            list(np.abs(single - ORIGIN) <= NEAR),
            ours=float(single.mean()),
            whose="origin",
            origin="about 0.50",
            note=f"within {NEAR:.0%} of it in each seed",
        ),
        findings.decided(
            "It does worse than two convolutions with pooling",
            double - single,
            whose="origin",
            origin="0.65 against 0.50",
            note="test accuracy of two minus that of one convolution, same seeds",
        ),
        findings.agreed(
            "It does so although it has many more parameters",
            [sizes[0] > 2 * sizes[1]],
            ours=f"{sizes[0]:,} against {sizes[1]:,}",
            whose="origin",
            origin="9,409 x 10 (wrong: the dense layer alone has 94,090)",
            note="more than twice as many, counted in the networks",
            certain=True,
        ),
    ]
    columns = ["network", "test accuracy", "training accuracy", "parameters"]
    columns += ["multiplications per image", "pixels seen by a feature"]
    cells = [_row(name, row) for name, row in numbers.items()]
    page.table(f"Means over {settings.repeats} seed(s) [95 % interval]", columns, cells)
    figure = loss_figure({TITLES[n]: loss_lines(repeats) for n, repeats in rows.items()}, columns=2)
    page.figure("loss_curves", figure, "Training and test loss of both networks, over seeds.")
    return page.as_json()


def _row(name: str, row: dict[str, Any]) -> list[str | float | int]:
    accuracies = (shown(row["test_accuracy"]), shown(row["train_accuracy"]))
    field = " x ".join(map(str, row["receptive_field"]))
    return [TITLES[name], *accuracies, row["parameters"], row["multiplications"], field]
