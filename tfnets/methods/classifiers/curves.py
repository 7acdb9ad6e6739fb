"""What the pages of the classifier studies (SPEC part 1) share."""

from typing import Any

import numpy as np

Repeats = list[dict[str, Any]]
"""One network's results over its seeds, as `methods.classifiers.training.train` gives them."""


def loss_curves(repeats: Repeats) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Training and test loss by mini-batches, averaged over seeds, for `figures.curve_panels`."""
    curves = [row["curve"] for row in repeats]
    steps = np.array(curves[0]["step"])
    return {
        "training loss": (steps, np.mean([curve["train_loss"] for curve in curves], axis=0)),
        "test loss": (steps, np.mean([curve["test_loss"] for curve in curves], axis=0)),
    }


def values(repeats: Repeats, name: str) -> np.ndarray:
    """One number of every seed, (seeds,)."""
    return np.array([row[name] for row in repeats])


def shown(estimate: dict[str, Any]) -> str:
    """An estimate of metrics.json as text: mean, and its interval where there is one."""
    if "ci95" not in estimate:
        return f"{estimate['mean']:.4f}"
    low, high = estimate["ci95"]
    return f"{estimate['mean']:.4f} [{low:.4f}, {high:.4f}]"


def bar(estimate: dict[str, Any]) -> tuple[float, float, float]:
    """An estimate as (mean, low, high) of a share, for `figures.bars`."""
    mean = estimate["mean"]
    low, high = estimate.get("ci95", (mean, mean))
    return mean, max(0.0, low), min(1.0, high)
