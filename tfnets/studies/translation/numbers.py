"""Numbers of study 5.5 over its seeds and domains."""

from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.lab.seeds import estimate
from tfnets.studies.translation.settings import Settings

NUMBERS = ("relative", "rank", "label", "frechet")
"""Numbers of a translator, the one that decides the claims first."""

BETTER = {"relative": -1, "rank": -1, "label": 1, "frechet": -1}
"""The sign with which a number is quality."""

FEWEST = 4
"""Domains that a rank correlation needs for an interval."""


def over_seeds(settings: Settings, rows: dict[str, dict]) -> dict[str, Any]:
    """Means over seeds for each domain and method, and how they follow similarity.

    `rows` has for each domain `similarity`, `real` (of its judge) and `methods`: name -> numbers of
    each seed.
    """
    found = {
        name: {
            "similarity": row["similarity"],
            "label_real": row["real"]["label"],
            "frechet_real": row["real"]["frechet"],
            "methods": {method: _means(seeds) for method, seeds in row["methods"].items()},
        }
        for name, row in rows.items()
    }
    return {
        "domains": found,
        "correlations": _correlations(settings, found),
        "images": settings.test_images,
        "seeds": settings.repeats,
    }


def _means(seeds: list[dict]) -> dict[str, Any]:
    """Mean of each number over seeds, with its values; of `label`, which has an interval, too."""
    means = {}
    for key in ("distance", *NUMBERS):
        values = [one[key]["mean"] if key == "label" else one[key] for one in seeds]
        means[key] = estimate(values) | {"each": values}
    return means


def _correlations(settings: Settings, found: dict[str, dict]) -> dict[str, dict]:
    """Rank correlation of quality and similarity over the domains, by method and number."""
    if len(found) < FEWEST:
        return {}
    similar = {
        "ssim": [row["similarity"]["ssim"] for row in found.values()],
        "distance": [-row["similarity"]["distance"] for row in found.values()],
    }
    return {
        method: {
            key: {
                measure: metrics.rank_test(np.array(values), _quality(found, method, key)).as_json()
                for measure, values in similar.items()
            }
            for key in NUMBERS
        }
        for method in settings.methods
    }


def _quality(found: dict[str, dict], method: str, key: str) -> np.ndarray:
    """A number of each domain, the higher the better; Frechet distances over the real ones'."""
    values = np.array([row["methods"][method][key]["mean"] for row in found.values()])
    if key == "frechet":
        values = values / np.array([row["frechet_real"] for row in found.values()])
    return BETTER[key] * values
