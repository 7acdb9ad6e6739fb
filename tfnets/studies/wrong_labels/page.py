"""Figures and claims of study 3.5."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets.artifacts.run import Run
from tfnets.figures.densities import density_panels
from tfnets.lab import findings
from tfnets.methods.gans.curves import estimate_curves, estimate_table
from tfnets.methods.gans.quality import Seeds
from tfnets.report.content import Claim, Page
from tfnets.studies.wrong_labels import QUESTION, TITLE
from tfnets.studies.wrong_labels.numbers import NAMES, difference, right_and_wrong, values
from tfnets.studies.wrong_labels.settings import Settings


def write(run: Run, settings: Settings, rows: Seeds, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides whether the discriminator checks labels, and what matching-aware training adds."""
    page = Page(run, TITLE, QUESTION)
    page.claims += _claims(rows)
    found = dict(numbers["variants"])
    if "matching_minus_plain" in numbers:
        found["matching minus plain"] = numbers["matching_minus_plain"]
    title = f"Mean over {settings.repeats} seed(s) [95 % interval], N = {numbers['n']} test images"
    estimate_table(page, title, "training", NAMES, found)
    page.figure(
        "scores",
        _logits(run, settings),
        "Logits of the first seed's discriminators for real test images with their own label and "
        "with every wrong one, and for generated images.",
    )
    curves = {variant: row["curve"] for variant, row in numbers["variants"].items()}
    page.figure(
        "auroc",
        estimate_curves(
            curves, "auroc_wrong", lambda bar: np.minimum(bar, 1), xlabel="updates",
            ylabel="AUROC, right against wrong labels", reference=(0.5, "chance"),
        ),
        f"AUROC of right against wrong labels on {next(iter(curves.values()))[0]['n']:,} test "
        "images after each epoch; 95 % interval over seeds.",
    )  # fmt: skip
    page.note(
        answer(numbers["variants"]),
        "AUROC: the probability that a pair of the first kind is scored above one of the second. "
        "The discriminator is the one of the last update; generated images are from the "
        "generator's running mean.",
    )
    return page.as_json()


def _logits(run: Run, settings: Settings) -> Figure:
    """The distributions of the first seed's logits."""
    asked = run.load_array("asked")
    panels = {}
    for variant in settings.variants:
        scores = run.load_array(f"scores/{variant}-{run.config.seed}")
        right, wrong = right_and_wrong(scores[:, :-1], asked)
        panels[variant] = {
            "real, right label": right,
            "real, wrong label": wrong.ravel(),
            "generated": scores[:, -1],
        }
    return density_panels(panels, xlabel="logit of the discriminator (above 0: real)")


def _claims(rows: Seeds) -> list[Claim]:
    claims = []
    if "plain" in rows:
        claims.append(
            findings.decided(
                "The discriminator scores real images higher with right labels than with wrong",
                np.array(values(rows["plain"], "auroc_wrong")),
                threshold=0.5,
                origin="not as such",
                note="AUROC of right against wrong labels above 0.5, plain training, test images",
            )
        )
    claims += [
        findings.decided(
            f"Real images with wrong labels land among the fakes or below them, {variant} training",
            0.5 - np.array(values(seeds, "auroc_wrong_above_fake")),
            whose="origin" if variant == "plain" else "ours",
            origin="they should",
            note="0.5 minus the AUROC of wrong labels against generated images",
        )
        for variant, seeds in rows.items()
    ]
    if {"plain", "matching"} <= set(rows):
        claims.append(
            findings.decided(
                "Wrong labels in training make it check labels better",
                difference(rows, "auroc_wrong"),
                note="AUROC of right against wrong labels, matching minus plain, by seed",
            )
        )
    return claims


def answer(variants: dict[str, Any]) -> str:
    """What the means over seeds of each variant's `NAMES` say of the question, as sentences."""
    sentences = []
    for variant, row in variants.items():
        found = {name: row[name]["mean"] for name in NAMES}
        below = found["auroc_wrong_above_fake"] < 0.5
        where = "among" if below else "nearer to right pairs than"
        sentences.append(
            f"{variant.capitalize()} training: a right label is scored above a wrong one with "
            f"probability {found['auroc_wrong']:.3f} (chance 0.5); {found['real_wrong']:.0%} of "
            f"wrong-label pairs and {found['real_right']:.0%} of right ones are called real; "
            f"wrong-label pairs lie {where} the generated images{' or below' if below else ''} "
            f"(scored above one with probability {found['auroc_wrong_above_fake']:.3f})."
        )
    return " ".join(sentences)
