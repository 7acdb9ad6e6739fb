"""The numbers of study 1.1: where a width's loss curves end, and the verdict on it."""

from typing import Any

import numpy as np

from tfnets.methods.classifiers.results import Repeats, curves, estimates


def landmarks(train_loss: np.ndarray, test_loss: np.ndarray) -> dict[str, float]:
    """What the verdict looks at in a pair of curves (points,), oldest first.

    `rise` is end(test) / lowest(test), about 1 where the test loss ends at its lowest point, `gap`
    (end(test) - end(training)) / end(test).
    """
    last = max(1, len(test_loss) // 10)
    window = min(3, len(test_loss))
    lowest = np.min(np.convolve(test_loss, np.ones(window) / window, "valid"))
    test_end, train_end = np.mean(test_loss[-last:]), np.mean(train_loss[-last:])
    gap = (test_end - train_end) / test_end
    return {"rise": float(test_end / lowest), "gap": float(gap)}


def verdict(marks: dict[str, float]) -> str:
    """`underfits`, `fits` or `overfits`, by the rule of the study's docstring."""
    if marks["rise"] > 1.1:
        return "overfits"
    return "underfits" if marks["gap"] < 0.1 else "fits"


def summary(repeats: Repeats) -> dict[str, Any]:
    """One width's numbers over its seeds: means, intervals where there are two seeds, verdicts."""
    both = curves(repeats, "train_loss"), curves(repeats, "test_loss")
    marks = landmarks(*(curve.mean(axis=0) for curve in both))
    singles = [landmarks(*pair) for pair in zip(*both, strict=True)]
    return {
        "parameters": repeats[0]["parameters"],
        **estimates(repeats, "test_accuracy", "train_accuracy", "test_loss", "train_loss"),
        **marks,
        "verdict": verdict(marks),
        "by_seed": [own | {"verdict": verdict(own)} for own in singles],
        "seeds": len(repeats),
    }
