"""The numbers of study 1.3."""

from collections.abc import Mapping
from typing import Any

from tfnets.methods.classifiers.results import Repeats, estimates


def summary(repeats: Repeats, reach: Mapping[str, Any]) -> dict[str, Any]:
    """One network's numbers over its seeds, beside its multiplications and its field."""
    return {
        "parameters": repeats[0]["parameters"],
        **reach,
        **estimates(repeats, "test_accuracy", "train_accuracy", "test_loss"),
        "seeds": len(repeats),
    }
