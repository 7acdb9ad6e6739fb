"""What the job `classify` answers: a CSV for the person, pictures to look at, and numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfnets.datasets.draws import UNKNOWN
from tfnets.datasets.labelled_folder import LabelledFolder
from tfnets.files import write_csv
from tfnets.jobs.classify.settings import CLASSES, COLUMNS

PREDICTIONS = "predictions.csv"
SURE = 0.95
"""Probability from which an answer counts as sure."""
_SIDE = 128


def answers(data: LabelledFolder, probabilities: np.ndarray) -> np.ndarray:
    """The class of each picture: the one that was given, else the most probable one."""
    return np.where(data.labels == UNKNOWN, probabilities.argmax(axis=1), data.labels)


def write_predictions(path: Path, data: LabelledFolder, probabilities: np.ndarray) -> None:
    """Writes file, label, its probability, and whether the label was given, for every picture."""
    rows = [
        (name, data.class_names[label], f"{row[label]:.4f}", "no" if given == UNKNOWN else "yes")
        for name, label, row, given in zip(
            data.files, answers(data, probabilities), probabilities, data.labels, strict=True
        )
    ]
    write_csv(path, [("file", "label", "probability", "known"), *rows])


def shown(
    data: LabelledFolder, probabilities: np.ndarray, *, surest: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Answers that figures show: the surest, or the least sure, of each class.

    Of pictures without a label; of all if every one has a label.

    Returns:
        Pictures (classes, `COLUMNS`, height, width, channels), small and white where a class has no
        more, and the probability of each, (classes, `COLUMNS`), NaN there.
    """
    asked = np.flatnonzero(data.labels == UNKNOWN)
    asked = asked if len(asked) else np.arange(len(data.labels))
    # Every so many pixels of large pictures, which a figure cannot show.
    step = max(1, max(data.images.shape[1:3]) // _SIDE)
    small = data.images[:, ::step, ::step]
    rows = ranked(asked, probabilities, surest=surest)[:CLASSES]
    images = np.ones((len(rows), COLUMNS, *small.shape[1:]), np.float32)
    sureness = np.full(images.shape[:2], np.nan)
    for place, places in enumerate(rows):
        images[place, : len(places)] = small[places]
        sureness[place, : len(places)] = probabilities[places].max(axis=1)
    return images, sureness


def ranked(asked: np.ndarray, probabilities: np.ndarray, *, surest: bool) -> list[np.ndarray]:
    """For each class, the places of its first answers in the order of their probability."""
    best, found = probabilities[asked].max(axis=1), probabilities[asked].argmax(axis=1)
    order = np.argsort(-best if surest else best, kind="stable")
    return [
        asked[order[found[order] == number]][:COLUMNS] for number in range(probabilities.shape[1])
    ]


def summary(
    data: LabelledFolder, probabilities: np.ndarray, trusted: dict[str, Any]
) -> dict[str, Any]:
    """The numbers of the run, from probabilities (n, classes) and what `trust.trust` returns.

    Counts by class, the share of sure answers among the pictures without a label (None if all
    have one), `held_out`, `split_half`, and `doubted`: given labels that the others contradict.
    """
    unknown, names = data.labels == UNKNOWN, data.class_names
    found, asked = probabilities.argmax(axis=1), probabilities[unknown]
    held_out = dict(trusted["held_out"] or {})
    others = {int(place): answer for place, answer in held_out.pop("answers", {}).items()}
    return {
        "pictures": len(data.files),
        "shape": list(data.images.shape[1:]),
        "labelled": _counts(data.labels[~unknown], names),
        "answered": _counts(found[unknown], names),
        "sure": float(np.mean(asked.max(axis=1) >= SURE)) if len(asked) else None,
        "held_out": held_out or None,
        "split_half": trusted["split_half"],
        "doubted": [
            {"file": data.files[place], "given": names[given], "others": names[answer]}
            for place, answer in others.items()
            if answer != (given := data.labels[place])
        ],
    }


def _counts(labels: np.ndarray, names: Sequence[str]) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True)}
