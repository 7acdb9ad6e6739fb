"""Figure, claims and table of the classifiers that use all unlabelled images."""

from typing import Any

from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.lab import findings
from tfnets.methods.labels.classifiers import SPREAD
from tfnets.report.content import Report, Table

LADDER = 0.984
"""Mean test accuracy that is published for the Ladder network with 50 labels (Virtual Adversarial
Ladder Networks, Shinoda et al. 2017)."""

KINDS = {"label_efficient": "balanced", "label_efficient_uniform": "uniform"}


def figure(numbers: dict[str, Any]) -> Figure:
    """Every method with balanced and with uniform draws."""
    rows = [
        (f"{method}, {kind}", (values["mean"], *values["ci95"]))
        for key, kind in KINDS.items()
        for method, values in numbers[key].items()
    ]
    return figures.intervals(
        rows,
        xlabel=f"test accuracy, {numbers['labels']} labels, 95 % interval over draws",
        reference=LADDER,
        title=f"line: published for the Ladder network ({LADDER})",
    )


def add(report: Report, numbers: dict[str, Any], *, comparable: bool) -> None:
    """Adds what the method that was named in advance reaches, and all of them."""
    found = numbers["label_efficient"]
    if comparable and SPREAD in found:
        values = found[SPREAD]
        report.claims.append(
            findings.above(
                "With all images unlabelled beside them, 50 labels exceed the Ladder network",
                metrics.Estimate(values["mean"], *values["ci95"], values["n"]),
                threshold=LADDER,
                origin=str(LADDER),
                note=f"test accuracy of {SPREAD}, the method named in advance, balanced draws",
            )
        )
    report.tables.append(
        Table(
            f"{numbers['labels']} labels and all unlabelled training images",
            ["method", "draws", "mean", "95 % interval", "worst", "best"],
            [_row(method, kind, numbers[key][method]) for key, kind in KINDS.items()
             for method in numbers[key]],
        )
    )  # fmt: skip
    report.figure("label_efficient.png", "What few labels and all unlabelled images give.")


def _row(method: str, kind: str, values: dict[str, Any]) -> list[Any]:
    low, high = values["ci95"]
    ends = f"{low:.4f} to {high:.4f}"
    return [
        method, f"{kind}, {values['n']}", values["mean"], ends, values["worst"],
        max(values["draws"]),
    ]  # fmt: skip
