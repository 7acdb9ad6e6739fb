"""metrics.json of study `interpolation`: means over seeds, with intervals."""

from typing import Any

from tfnets.metrics import mean_ci95
from tfnets.studies.interpolation.settings import METHODS, Settings

Row = dict[str, Any]
"""What the paths of one seed show: `right`, `methods`, `curves`, `differences`, `intervals`,
`networks`, `sources`, and of the first seed `strips`."""


def over_seeds(settings: Settings, real: dict[str, float], rows: list[Row]) -> dict[str, Any]:
    """Means over the seeds' rows, with intervals over seeds; `intervals` are over pairs.

    `real` are the numbers of the images between which the paths lead.
    """
    return {
        "pairs": settings.pairs,
        "points": settings.points,
        "seeds": len(rows),
        "right": [row["right"] for row in rows],
        "real": real,
        "networks": _means([row["networks"] for row in rows]),
        "methods": {m: _means([row["methods"][m] for row in rows]) for m in METHODS},
        "curves": {
            method: {
                name: [sum(at) / len(rows) for at in zip(*columns, strict=True)]
                for name in rows[0]["curves"][method]
                for columns in [[row["curves"][method][name] for row in rows]]
            }
            for method in METHODS
        },
        "differences": {
            pair: _means([row["differences"][pair] for row in rows])
            for pair in rows[0]["differences"]
        },
        "intervals": [row["intervals"] for row in rows],
        "sources": [row["sources"] for row in rows],
    }


def _means(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Mean over seeds of each number, its interval where there are two or more, and each one."""
    found: dict[str, Any] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        found[name] = {"mean": sum(values) / len(values), "each": values}
        if len(values) > 1:
            found[name]["ci95"] = mean_ci95(values).ci95
    return found
