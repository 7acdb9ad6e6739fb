"""Numbers of study 6.7 over its seeds."""

from typing import Any

import numpy as np

from tfnets.lab.seeds import estimate

JUDGES = {"neighbours": "nearest neighbours", "boosting": "gradient boosting on (x, y, r)"}

Compared = dict[str, Any]
"""What `study.compared` says of some samples."""


def accuracies(rows: list[Compared], judge: str) -> list[float]:
    """How often a classifier was right, by row."""
    return [row[judge]["accuracy"] for row in rows]


def over_training(points: list[list[Compared]]) -> list[dict[str, Any]]:
    """What the seeds have come to at each point of the training, from the points of each seed.

    Rows with `step`, each judge's accuracy (mean, and interval where there are two seeds or more),
    `outside` (mean) and `radius` (the smallest p of its test).
    """
    return [
        {
            "step": at[0]["step"],
            **{judge: estimate(accuracies(at, judge)) for judge in JUDGES},
            "outside": float(np.mean([row["outside"] for row in at])),
            "radius": float(min(row["ks"]["radius"] for row in at)),
        }
        for at in map(list, zip(*points, strict=True))
    ]
