"""Numbers of study 3.4: means over seeds, and how fast a network converges."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.lab.seeds import curve, estimate
from tfnets.methods.gans import label_quality
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.methods.gans.quality import Seeds, each

LEVELS = (0.9, 0.98, 0.99)
"""Label agreement whose first reaching is counted in updates."""


def over_seeds(run: Run, rows: Seeds, judge: LabelQuality) -> dict[str, Any]:
    """Means over seeds with intervals; label agreement also over the images of all seeds."""
    return {
        "networks": {name: _network(run, name, seeds, judge) for name, seeds in rows.items()},
        "best": max(rows, key=lambda name: np.mean(each(rows[name], "agreement"))),
        **judge.real,
    }


def _network(run: Run, name: str, seeds: list[dict], judge: LabelQuality) -> dict[str, Any]:
    seen = [run.load_array(f"judged/{name}-{seed}") for seed in run.seeds(len(seeds))]
    asked = np.tile(judge.labels, len(seeds))
    curves = [seed["curve"] for seed in seeds]
    return {
        "agreement": estimate(each(seeds, "agreement")),
        "agreement_each": [seed["agreement"] for seed in seeds],
        "agreement_pooled": metrics.label_agreement(asked, np.concatenate(seen)),
        **label_quality.over_seeds(seeds),
        "multiplications": seeds[0]["multiplications"],
        "log_frechet": estimate([mean_log(seed, distance) for seed in seeds]),
        "log_error": estimate([mean_log(seed, label_error) for seed in seeds]),
        "updates": {str(level): [updates_to(c, level) for c in curves] for level in LEVELS},
        "curve": curve(curves, ("agreement", "frechet"), same=("epoch", "step", "n")),
    }


def updates_to(curve: list[dict[str, Any]], level: float) -> float | None:
    """Updates after which a training's label agreement first reaches a level in (0, 1], if ever.

    Between two points of the curve, which have `step` and `agreement`, the agreement is taken as
    linear, and as 0 before the first.
    """
    before = (0, 0.0)
    for point in curve:
        step, agreement = point["step"], point["agreement"]
        if agreement >= level:
            share = (level - before[1]) / (agreement - before[1])
            return before[0] + share * (step - before[0])
        before = (step, agreement)
    return None


def mean_log(seed: dict[str, Any], of: Callable[[dict[str, Any]], float]) -> float:
    """Mean of a logarithm (to base 10) over the points of the training."""
    return float(np.mean([np.log10(of(point)) for point in seed["curve"]]))


def distance(point: dict[str, Any]) -> float:
    """Frechet distance, never 0."""
    return max(point["frechet"], 1e-9)


def label_error(point: dict[str, Any]) -> float:
    """Share of images of another label; half an image where there is none."""
    return max(1 - point["agreement"], 0.5 / point["n"])
