"""The numbers of study 5.1: over seeds, and over the classes that were held out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets.lab.seeds import estimate
from tfnets.methods.anomalies import TITLES
from tfnets.metrics import Estimate

Detections = dict[str, list[dict[str, Any]]]
"""Case -> seed -> `normal`, `odd` (counts) and `scores`: name -> `auroc`, `average_precision`."""

KEYS = ("auroc", "average_precision")


def summary(rows: Detections) -> dict[str, Any]:
    """Means over seeds of each case and score, and over all classes that were held out."""
    found = {case: _case(row) for case, row in rows.items()}
    if classes := held_out(rows):
        found["mean_over_held_out"] = {
            name: {key: float(np.mean(values(rows, classes, name, key))) for key in KEYS}
            for name in TITLES
        }
    return found


def held_out(rows: Detections) -> list[str]:
    """The cases in which a class was held out."""
    return [case for case in rows if case.isdecimal()]


def values(rows: Detections, cases: Sequence[str], score: str, key: str = "auroc") -> np.ndarray:
    """A number of each seed, averaged over cases: shape (seeds,)."""
    return np.mean([[one["scores"][score][key] for one in rows[case]] for case in cases], axis=0)


def auroc(rows: Detections, case: str, score: str) -> Estimate:
    """Mean AUROC over seeds."""
    return Estimate.from_json(estimate(values(rows, [case], score)))


def _case(row: list[dict[str, Any]]) -> dict[str, Any]:
    found = {key: row[0][key] for key in ("normal", "odd")}
    for name in TITLES:
        columns = {key: [one["scores"][name][key] for one in row] for key in KEYS}
        means = {key: float(np.mean(column)) for key, column in columns.items()}
        found[name] = means | {"auroc_by_seed": columns["auroc"]}
    return found
