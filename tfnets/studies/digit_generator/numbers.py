"""Numbers of study 4.4: means over seeds, label agreement by digit, and the worst digit."""

from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.lab.seeds import curve, estimate
from tfnets.methods.gans import label_quality
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.methods.gans.quality import Seeds


def over_seeds(run: Run, rows: Seeds, judge: LabelQuality) -> dict[str, Any]:
    """Means over seeds with intervals; label agreement by digit over the images of all seeds.

    `best` is the variant whose worst digit is best, as the name of its parts in the run folder.
    """
    networks = {variant: _network(run, variant, seeds) for variant, seeds in rows.items()}
    best = max(networks, key=lambda variant: networks[variant]["worst"]["mean"])
    return {"networks": networks, "best": f"{best}_gan", **judge.real}


def _network(run: Run, variant: str, seeds: list[dict[str, Any]]) -> dict[str, Any]:
    parts = (f"{variant}_gan-{seed}" for seed in run.seeds(len(seeds)))
    counted = [run.load_array(f"judged/{part}") for part in parts]
    each = [metrics.label_agreement(*pair) for pair in counted]
    pooled = metrics.label_agreement(*np.concatenate(counted, axis=1))
    curves = [seed["curve"] for seed in seeds]
    return {
        "agreement": estimate([one["mean"] for one in each]),
        "agreement_pooled": pooled,
        "worst": worst(pooled),
        "worst_each": [worst(one) for one in each],
        **label_quality.over_seeds(seeds),
        "restored": seeds[0]["restored"],
        "curve": curve(curves, ("agreement", "frechet"), same=("epoch", "step", "n")),
    }


def worst(agreement: dict[str, Any]) -> dict[str, Any]:
    """The class of a `metrics.label_agreement` that agrees least: `label`, `mean`, `ci95`, `n`."""
    return min(agreement["per_class"], key=lambda row: row["mean"])
