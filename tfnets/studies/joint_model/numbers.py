"""The numbers of study 5.6: shares with their intervals."""

from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.lab.seeds import estimate


def probabilities(found: np.ndarray, drawn: np.ndarray) -> list[dict[str, Any]]:
    """P(c) of each class: `mean` of P(c | I) (n, classes), and share of the `drawn` (n,)."""
    return [
        {"mean": estimate(column), "drawn": metrics.proportion(drawn == label).as_json()}
        for label, column in enumerate(found.T.astype(np.float64))
    ]
