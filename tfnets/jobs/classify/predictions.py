"""What the job `classify` answers: a CSV for the person, and the numbers of the run."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfnets.datasets.draws import UNKNOWN
from tfnets.datasets.labelled_folder import LabelledFolder
from tfnets.files import atomic

PREDICTIONS = "predictions.csv"
SURE = 0.95
"""Probability from which an answer counts as sure."""


def answers(data: LabelledFolder, probabilities: np.ndarray) -> np.ndarray:
    """The class of each picture: the one that was given, else the most probable one."""
    return np.where(data.labels == UNKNOWN, probabilities.argmax(axis=1), data.labels)


def write_predictions(path: Path, data: LabelledFolder, probabilities: np.ndarray) -> None:
    """Writes file, label, its probability, and whether the label was given, for every picture."""
    found = answers(data, probabilities)
    with (
        atomic(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "label", "probability", "known"])
        for place, name in enumerate(data.files):
            probability = f"{probabilities[place, found[place]]:.4f}"
            known = "no" if data.labels[place] == UNKNOWN else "yes"
            rows.writerow([name, data.class_names[found[place]], probability, known])


def summary(
    data: LabelledFolder, probabilities: np.ndarray, trusted: dict[str, Any]
) -> dict[str, Any]:
    """The numbers of the run.

    Args:
        data: The pictures.
        probabilities: (n, classes).
        trusted: What `label_trust.trust` returns.

    Returns:
        Counts by class, the share of sure answers among the pictures without a label (None if all
        have one), `held_out`, `split_half`, and `doubted`: given labels that the others contradict.
    """
    unknown, names = data.labels == UNKNOWN, data.class_names
    found = probabilities.argmax(axis=1)
    held_out = dict(trusted["held_out"] or {})
    others = {int(place): answer for place, answer in held_out.pop("answers", {}).items()}
    return {
        "pictures": len(data.files),
        "shape": list(data.images.shape[1:]),
        "labelled": _counts(data.labels[~unknown], names),
        "answered": _counts(found[unknown], names),
        "sure": _sure(probabilities[unknown]),
        "held_out": held_out or None,
        "split_half": trusted["split_half"],
        "doubted": [
            {
                "file": data.files[place],
                "given": names[data.labels[place]],
                "others": names[answer],
            }
            for place, answer in others.items()
            if answer != data.labels[place]
        ],
    }


def _sure(probabilities: np.ndarray) -> float | None:
    return float(np.mean(probabilities.max(axis=1) >= SURE)) if len(probabilities) else None


def _counts(labels: np.ndarray, names: Sequence[str]) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True)}
