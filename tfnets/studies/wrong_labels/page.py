"""Numbers, figures and claims of study 3.5."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.densities import density_panels
from tfnets.lab import findings
from tfnets.lab.seeds import estimate
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.wrong_labels import QUESTION, TITLE
from tfnets.studies.wrong_labels.settings import Settings

NAMES = (
    "auroc_wrong", "auroc_fake", "auroc_wrong_above_fake", "accuracy", "logit_right",
    "logit_wrong", "logit_fake", "real_right", "real_wrong", "real_fake", "agreement", "frechet",
)  # fmt: skip

Rows = dict[str, list[dict[str, Any]]]
"""For each variant, what each seed gave."""


def numbers(rows: Rows, quality: LabelQuality) -> dict[str, Any]:
    """Means over seeds with intervals, the values of each seed, and the differences by seed."""
    variants = {
        variant: {name: estimate(_values(seeds, name)) for name in NAMES}
        | {"auroc_wrong_each": _values(seeds, "auroc_wrong"), "curve": _curve(seeds)}
        for variant, seeds in rows.items()
    }
    result = {"variants": variants, "n": quality.samples, "judge": quality.judge}
    if len(rows) < 2:
        return result
    differences = {
        name: estimate(
            list(np.subtract(_values(rows["matching"], name), _values(rows["plain"], name)))
        )
        for name in NAMES
    }
    return result | {"matching_minus_plain": differences}


def _curve(seeds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    points = zip(*(seed["curve"] for seed in seeds), strict=True)
    return [
        {"step": rows[0]["step"], "n": rows[0]["n"]}
        | {name: estimate([row[name] for row in rows]) for name in ("auroc_wrong", "auroc_fake")}
        for rows in points
    ]


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves the distributions of the first seed's logits, and the AUROC against updates."""
    asked = run.load_array("asked")
    panels = {}
    for variant in settings.variants:
        scores = run.load_array(f"scores/{variant}-{run.config.seed}")
        own = np.arange(scores.shape[1] - 1) == asked[:, None]
        panels[variant] = {
            "real, right label": scores[:, :-1][own],
            "real, wrong label": scores[:, :-1][~own],
            "generated": scores[:, -1],
        }
    figure = density_panels(panels, xlabel="logit of the discriminator (above 0: real)")
    run.save_figure("scores", figure)
    curves = {variant: row["curve"] for variant, row in numbers["variants"].items()}
    ends = {
        variant: np.array([_ends(point["auroc_wrong"]) for point in curve])
        for variant, curve in curves.items()
    }
    figure = figures.curves(
        {v: ([point["step"] for point in curves[v]], ends[v][:, 0]) for v in curves},
        bands={v: (ends[v][:, 1], np.minimum(ends[v][:, 2], 1)) for v in curves},
        xlabel="updates", ylabel="AUROC, right against wrong labels", reference=(0.5, "chance"),
    )  # fmt: skip
    run.save_figure("auroc", figure)


def report(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> Report:
    """Decides whether the discriminator checks labels, and what matching-aware training adds."""
    report = Report("wrong_labels", TITLE, QUESTION)
    report.claims += _claims(rows)
    report.tables.append(_table(settings, numbers))
    report.figure(
        "scores.png",
        "Logits of the first seed's discriminators for real test images with their own label and "
        "with every wrong one, and for generated images.",
    )
    points = next(iter(numbers["variants"].values()))["curve"]
    report.figure(
        "auroc.png",
        f"AUROC of right against wrong labels on {points[0]['n']:,} test images after each epoch; "
        "95 % interval over seeds.",
    )
    report.notes += [
        answer(numbers["variants"]),
        "AUROC: the probability that a pair of the first kind is scored above one of the second. "
        "The discriminator is the one of the last update; generated images are from the "
        "generator's running mean.",
    ]
    return report


def _claims(rows: Rows) -> list[Claim]:
    claims = []
    if "plain" in rows:
        claims.append(
            findings.decided(
                "The discriminator scores real images higher with right labels than with wrong",
                np.array(_values(rows["plain"], "auroc_wrong")),
                threshold=0.5,
                origin="not as such",
                note="AUROC of right against wrong labels above 0.5, plain training, test images",
            )
        )
    claims += [
        findings.decided(
            f"Real images with wrong labels land among the fakes or below them, {variant} training",
            0.5 - np.array(_values(seeds, "auroc_wrong_above_fake")),
            origin="they should",
            note="0.5 minus the AUROC of wrong labels against generated images",
        )
        for variant, seeds in rows.items()
    ]
    if {"plain", "matching"} <= set(rows):
        claims.append(
            findings.decided(
                "Wrong labels in training make it check labels better",
                np.subtract(*(_values(rows[v], "auroc_wrong") for v in ("matching", "plain"))),
                note="AUROC of right against wrong labels, matching minus plain, by seed",
            )
        )
    return claims


def answer(variants: dict[str, Any]) -> str:
    """What the numbers of each variant say of the question, as sentences.

    Args:
        variants: For each variant the means of `NAMES` over the seeds.
    """
    return " ".join(_sentence(variant, row) for variant, row in variants.items())


def _sentence(variant: str, row: dict[str, Any]) -> str:
    found = {name: row[name]["mean"] for name in NAMES}
    where = (
        "among the generated images or below"
        if found["auroc_wrong_above_fake"] < 0.5
        else "nearer to right pairs than the generated images"
    )
    return (
        f"{variant.capitalize()} training: a right label is scored above a wrong one with "
        f"probability {found['auroc_wrong']:.3f} (chance 0.5); {found['real_wrong']:.0%} of "
        f"wrong-label pairs and {found['real_right']:.0%} of right ones are called real; "
        f"wrong-label pairs lie {where} (scored above one with probability "
        f"{found['auroc_wrong_above_fake']:.3f})."
    )


def _table(settings: Settings, numbers: dict[str, Any]) -> Table:
    rows = list(numbers["variants"].items())
    if "matching_minus_plain" in numbers:
        rows.append(("matching minus plain", numbers["matching_minus_plain"]))
    return Table(
        f"Mean over {settings.repeats} seed(s) [95 % interval], N = {numbers['n']} test images",
        ["training", *(name.replace("_", " ") for name in NAMES)],
        [[name, *(_text(row[column]) for column in NAMES)] for name, row in rows],
    )


def _values(seeds: list[dict[str, Any]], name: str) -> list[float]:
    return [seed[name] for seed in seeds]


def _ends(value: dict[str, Any]) -> tuple[float, float, float]:
    return (value["mean"], *value.get("ci95", [value["mean"]] * 2))


def _text(value: dict[str, Any]) -> str:
    if "ci95" not in value:
        return f"{value['mean']:.4g}"
    return "{:.4g} [{:.4g}, {:.4g}]".format(value["mean"], *value["ci95"])
