"""The numbers of study 1.2."""

from itertools import combinations
from typing import Any

import numpy as np

from tfnets.methods.classifiers.results import Repeats, curves, estimates


def summary(repeats: Repeats) -> dict[str, Any]:
    """One network's numbers over its seeds; the largest folding error of all seeds."""
    numbers: dict[str, Any] = {"parameters": repeats[0]["parameters"]}
    numbers |= estimates(repeats, "test_accuracy", "train_accuracy", "test_loss")
    if "fold_error" in repeats[0]:
        numbers["fold_error"] = max(row["fold_error"] for row in repeats)
    return numbers | {"seeds": len(repeats)}


def between_networks(first: Repeats, second: Repeats) -> np.ndarray:
    """Mean distance of two networks' test curves, as a share of the first's loss, (seeds,)."""
    losses, others = (curves(repeats, "test_loss") for repeats in (first, second))
    return np.mean(np.abs(losses - others), axis=1) / np.mean(losses, axis=1)


def between_seeds(*networks: Repeats) -> list[float]:
    """The same between each two seeds of one network, as a share of its loss over all seeds."""
    return [
        float(np.mean(np.abs(first - second)) / np.mean(losses))
        for losses in (curves(repeats, "test_loss") for repeats in networks)
        for first, second in combinations(losses, 2)
    ]
