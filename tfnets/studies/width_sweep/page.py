"""The page of study 1.1."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.results import Repeats, loss_figure, loss_lines, shown, values
from tfnets.report.content import Claim, Page
from tfnets.studies.width_sweep import QUESTION, TITLE
from tfnets.studies.width_sweep.settings import Settings

ORIGIN = {
    "3-8": "underfits",
    "6-16": "underfits",
    "12-32": "fits",
    "24-64": "overfits",
    "48-128": "overfits",
    "96-256": "overfits",
}
BEST, ABOUT, NEAR = "12-32", 0.65, 0.02
STRONGLY = {"48-128": 1.5, "96-256": 1.5}


def write(
    run: Run, settings: Settings, rows: dict[str, Repeats], numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides the origin's claims, tabulates the widths, draws their curves and accuracies."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [_verdict(width, numbers[width]) for width in rows if width in ORIGIN]
    strong = {width: limit for width, limit in STRONGLY.items() if width in rows}
    page.claims += [_strongly(width, numbers[width], limit) for width, limit in strong.items()]
    if BEST in rows:
        page.claims += _best(rows)
    columns = ("test accuracy", "training accuracy", "rise", "gap", "verdict")
    cells = [_row(width, row) for width, row in numbers.items()]
    title = f"Means over {settings.repeats} seed(s) [95 % interval]"
    page.table(title, ["width", "parameters", *columns], cells)
    panels = {
        f"{_pair(width)} {numbers[width]['verdict']}": loss_lines(repeats)
        for width, repeats in rows.items()
    }
    caption = "Training loss (mean since the last point) and test loss of each width, over seeds."
    page.figure("loss_curves", loss_figure(panels), caption)
    caption = "Final accuracy against the number of parameters."
    page.figure("accuracy", _accuracies(numbers), caption)
    page.note(
        "Rise: test loss at the end over its lowest point. Gap: test minus training loss at the "
        "end, as a share of the test loss. A width overfits if the rise is above 1.1, underfits "
        "if not and the gap is below 0.1, and fits otherwise."
    )
    return page.as_json()


def _accuracies(numbers: dict[str, Any]) -> Figure:
    sizes = [row["parameters"] for row in numbers.values()]
    lines = {
        f"{kind} images": (sizes, [row[f"{name}_accuracy"]["mean"] for row in numbers.values()])
        for kind, name in (("training", "train"), ("test", "test"))
    }
    axes = {"xlabel": "parameters", "ylabel": "accuracy at the end", "logx": True}
    return figures.curves(lines, **axes, reference=(ABOUT, "origin, (12, 32)"))


def _row(width: str, row: dict[str, Any]) -> list[str | float | int]:
    accuracies = (shown(row["test_accuracy"]), shown(row["train_accuracy"]))
    return [_pair(width), row["parameters"], *accuracies, row["rise"], row["gap"], row["verdict"]]


def _verdict(width: str, row: dict[str, Any]) -> Claim:
    found = [own["verdict"] for own in row["by_seed"]]
    return findings.agreed(
        f"{_pair(width)} {ORIGIN[width]}",
        [verdict == ORIGIN[width] for verdict in found],
        ours=row["verdict"],
        whose="origin",
        origin=ORIGIN[width],
        note=f"rise {row['rise']:.2f}, gap {row['gap']:.2f}; by seed: {', '.join(found)}",
    )


def _strongly(width: str, row: dict[str, Any], limit: float) -> Claim:
    return findings.agreed(
        f"{_pair(width)} overfits strongly",
        [own["rise"] > limit for own in row["by_seed"]],
        ours=f"test loss ends {row['rise']:.2f} times above its lowest point",
        whose="origin",
        origin="strongly",
        note=f"in each seed, at more than {limit} times",
    )


def _best(rows: dict[str, Repeats]) -> list[Claim]:
    best = values(rows[BEST], "test_accuracy")
    others = [values(repeats, "test_accuracy") for name, repeats in rows.items() if name != BEST]
    claims = [
        findings.agreed(
            f"{_pair(BEST)} reaches about 65 % on the test images",
            list(np.abs(best - ABOUT) <= NEAR),
            ours=float(best.mean()),
            whose="origin",
            origin="about 0.65",
            note=f"within {NEAR:.0%} of it in each seed",
        )
    ]
    if not others:
        return claims
    losses = {name: values(repeats, "test_loss") for name, repeats in rows.items()}
    lowest = np.min([loss for name, loss in losses.items() if name != BEST], axis=0)
    return [
        *claims,
        findings.decided(
            f"{_pair(BEST)} is the best width by its test accuracy",
            best - np.max(others, axis=0),
            whose="origin",
            origin="best",
            note="its final test accuracy minus that of the best other width, over seeds",
        ),
        findings.decided(
            f"{_pair(BEST)} is the best width by its test loss",
            lowest - losses[BEST],
            whose="origin",
            origin="best",
            note="the lowest final test loss of the other widths minus its own, over seeds",
        ),
    ]


def _pair(width: str) -> str:
    return f"({width.replace('-', ', ')})"
