"""Numbers over seeds."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets import metrics


def estimate(values: Sequence[float]) -> dict[str, Any]:
    """Mean over seeds as `{"mean", "ci95", "n"}`; one seed alone has no interval."""
    if len(values) > 1:
        return metrics.mean_ci95(np.array(values)).as_json()
    return {"mean": float(values[0]), "n": 1}
