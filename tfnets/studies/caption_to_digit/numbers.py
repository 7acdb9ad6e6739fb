"""Numbers of study 3.8: means over seeds."""

from typing import Any

import numpy as np

from tfnets.datasets.prompts import ATTRIBUTES
from tfnets.lab.seeds import curve, estimate
from tfnets.methods.gans import quality
from tfnets.methods.gans.quality import Seeds, each

FOLLOWED = ("agreement", *ATTRIBUTES)
"""How closely images follow the captions: label agreement, and correlations by attribute."""


def over_seeds(rows: Seeds) -> dict[str, Any]:
    """Means over seeds with intervals, and the variant with the best label agreement."""
    return {
        "variants": {name: _variant(seeds) for name, seeds in rows.items()},
        "best": max(rows, key=lambda name: np.mean(each(rows[name], "agreement"))),
    }


def _variant(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    crossed = [seed["crossed"] for seed in seeds]
    return {
        **{name: estimate(each(seeds, name)) for name in FOLLOWED},
        "agreement_each": [seed["agreement"] for seed in seeds],
        "crossed": {name: estimate(each(crossed, name)) for name in FOLLOWED},
        **quality.over_seeds(seeds),
        "nameless_modes": [seed["nameless"]["modes"] for seed in seeds],
        "curve": curve([seed["curve"] for seed in seeds], FOLLOWED),
    }
