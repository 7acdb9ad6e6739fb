"""Figure, claim and table of the classifiers that use all unlabelled images."""

from typing import Any

from tfnets import figures
from tfnets.lab import findings
from tfnets.methods.labels.classifiers import SPREAD
from tfnets.metrics import Estimate
from tfnets.report.content import Page
from tfnets.studies.few_labels.numbers import EFFICIENT

LADDER = 0.984
"""Mean test accuracy that is published for the Ladder network with 50 labels (Virtual Adversarial
Ladder Networks, Shinoda et al. 2017)."""


def add(page: Page, numbers: dict[str, Any], *, comparable: bool) -> None:
    """Adds what the method that was named in advance reaches, and all of them."""
    found = numbers["label_efficient"]
    if comparable and SPREAD in found:
        page.claims.append(
            findings.above(
                "With all images unlabelled beside them, 50 labels exceed the published "
                f"{LADDER} of the Ladder network",
                Estimate.from_json(found[SPREAD]),
                threshold=LADDER,
                note=f"test accuracy of {SPREAD}, the method named in advance, balanced draws",
            )
        )
    rows = [(m, kind, v) for key, kind in EFFICIENT.items() for m, v in numbers[key].items()]
    columns = ["method", "draws", "mean", "95 % interval", "worst", "best"]
    title = f"{numbers['labels']} labels and all unlabelled training images"
    page.table(title, columns, [_row(*row) for row in rows])
    figure = figures.intervals(
        [(f"{method}, {kind}", Estimate.from_json(v).bar) for method, kind, v in rows],
        xlabel=f"test accuracy, {numbers['labels']} labels, 95 % interval over draws",
        reference=LADDER,
        title=f"line: published for the Ladder network ({LADDER})",
    )
    page.figure("label_efficient", figure, "What few labels and all unlabelled images give.")


def _row(method: str, kind: str, values: dict[str, Any]) -> list[Any]:
    ends = "{:.4f} to {:.4f}".format(*values["ci95"])
    worst, best = values["worst"], max(values["draws"])
    return [method, f"{kind}, {values['n']}", values["mean"], ends, worst, best]
