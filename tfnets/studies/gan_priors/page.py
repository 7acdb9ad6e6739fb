"""The page of study 3.2."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.gans.curves import estimate_table, losses, point_rows
from tfnets.methods.gans.quality import NUMBERS
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.gan_priors import QUESTION, TITLE
from tfnets.studies.gan_priors.numbers import COMPARED, LOSSES, STEADINESS, Seeds, difference
from tfnets.studies.gan_priors.settings import BASE, Settings


def write(
    run: Run, settings: Settings, rows: dict[str, Seeds], numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides the origin's two claims, tabulates quality and steadiness, draws the first seed."""
    page = Page(run, TITLE, QUESTION)
    page.claims += _claims(rows)
    priors, compared = numbers["priors"], numbers["differences"]
    columns = [*NUMBERS, "frechet_real", "kid_real"]
    page.table(
        f"Quality, mean over {settings.repeats} seed(s), N = {priors[BASE]['n']} samples",
        ["prior", "epoch", "updates", *columns],
        point_rows(priors, columns),
    )
    title = "Losses after the first epoch: standard deviation around the moving mean, and mean"
    estimate_table(page, title, "prior", LOSSES, priors)
    if compared:
        title = f"Difference from {BASE}, paired by seed [95 % interval]"
        estimate_table(page, title, "prior", COMPARED, compared)
    if compared and settings.repeats > 1:
        forest = _forest(compared, {"": "frechet"}, "Frechet distance")
        page.figure("frechet", forest, f"Frechet distance minus that of {BASE}, paired by seed.")
        names = dict(zip(("discriminator", "generator"), STEADINESS, strict=True))
        forest = _forest(compared, names, "jitter of the loss")
        page.figure("steadiness", forest, f"Jitter of the losses minus that of {BASE}, by seed.")
    first, last = run.config.seed, max(settings.epochs)
    shown = [run.load_array(f"samples/{name}-{first}-epoch{last}") for name in settings.priors]
    images, columns = np.concatenate(shown), len(shown[0])
    grid = figures.image_grid(images, columns=columns, row_labels=settings.priors)
    page.figure("samples", grid, "Samples of the first seed at the end of training.")
    page.figure(
        "losses",
        losses(run, settings.priors, columns=2),
        f"Losses of the first seed; each point is the mean over up to {settings.steps_per_point} "
        "steps.",
    )
    page.note(
        f"Steadiness: standard deviation around the moving mean over {settings.window} points, "
        "after the first epoch; smaller is steadier. The mixture's centres and the encoder are "
        "drawn and trained anew for each seed."
    )
    return page.as_json()


def _forest(compared: dict[str, dict[str, Any]], names: dict[str, str], what: str) -> Figure:
    rows = [
        (f"{prior}, {label}".removesuffix(", "), Estimate.from_json(values[name]).bar)
        for prior, values in compared.items()
        for label, name in names.items()
    ]
    return figures.intervals(rows, xlabel=f"{what}, difference from {BASE} (95 % interval)")


def _claims(rows: dict[str, Seeds]) -> list[Claim]:
    claims = []
    if "mixture" in rows:
        claims += [
            findings.decided(
                f"The mixture's {name.split('_')[0]} loss is steadier than that of {BASE}",
                difference(rows, name, BASE, "mixture"),
                whose="origin",
                origin="a little steadier",
                note=f"standard deviation around the moving mean, {BASE} minus mixture, by seed",
            )
            for name in STEADINESS
        ]
    if "encoded" in rows:
        claims += [
            findings.decided(
                "Encoded latents give digits that are farther from real ones",
                difference(rows, "frechet", "encoded", BASE),
                whose="origin",
                origin="worse digits",
                note=f"Frechet distance, encoded minus {BASE}, by seed",
            ),
            findings.decided(
                "Encoded latents give fewer digits that look real",
                difference(rows, "precision", BASE, "encoded"),
                whose="origin",
                origin="worse digits",
                note=f"precision, {BASE} minus encoded, by seed",
            ),
        ]
    return claims
