"""The numbers of study 5.6: shares with their intervals."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.lab.seeds import estimate


def probabilities(found: np.ndarray, drawn: np.ndarray) -> list[dict[str, Any]]:
    """P(c) of each class: `mean` of P(c | I), and share of the `drawn` classes.

    Args:
        found: P(c | I), shape (n, classes).
        drawn: Drawn classes (n,).
    """
    return [
        {"mean": estimate(column), "drawn": metrics.proportion(drawn == label).as_json()}
        for label, column in enumerate(found.T.astype(np.float64))
    ]


def agreement(labels: np.ndarray, judged: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Share of labels (n,) that each judge gives, with Wilson's interval, and per class."""
    return {name: metrics.label_agreement(labels, given) for name, given in judged.items()}


def frequencies(labels: np.ndarray, classes: int) -> list[float]:
    """Share of each class among labels (n,)."""
    return (np.bincount(labels, minlength=classes) / len(labels)).tolist()
