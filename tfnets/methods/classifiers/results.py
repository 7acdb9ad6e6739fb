"""What a classifier's results over its seeds say, as numbers and for the pages."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.lab.seeds import estimate

Repeats = list[dict[str, Any]]
"""One network's results over its seeds, as `methods.classifiers.training.train` gives them."""


def values(repeats: Repeats, name: str) -> np.ndarray:
    """One number of every seed, (seeds,)."""
    return np.array([row[name] for row in repeats])


def curves(repeats: Repeats, name: str) -> np.ndarray:
    """One column of every seed's curve, (seeds, points)."""
    return np.array([row["curve"][name] for row in repeats])


def estimates(repeats: Repeats, *names: str) -> dict[str, Any]:
    """Means over seeds of some numbers (see `lab.seeds.estimate`)."""
    return {name: estimate([row[name] for row in repeats]) for name in names}


def shown(estimate: Mapping[str, Any]) -> str:
    """An estimate of metrics.json as text: mean, and its interval where there is one."""
    if "ci95" not in estimate:
        return f"{estimate['mean']:.4f}"
    low, high = estimate["ci95"]
    return f"{estimate['mean']:.4f} [{low:.4f}, {high:.4f}]"


def loss_lines(repeats: Repeats) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Training and test loss by mini-batches, averaged over seeds, for `figures.curve_panels`."""
    steps = np.array(repeats[0]["curve"]["step"])
    names = {"training loss": "train_loss", "test loss": "test_loss"}
    return {kind: (steps, curves(repeats, name).mean(axis=0)) for kind, name in names.items()}


def loss_figure(panels: Mapping[str, Mapping[str, tuple]], **options: Any) -> Figure:
    """Draws `loss_lines` in panels, with further options of `figures.curve_panels`."""
    labels = {"xlabel": "mini-batches", "ylabel": "cross-entropy (nats)"}
    return figures.curve_panels(panels, **labels, **options)
