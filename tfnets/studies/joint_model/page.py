"""The page of study 5.6."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.joint_model import QUESTION, TITLE
from tfnets.studies.joint_model.settings import EXAMPLES, Settings

JUDGE = "committed"
"""The judge that decides the claims."""

SHARE = 0.9
"""Share of images that must show their class."""

TITLES = {
    "nothing": "no penalty",
    "density": "density of h",
    "length": "density of the length of h",
}


def write(run: Run, settings: Settings, rows: dict[str, Any]) -> dict[str, Any]:
    """Decides the claims, tabulates agreement, lengths and P(c), shows drawn and found images."""
    page, names = Page(run, TITLE, QUESTION), rows["class_names"]
    page.claims += claims(settings, rows)
    _tables(page, rows)
    page.figure("drawn", _drawn(run, names), "Images drawn with their classes, a column per class.")
    page.figure(
        "probabilities",
        _probabilities(rows),
        "P(c) by the mean of P(c | I) and by the share of drawn classes, with 95 % intervals; "
        "diamonds are the shares of the training labels.",
    )
    for penalty in settings.penalties:
        images = run.load_array(f"samples/found-{penalty}")
        grid = figures.image_grid(images, columns=len(names), column_labels=names)
        text = f"Images found for each class by gradient on h, with {TITLES[penalty]}."
        page.figure(f"found_{penalty}", grid, text)
    lines = {
        TITLES[penalty]: (np.arange(len(row["history"])), row["history"])
        for penalty, row in rows["found"].items()
    }
    search = figures.curves(lines, xlabel="step", ylabel="-log P(c | I), mean", logy=True)
    text = "-log P(c | I), mean over all searches, before each step."
    page.figure("search", search, text)
    page.note(
        "Accuracy on the test images: the model's classifier {classifier:.4f}, a classifier of the "
        "other half of the training images {other half:.4f}, the committed judge "
        "{committed:.4f}.".format(**rows["accuracy"]),
        f"One generator; intervals are over its draws. Typical is a length within the central 99 % "
        f"of those that P(h) draws. The judge '{JUDGE}' decides the claims; it has seen all "
        "training images, but neither the generator nor the classifier.",
    )
    return page.as_json()


def claims(settings: Settings, rows: dict[str, Any]) -> list[Claim]:
    """What is claimed of drawn images and of each penalty's search, decided by one judge."""
    note, over = "agreement of an independent judge, Wilson's interval", f"more than {SHARE:.0%} of"
    text = f"A drawn class is what the drawn image shows, in {over} draws"
    claimed = [(text, rows["sampled"], note)]
    for penalty in settings.penalties:
        found, title = rows["found"][penalty], TITLES[penalty]
        text = f"With {title}, the gradient finds an h for a wanted class in {over} searches"
        typical = (
            f"{note}, {settings.each} searches per class; {found['lengths']['typical']:.0%} of the "
            "h found are of a typical length"
        )
        claimed.append((text, found, typical))
    return [
        findings.above(
            text, Estimate.from_json(row["agreement"][JUDGE]), threshold=SHARE, note=note
        )
        for text, row, note in claimed
    ]


def _tables(page: Page, rows: dict[str, Any]) -> None:
    judges, found = list(rows["sampled"]["agreement"]), rows["found"]
    kinds = {"drawn from the model": rows["sampled"], "start of the searches": rows["start"]}
    kinds |= {f"found, {TITLES[penalty]}": row for penalty, row in found.items()}
    page.table(
        "Agreement with judges, and lengths of h",
        ["images", *(f"agreement, {judge}" for judge in judges), f"95 %, {JUDGE}", "mean length",
         "typical lengths"],
        [
            [name, *(row["agreement"][judge]["mean"] for judge in judges),
             _ends(row["agreement"][JUDGE], 3), row["lengths"]["mean"], row["lengths"]["typical"]]
            for name, row in kinds.items()
        ],
    )  # fmt: skip
    classes = zip(rows["class_names"], rows["sampled"]["probabilities"], rows["real"], strict=True)
    page.table(
        f"P(c) from {rows['sampled']['n']:,} draws",
        ["class", "mean P(c | I)", "95 %", "drawn", "95 % (Wilson)", "training labels"],
        [
            [name, row["mean"]["mean"], _ends(row["mean"], 4), row["drawn"]["mean"],
             _ends(row["drawn"], 4), real]
            for name, row, real in classes
        ],
    )  # fmt: skip
    by_class = [row["agreement"][JUDGE]["per_class"] for row in found.values()]
    page.table(
        f"Success of the searches by class, judge '{JUDGE}'",
        ["class", *(text for penalty in found for text in (TITLES[penalty], "95 %"))],
        [
            [name, *(cell for row in by_class for cell in (row[i]["mean"], _ends(row[i], 2)))]
            for i, name in enumerate(rows["class_names"])
        ],
    )


def _ends(estimate: dict[str, Any], decimals: int) -> str:
    low, high = estimate["ci95"]
    return f"[{low:.{decimals}f}, {high:.{decimals}f}]"


def _drawn(run: Run, names: list[str]) -> Figure:
    images, labels = (run.load_array(f"samples/{name}") for name in ("drawn", "drawn_labels"))
    grid = np.ones((EXAMPLES, len(names), *images.shape[1:]), images.dtype)
    for label in range(len(names)):
        own = images[labels == label]
        grid[: len(own), label] = own
    grid = grid.reshape(-1, *images.shape[1:])
    return figures.image_grid(grid, columns=len(names), column_labels=names)


def _probabilities(rows: dict[str, Any]) -> Figure:
    found = rows["sampled"]["probabilities"]
    titles = {"mean": "mean of P(c | I)", "drawn": "drawn classes"}
    return figures.bars(
        rows["class_names"],
        {title: [Estimate.from_json(row[key]).bar for row in found]
         for key, title in titles.items()},
        ylabel="P(c), 95 % interval",
        references={titles["mean"]: rows["real"]},
        reference_label="share of the training labels",
    )  # fmt: skip
