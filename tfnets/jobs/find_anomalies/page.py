"""The page of the job `find_anomalies`."""

from typing import Any

import numpy as np

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.figures.densities import density_panels
from tfnets.jobs.find_anomalies import QUESTION, TITLE
from tfnets.jobs.find_anomalies.settings import COLUMNS
from tfnets.jobs.own_pictures import short
from tfnets.methods.anomalies import oddest_first
from tfnets.report.content import Page


def write(run: Run, numbers: dict[str, Any]) -> dict[str, Any]:
    """Says what was found and how far to trust it, and shows the ends of the order."""
    page = Page(run, TITLE.format(**numbers), QUESTION)
    page.table(
        f"The {len(numbers['oddest'])} oddest pictures",
        ["file", "score", "p"],
        [[row["file"], row["score"], row["p"]] for row in numbers["oddest"]],
    )
    scores, normal, files = map(run.load_array, ("scores", "normal_scores", "files"))
    p, order = metrics.conformal_p(scores, normal), oddest_first(scores)
    titles = [f"{short(files[place])}\np = {p[place]:.3f}" for place in order]
    for name, names, caption in (
        ("oddest", titles, "The oddest pictures, the oddest first, with their p value."),
        ("most_normal", titles[::-1], "The most normal ones."),
        ("normal", None, "Normal pictures that were held out."),
    ):
        images = run.load_array(f"samples/{name}")
        named = names and names[: len(images)]
        figure = figures.image_grid(images, columns=min(COLUMNS, len(images)), titles=named)
        page.figure(name, figure, caption)
    low, high = np.percentile(normal, [0, 100])
    # One picture without end would leave all others in one bin.
    shown = np.clip(scores, low - (high - low), high + 3 * (high - low))
    kinds = {"held-out normal pictures": normal, "pictures to score": shown}
    named = {"xlabel": "score", "ylabel": "share of pictures"}
    figure = density_panels({"": kinds}, bins=30, reference=None, **named)
    text = (
        "Scores of held-out normal pictures and of those to score; far ones are drawn at the edge."
    )
    page.figure("scores", figure, text)
    page.note(*_notes(numbers))
    return page.as_json()


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
