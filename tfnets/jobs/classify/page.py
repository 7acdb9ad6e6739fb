"""Figures and report of the job `classify`."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.draws import UNKNOWN
from tfnets.datasets.labelled_folder import LabelledFolder
from tfnets.jobs.classify import QUESTION, TITLE
from tfnets.jobs.classify.predictions import SURE
from tfnets.report.content import Report, Table

CLASSES = 20
"""Classes that figures show at most."""

COLUMNS = 8
_LETTERS = 18
_SIDE = 128
_ROWS = 30


def draw(
    run: Run, data: LabelledFolder, numbers: dict[str, Any], probabilities: np.ndarray
) -> None:
    """Saves the surest and the least sure answers of each class, and how frequent classes are."""
    asked = _asked(data)
    _save_rows(run, "surest", data, _ranked(asked, probabilities, surest=True), probabilities)
    _save_rows(run, "least_sure", data, _ranked(asked, probabilities, surest=False), probabilities)
    series = {
        title: _shares(numbers[key])
        for key, title in (("labelled", "labels given"), ("answered", "answers"))
        if sum(numbers[key].values())
    }
    names = [_short(name) for name in data.class_names[:CLASSES]]
    run.save_figure("classes", figures.bars(names, series, ylabel="share of all labels or answers"))


def report(data: LabelledFolder, numbers: dict[str, Any]) -> Report:
    """Says what was found and how far to trust it."""
    given, asked = sum(numbers["labelled"].values()), sum(numbers["answered"].values())
    report = Report("classify", TITLE.format(pictures=len(data.files), labels=given), QUESTION)
    report.tables.append(
        Table(
            "Pictures of each class",
            ["class", "labels given", "answers"],
            [[name, numbers["labelled"][name], numbers["answered"][name]]
             for name in data.class_names],
        )
    )  # fmt: skip
    if numbers["doubted"]:
        rows = [[row["file"], row["given"], row["others"]] for row in numbers["doubted"][:_ROWS]]
        report.tables.append(
            Table(
                "Labels worth a second look: the other labels say something else",
                ["file", "label given", "by the others"],
                rows,
            )
        )
    few = "" if len(data.class_names) <= CLASSES else f" The first {CLASSES} classes."
    whose = "pictures without a label" if asked else "pictures (all are labelled)"
    report.figure("surest.png", f"The surest answers for {whose}, with their probability.{few}")
    report.figure(
        "least_sure.png",
        "The least sure ones: look here for pictures to label next, or for what is of no class at "
        f"all.{few}",
    )
    report.figure("classes.png", f"How frequent each class is.{few}")
    report.notes += _notes(numbers, given, asked)
    return report


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


def _asked(data: LabelledFolder) -> np.ndarray:
    """Places of the pictures without a label; of all pictures if there are none."""
    unknown = np.flatnonzero(data.labels == UNKNOWN)
    return unknown if len(unknown) else np.arange(len(data.labels))


def _ranked(asked: np.ndarray, probabilities: np.ndarray, *, surest: bool) -> list[np.ndarray]:
    """For each class, the places of its first answers in the order of their probability."""
    shown = probabilities[asked]
    best, found = shown.max(axis=1), shown.argmax(axis=1)
    order = np.argsort(-best if surest else best, kind="stable")
    return [
        asked[order[found[order] == number]][:COLUMNS] for number in range(probabilities.shape[1])
    ]


def _save_rows(
    run: Run, name: str, data: LabelledFolder, rows: list[np.ndarray], probabilities: np.ndarray
) -> None:
    """One row of pictures per class, white where it has no more."""
    rows = rows[:CLASSES]
    images = _small(data.images)
    shown = np.ones((len(rows), COLUMNS, *images.shape[1:]), np.float32)
    titles = [[""] * COLUMNS for _ in rows]
    for number, places in enumerate(rows):
        shown[number, : len(places)] = images[places]
        titles[number][: len(places)] = [f"{probabilities[p].max():.2f}" for p in places]
    figure = figures.image_grid(
        shown.reshape(-1, *images.shape[1:]),
        columns=COLUMNS,
        titles=[title for row in titles for title in row],
        row_labels=[_short(name) for name in data.class_names[: len(rows)]],
    )
    run.save_figure(name, figure)


def _small(images: np.ndarray) -> np.ndarray:
    """Every so many pixels of large images, which a figure cannot show."""
    step = max(1, max(images.shape[1:3]) // _SIDE)
    return images[:, ::step, ::step]


def _shares(counts: dict[str, int]) -> list[tuple[float, float, float]]:
    whole = sum(counts.values())
    return [(count / whole,) * 3 for count in list(counts.values())[:CLASSES]]


def _short(name: str) -> str:
    """A name as a figure can show it, where a dollar sign would begin a formula."""
    text = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
    return text.replace("$", r"\$")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
