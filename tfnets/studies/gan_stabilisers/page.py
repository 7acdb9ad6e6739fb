"""The page of study 3.6."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.toys import TOYS
from tfnets.report.content import Page
from tfnets.studies.gan_stabilisers import QUESTION, TITLE
from tfnets.studies.gan_stabilisers.claims import claims
from tfnets.studies.gan_stabilisers.numbers import FLOOR, Found, measured
from tfnets.studies.gan_stabilisers.settings import Settings
from tfnets.studies.gan_stabilisers.variants import VARIANTS

DRAWN = ("plain", "minimax", "one_sided", "sigmoid", "relu", "gradient_penalty", "r1", "best")
"""The variants whose gradient norms are drawn."""


def write(run: Run, settings: Settings, found: dict[str, Found]) -> dict[str, Any]:
    """Decides the claims, tabulates every variant, draws samples, gradients, modes, diversity."""
    page = Page(run, TITLE, QUESTION)
    for subject, one in found.items():
        page.claims += claims(subject, one, settings.noise_scales)
        _table(page, subject, one)
    page.table("Variants", ["variant", "change"], [[k, v] for k, v in VARIANTS.items()])
    for subject, one in found.items():
        text = f"Samples of the first seed: {subject}."
        page.figure(f"samples_{subject}", _samples(run, subject, one), text)
        text = f"Gradient that reaches the generator, mean over each epoch: {subject}."
        page.figure(f"gradients_{subject}", _gradients(one), text)
    names = [name for name in VARIANTS if any(one.has(name) for one in found.values())]
    series = {subject: [_share(one, name) for name in names] for subject, one in found.items()}
    modes = figures.bars(names, series, ylabel="share of the modes, range over seeds")
    page.figure("modes", modes, "Modes covered; no bar where a variant was not trained.")
    text = "Mean distance between samples when z is scaled."
    page.figure("diversity", _diversity(settings, found), text)
    page.note(
        "A mode counts as covered with a tenth of its even share: of points within three standard "
        "deviations, or of digits by the judge. modes_hit wants one such point (VEEGAN's count).",
        f"Norms of gradients below {FLOOR:g} are drawn and compared as {FLOOR:g}.",
        "collapsed: the epoch in which the watch warned, per seed: fewer than half of the modes, "
        "or samples less than a tenth as far from their nearest neighbour as real ones.",
    )
    return page.as_json()


def _samples(run: Run, subject: str, found: Found) -> Figure:
    made = {
        variant: run.load_array(f"samples/{subject}-{variant}-{run.config.seed}")
        for variant in found.rows
    }
    if subject not in TOYS:
        images, columns = np.clip([*made.values()], 0, 1), len(next(iter(made.values())))
        images = images.reshape(-1, *images.shape[2:])
        return figures.image_grid(images, columns=columns, row_labels=list(made))
    panels = {
        f"{variant}: {found.rows[variant][0]['modes']} of {found.classes}": points
        for variant, points in made.items()
    }
    return figures.clouds(panels, TOYS[subject].centres)


def _among(found: Found, names: Sequence[str]) -> list[str]:
    """Those of the names that were trained; all that were, where none is among them."""
    return [name for name in found.rows if name in names] or list(found.rows)


def _gradients(found: Found) -> Figure:
    drawn = _among(found, DRAWN)
    rows = {name: [r["gradients"] for r in found.rows[name]] for name in drawn}
    means = {name: np.maximum(np.mean(row, axis=0), FLOOR) for name, row in rows.items()}
    lines = {name: (np.arange(1, len(mean) + 1), mean) for name, mean in means.items()}
    ylabel = "norm of the generator's gradient"
    return figures.curves(lines, xlabel="epoch", ylabel=ylabel, logy=True)


def _share(found: Found, variant: str) -> tuple[float, float, float]:
    if not found.has(variant):
        return (0.0, 0.0, 0.0)
    modes = found.values(variant, "modes")  # Whole numbers: the mean of equal ones is exact.
    return tuple(float(value / found.classes) for value in (modes.mean(), modes.min(), modes.max()))


def _diversity(settings: Settings, found: dict[str, Found]) -> Figure:
    lines = {
        f"{subject}, {variant}": (
            settings.noise_scales,
            np.mean([row["diversity"] for row in one.rows[variant]], axis=0)
            / one.ceiling["diversity"],
        )
        for subject, one in found.items()
        for variant in _among(one, ("plain", "best", "uniform"))
    }
    ylabel = "diversity, real = 1"
    return figures.curves(lines, xlabel="factor of z", ylabel=ylabel, reference=(1.0, "real"))


def _table(page: Page, subject: str, found: Found) -> None:
    names = measured(found)
    rows = [["real", "", *(found.ceiling.get(name) for name in names), None, ""]]
    rows += [
        [
            variant,
            ", ".join(str(row["modes"]) for row in seeds),
            *(float(found.values(variant, name).mean()) for name in names),
            max(row["zero_noise"] for row in seeds),
            ", ".join(str(row["collapsed"] or "-") for row in seeds),
        ]
        for variant, seeds in found.rows.items()
    ]
    first = next(iter(found.rows.values()))
    page.table(
        f"{subject}: mean over {len(first)} seed(s), N = {first[0]['n']} samples, "
        f"{first[0]['steps']} steps",
        ["variant", "modes of each seed", *names, "spread at z = 0", "collapsed"],
        rows,
    )
