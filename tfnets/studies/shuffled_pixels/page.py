"""The page of study 1.4."""

from typing import Any

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.results import loss_figure, loss_lines, shown
from tfnets.report.content import Page
from tfnets.studies.shuffled_pixels import QUESTION, TITLE
from tfnets.studies.shuffled_pixels.numbers import IMAGES, Kinds, apart, lost
from tfnets.studies.shuffled_pixels.settings import Settings

FLOAT = 1e-3  # how far rounding may drive the perceptron's two loss curves apart, in nats


def write(
    run: Run, settings: Settings, rows: dict[str, Kinds], numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides both claims, tabulates accuracies and distances, draws loss curves and images."""
    page = Page(run, TITLE, QUESTION)
    largest = apart(rows["perceptron"]).max(axis=1)
    page.claims += [
        findings.agreed(
            "A fully connected network does not care about the order of the pixels",
            list(largest < FLOAT),
            ours=float(largest.max()),
            whose="origin",
            origin="the rows of its weight matrix permute along",
            note=f"largest difference of the training-loss curves in nats, below {FLOAT:g} in each "
            "seed; rounding is all that differs",
            certain=True,
        ),
        findings.decided(
            "A convolutional network loses accuracy on shuffled pixels",
            lost(rows["convolutional"]),
            note="its test accuracy on plain minus on shuffled images, same seeds",
        ),
    ]
    columns = ("plain images", "shuffled images", "accuracy lost", "loss curves apart")
    page.table(
        f"Test accuracy, means over {settings.repeats} seed(s) [95 % interval]",
        ["network", "parameters", *columns],
        [_row(name, row) for name, row in numbers.items()],
    )
    plain, shuffled = (run.load_array(f"samples/{images}") for images in IMAGES)
    caption = "Test images, and what the networks see of them when shuffled."
    page.figure("images", figures.reconstruction_rows(plain, {"shuffled": shuffled}), caption)
    panels = {
        network: {
            f"{name}, {images}": line
            for images, repeats in kinds.items()
            for name, line in loss_lines(repeats).items()
        }
        for network, kinds in rows.items()
    }
    dashed = [name for name in panels["perceptron"] if name.endswith("shuffled")]
    caption = "Losses on plain and on shuffled images, over seeds."
    page.figure("loss_curves", loss_figure(panels, columns=2, dashed=dashed), caption)
    return page.as_json()


def _row(name: str, row: dict[str, Any]) -> list[str | float | int]:
    accuracies = [shown(row[images]["test_accuracy"]) for images in IMAGES]
    gone = shown(row["accuracy_lost"])
    return [name, row["parameters"], *accuracies, gone, row["permuted_loss_difference"]]
