"""Figures and report of the job `find_anomalies`."""

from typing import Any

import numpy as np

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.figures.densities import density_panels
from tfnets.jobs.find_anomalies import QUESTION, TITLE
from tfnets.jobs.find_anomalies.settings import Pictures
from tfnets.report.content import Report, Table

COLUMNS, ROWS = 8, 2
_LETTERS = 18


def draw(run: Run, data: Pictures, unseen: np.ndarray, numbers: dict[str, Any]) -> None:
    """Saves the oddest and the least odd pictures, and how scores are distributed."""
    del numbers
    scores, normal = run.load_array("scores"), run.load_array("normal_scores")
    order = np.argsort(-scores, kind="stable")
    p = metrics.conformal_p(scores, normal)
    for name, places in (("oddest", order), ("most_normal", order[::-1])):
        shown = places[: COLUMNS * ROWS]
        titles = [f"{_short(data.files[place])}\np = {p[place]:.3f}" for place in shown]
        columns = min(COLUMNS, len(shown))
        run.save_figure(name, figures.image_grid(data.test[shown], columns=columns, titles=titles))
    few = unseen[: COLUMNS * ROWS]
    run.save_figure("normal", figures.image_grid(few, columns=min(COLUMNS, len(few))))
    low, high = np.percentile(normal, [0, 100])
    # One picture without end would leave all others in one bin.
    shown = np.clip(scores, low - (high - low), high + 3 * (high - low))
    kinds = {"held-out normal pictures": normal, "pictures to score": shown}
    run.save_figure(
        "scores",
        density_panels(
            {"": kinds}, xlabel="score", ylabel="share of pictures", bins=30, reference=None
        ),
    )


def report(data: Pictures, numbers: dict[str, Any]) -> Report:
    """Says what was found and how far to trust it."""
    report = Report(
        "find_anomalies",
        TITLE.format(pictures=numbers["pictures"], normal=numbers["normal"]),
        QUESTION,
    )
    report.figure("oddest.png", "The oddest pictures, the oddest first, with their p value.")
    report.figure("most_normal.png", "The most normal ones.")
    report.figure("normal.png", "Normal pictures that were held out.")
    report.figure(
        "scores.png",
        "Scores of held-out normal pictures and of those to score; far ones are drawn at the edge.",
    )
    report.tables.append(
        Table(
            f"The {len(numbers['oddest'])} oddest pictures",
            ["file", "score", "p"],
            [[row["file"], row["score"], row["p"]] for row in numbers["oddest"]],
        )
    )
    report.notes += _notes(numbers)
    return report


def _notes(numbers: dict[str, Any]) -> list[str]:
    height, width = numbers["size"]
    rows, columns, channels = numbers["shape"]
    kind = "grey" if channels == 1 else "in colour"
    smaller = "" if [rows, columns] == [height, width] else f", seen at {columns}x{rows}"
    return [
        f"{numbers['pictures']:,} pictures of {width}x{height} pixels, {kind}{smaller}; learned "
        f"from {numbers['normal'] - numbers['held_out']:,} normal ones, {numbers['held_out']:,} "
        "others held out.",
        f"{numbers['odd']['0.05']:,} pictures have p <= 0.05 and {numbers['odd']['0.01']:,} have "
        "p <= 0.01; of pictures as normal as the held-out ones, at most 5 and 1 in 100 would.",
        f"The smallest p that {numbers['held_out']:,} held-out pictures can give is "
        f"{numbers['least_p']:.4f}; more normal pictures make it smaller.",
        "scores.csv holds the score and p of every picture, the oddest first.",
    ]


def _short(name: str) -> str:
    """A name as a figure can show it, where a dollar sign would begin a formula."""
    text = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
    return text.replace("$", r"\$")
