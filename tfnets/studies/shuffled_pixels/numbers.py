"""The numbers of study 1.4."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfnets.lab.seeds import estimate
from tfnets.methods.classifiers.results import Repeats, curves, estimates, values

IMAGES = ("plain", "shuffled")
Kinds = Mapping[str, Repeats]  # one network's results on each kind of `IMAGES`, with the same seeds


def apart(kinds: Kinds) -> np.ndarray:
    """How far the two training-loss curves part at each point, (seeds, points), in nats."""
    plain, shuffled = (curves(kinds[name], "train_loss") for name in IMAGES)
    return np.abs(plain - shuffled)


def lost(kinds: Kinds) -> np.ndarray:
    """Test accuracy on plain minus on shuffled images, (seeds,)."""
    plain, shuffled = (values(kinds[name], "test_accuracy") for name in IMAGES)
    return plain - shuffled


def summary(kinds: Kinds) -> dict[str, Any]:
    """Accuracy on both kinds of images, what is lost of it, and how far the loss curves part."""
    return {
        "parameters": kinds["plain"][0]["parameters"],
        **{name: estimates(kinds[name], "test_accuracy") for name in IMAGES},
        "accuracy_lost": estimate(lost(kinds)),
        "permuted_loss_difference": float(apart(kinds).max()),
        "permuted_loss_difference_first_point": float(apart(kinds)[:, 0].max()),
        "seeds": len(kinds["plain"]),
    }
