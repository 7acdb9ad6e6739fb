"""Figures and claims of study 3.2."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.gans import quality as gan_quality
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.gan_priors import QUESTION, TITLE
from tfnets.studies.gan_priors.settings import Settings

SHOWN = 12
"""Sample images per prior in the figure."""

BASE = "uniform"
"""The prior that the others are compared with."""

STEADINESS = ("discriminator_loss_steadiness", "generator_loss_steadiness")
LOSSES = (*STEADINESS, "discriminator_loss_mean", "generator_loss_mean")
COMPARED = ("frechet", "kid", "precision", "recall", "coverage", *STEADINESS)

Repeats = list[dict[str, Any]]
"""What the seeds of one prior gave: the numbers of `LOSSES`, and `points`."""


def summary(repeats: Repeats) -> dict[str, Any]:
    """Means over seeds: quality at each point, steadiness and mean of both losses."""
    quality = gan_quality.summary([row["points"] for row in repeats])
    return quality | {name: _estimate(_values(repeats, name)) for name in LOSSES}


def differences(rows: dict[str, Repeats]) -> dict[str, dict[str, Any]]:
    """For each other prior, its numbers minus those of `BASE`, paired by seed."""
    return {
        prior: {
            name: _estimate(_values(repeats, name) - _values(rows[BASE], name)) for name in COMPARED
        }
        for prior, repeats in rows.items()
        if prior != BASE
    }


def draw(
    run: Run, settings: Settings, numbers: dict[str, Any], compared: dict[str, dict[str, Any]]
) -> None:
    """Saves samples and loss curves of the first seed, and the differences with intervals."""
    first, last = run.config.seed, max(settings.epochs)
    shown = [run.load_array(f"samples/{name}-{first}-epoch{last}") for name in settings.priors]
    grid = figures.image_grid(np.concatenate(shown), columns=SHOWN, row_labels=settings.priors)
    run.save_figure("samples", grid)
    panels = {}
    for name in settings.priors:
        steps, *curves = run.load_array(f"losses/{name}-{first}")
        labels = ("discriminator", "generator")
        panels[name] = {label: (steps, y) for label, y in zip(labels, curves, strict=True)}
    losses = figures.curve_panels(panels, xlabel="generator updates", ylabel="loss", columns=2)
    run.save_figure("losses", losses)
    if settings.repeats == 1 or not compared:
        return
    run.save_figure("frechet", _forest(compared, {"": "frechet"}, "Frechet distance"))
    names = dict(zip(("discriminator", "generator"), STEADINESS, strict=True))
    run.save_figure("steadiness", _forest(compared, names, "jitter of the loss"))


def _forest(compared: dict[str, dict[str, Any]], names: dict[str, str], what: str) -> Figure:
    rows = [
        (f"{prior}, {label}".removesuffix(", "), _ends(values[name]))
        for prior, values in compared.items()
        for label, name in names.items()
    ]
    return figures.intervals(rows, xlabel=f"{what}, difference from {BASE} (95 % interval)")


def report(
    settings: Settings,
    rows: dict[str, Repeats],
    numbers: dict[str, Any],
    compared: dict[str, dict[str, Any]],
) -> Report:
    """Decides the origin's two claims and tabulates quality and steadiness."""
    report = Report("gan_priors", TITLE, QUESTION)
    report.claims += _claims(rows)
    n = numbers[BASE]["n"]
    columns = [*gan_quality.NUMBERS, "frechet_real", "kid_real"]
    report.tables += [
        Table(
            f"Quality, mean over {settings.repeats} seed(s), N = {n} samples",
            ["prior", "epoch", "updates", *columns],
            [
                [name, point["epoch"], point["step"], *(point[c] for c in columns)]
                for name in settings.priors
                for point in numbers[name]["points"]
            ],
        ),
        Table(
            "Losses after the first epoch: standard deviation around the moving mean, and mean",
            ["prior", *(name.replace("_", " ") for name in LOSSES)],
            [[name, *(_text(numbers[name][c]) for c in LOSSES)] for name in settings.priors],
        ),
    ]
    if compared:
        report.tables.append(
            Table(
                f"Difference from {BASE}, paired by seed [95 % interval]",
                ["prior", *(name.replace("_", " ") for name in COMPARED)],
                [[name, *(_text(row[c]) for c in COMPARED)] for name, row in compared.items()],
            )
        )
    if compared and settings.repeats > 1:
        report.figure("frechet.png", f"Frechet distance minus that of {BASE}, paired by seed.")
        report.figure("steadiness.png", f"Jitter of the losses minus that of {BASE}, by seed.")
    report.figure("samples.png", "Samples of the first seed at the end of training.")
    report.figure(
        "losses.png",
        f"Losses of the first seed; each point is the mean over up to {settings.steps_per_point} "
        "steps.",
    )
    report.notes.append(
        f"Steadiness: standard deviation around the moving mean over {settings.window} points, "
        "after the first epoch; smaller is steadier. The mixture's centres and the encoder are "
        "drawn and trained anew for each seed."
    )
    return report


def _claims(rows: dict[str, Repeats]) -> list[Claim]:
    claims = []
    if "mixture" in rows:
        claims += [
            findings.decided(
                f"The mixture's {name.split('_')[0]} loss is steadier than that of {BASE}",
                _values(rows[BASE], name) - _values(rows["mixture"], name),
                origin="a little steadier",
                note=f"standard deviation around the moving mean, {BASE} minus mixture, by seed",
            )
            for name in STEADINESS
        ]
    if "encoded" in rows:
        frechet = _values(rows["encoded"], "frechet") - _values(rows[BASE], "frechet")
        precision = _values(rows[BASE], "precision") - _values(rows["encoded"], "precision")
        claims += [
            findings.decided(
                "Encoded latents give digits that are farther from real ones",
                frechet,
                origin="worse digits",
                note=f"Frechet distance, encoded minus {BASE}, by seed",
            ),
            findings.decided(
                "Encoded latents give fewer digits that look real",
                precision,
                origin="worse digits",
                note=f"precision, {BASE} minus encoded, by seed",
            ),
        ]
    return claims


def _values(repeats: Repeats, name: str) -> np.ndarray:
    """One number of each seed; of quality, at the last point."""
    return np.array([row[name] if name in row else row["points"][-1][name] for row in repeats])


def _estimate(values: np.ndarray) -> dict[str, Any]:
    if len(values) > 1:
        return metrics.mean_ci95(values).as_json()
    return {"mean": float(values[0]), "n": 1}


def _ends(estimate: dict[str, Any]) -> tuple[float, float, float]:
    return (estimate["mean"], *estimate.get("ci95", [estimate["mean"]] * 2))


def _text(estimate: dict[str, Any]) -> str:
    mean, low, high = _ends(estimate)
    return f"{mean:.4g} [{low:.4g}, {high:.4g}]" if "ci95" in estimate else f"{mean:.4g}"
