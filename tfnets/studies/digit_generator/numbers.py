"""Numbers of study 4.4: means over seeds, label agreement by digit, and the worst digit."""

from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.lab.seeds import estimate
from tfnets.methods.gans import quality as gan_quality
from tfnets.methods.gans.label_quality import LabelQuality

OTHER_LATENTS = 100_000
"""What the seed of the latents of the counted digits is larger by than that of other images."""

Rows = dict[str, list[dict[str, Any]]]
"""For each variant, what each seed gave: see `digit_generator.Training.measured`."""


def numbers(run: Run, rows: Rows, quality: LabelQuality) -> dict[str, Any]:
    """Means over seeds with intervals; label agreement by digit over the images of all seeds.

    `best` is the variant whose worst digit is best, as the name of its parts in the run folder.
    """
    networks = {variant: _network(run, variant, seeds, quality) for variant, seeds in rows.items()}
    best = max(networks, key=lambda variant: networks[variant]["worst"]["mean"])
    return {
        "networks": networks,
        "best": f"{best}_gan",
        "judge": quality.judge,
        "coverage_real": quality.real["coverage_per_class"],
        "curve_frechet_real": quality.real["curve_frechet"],
        "n": quality.samples,
    }


def _network(
    run: Run, variant: str, seeds: list[dict[str, Any]], quality: LabelQuality
) -> dict[str, Any]:
    counted = [
        run.load_array(f"judged/{variant}_gan-{run.config.seed + i}") for i in range(len(seeds))
    ]
    each = [metrics.label_agreement(*pair) for pair in counted]
    pooled = metrics.label_agreement(*np.concatenate(counted, axis=1))
    return {
        "agreement": estimate([one["mean"] for one in each]),
        "agreement_pooled": pooled,
        "worst": worst(pooled),
        "worst_each": [worst(one) for one in each],
        **{key: estimate([seed[key] for seed in seeds]) for key in gan_quality.NUMBERS},
        **{f"{key}_real": seeds[0][f"{key}_real"] for key in gan_quality.NUMBERS},
        "coverage_per_class": [
            estimate([seed["coverage_per_class"][i]["coverage"] for seed in seeds])
            for i in range(quality.classes)
        ],
        "restored": seeds[0]["restored"],
        "curve": [
            _point([seed["curve"][i] for seed in seeds]) for i in range(len(seeds[0]["curve"]))
        ],
    }


def worst(agreement: dict[str, Any]) -> dict[str, Any]:
    """The class with the smallest agreement: `label`, `mean`, `ci95`, `n`.

    Args:
        agreement: From `metrics.label_agreement`.
    """
    return min(agreement["per_class"], key=lambda row: row["mean"])


def _point(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"epoch": rows[0]["epoch"], "step": rows[0]["step"], "n": rows[0]["n"]} | {
        name: estimate([row[name] for row in rows]) for name in ("agreement", "frechet")
    }
