"""The page of the job `classify`."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.jobs.classify import QUESTION, TITLE
from tfnets.jobs.classify.predictions import SURE
from tfnets.jobs.classify.settings import CLASSES, COLUMNS
from tfnets.jobs.own_pictures import short
from tfnets.report.content import Page

_ROWS = 30


def write(run: Run, numbers: dict[str, Any]) -> dict[str, Any]:
    """Says what was found and how far to trust it, and shows both ends of the answers."""
    labelled, answered = numbers["labelled"], numbers["answered"]
    given, asked, names = sum(labelled.values()), sum(answered.values()), list(labelled)
    page = Page(run, TITLE.format(pictures=numbers["pictures"], labels=given), QUESTION)
    page.table(
        "Pictures of each class",
        ["class", "labels given", "answers"],
        [[name, labelled[name], answered[name]] for name in names],
    )
    if numbers["doubted"]:
        page.table(
            "Labels worth a second look: the other labels say something else",
            ["file", "label given", "by the others"],
            [[row["file"], row["given"], row["others"]] for row in numbers["doubted"][:_ROWS]],
        )
    few = "" if len(names) <= CLASSES else f" The first {CLASSES} classes."
    whose = "pictures without a label" if asked else "pictures (all are labelled)"
    shown = list(map(short, names[:CLASSES]))
    captions = {
        "surest": f"The surest answers for {whose}, with their probability.",
        "least_sure": "The least sure ones: look here for pictures to label next, or for what is "
        "of no class at all.",
    }
    for name, caption in captions.items():
        page.figure(name, _rows(run, name, shown), f"{caption}{few}")
    series = {
        title: _shares(counts)
        for counts, title in ((labelled, "labels given"), (answered, "answers"))
        if sum(counts.values())
    }
    figure = figures.bars(shown, series, ylabel="share of all labels or answers")
    page.figure("classes", figure, f"How frequent each class is.{few}")
    page.note(*_notes(numbers, given, asked))
    return page.as_json()


def _notes(numbers: dict[str, Any], given: int, asked: int) -> list[str]:
    height, width, channels = numbers["shape"]
    kind = "grey" if channels == 1 else "in colour"
    return [
        f"{numbers['pictures']:,} pictures of {width}x{height} pixels, {kind}, on a "
        f"{numbers['background']} background; {given} labels of {len(numbers['labelled'])} "
        "classes.",
        _held_out(numbers["held_out"]),
        *_split_half(numbers["split_half"]),
        *_sure(numbers["sure"], asked),
        "predictions.csv holds the answer for every picture; labels that were given are kept.",
        "classifier.keras takes pictures in [0, 1] and gives the probabilities of the classes in "
        "classes.json; `tfnets export RUN/classifier.keras --out DIR` writes it as a SavedModel.",
    ]  # fmt: skip


def _held_out(found: dict[str, Any] | None) -> str:
    if found is None:
        return "Every class has one label only, so the labels cannot tell how far to trust it."
    low, high = found["ci95"]
    return (
        f"Of {found['n']} labelled pictures, {_percent(found['mean'])} get their label when it is "
        f"hidden and spread from the others (95 % interval {_percent(low)} to {_percent(high)})."
    )


def _split_half(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    return [
        f"Two halves of the labels give the same answer for {_percent(found['mean'])} of all "
        "pictures; that is no accuracy, for both can err alike."
    ]


def _sure(share: float | None, asked: int) -> list[str]:
    if share is None:
        return []
    return [
        f"{_percent(share)} of the {asked:,} answers have a probability of at least {SURE}, which "
        "is what the classifier says of itself."
    ]


def _rows(run: Run, name: str, labels: list[str]) -> Figure:
    """One row of pictures per class, white where it has no more."""
    images, sureness = (run.load_array(f"samples/{name}{part}") for part in ("", "_sureness"))
    return figures.image_grid(
        images.reshape(-1, *images.shape[2:]),
        columns=COLUMNS,
        titles=["" if np.isnan(one) else f"{one:.2f}" for one in sureness.ravel()],
        row_labels=labels,
    )


def _shares(counts: dict[str, int]) -> list[tuple[float, float, float]]:
    whole = sum(counts.values())
    return [(count / whole,) * 3 for count in list(counts.values())[:CLASSES]]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
