"""The page of study 6.7."""

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.metrics import mean_ci95
from tfnets.report.content import Claim, Page
from tfnets.studies.gan_against_mcmc import QUESTION, TITLE
from tfnets.studies.gan_against_mcmc.numbers import JUDGES, Compared, accuracies, over_training
from tfnets.studies.gan_against_mcmc.settings import Settings


def write(
    run: Run, settings: Settings, points: list[list[Compared]], floor: list[Compared]
) -> dict[str, Any]:
    """Decides whether the samples can be told apart, tabulates and draws the way there.

    `points` are those of each seed, `floor` of each seed Gibbs samples against others.
    """
    page, along = Page(run, TITLE, QUESTION), over_training(points)
    last = [rows[-1] for rows in points]
    page.claims += claims(points, floor)
    page.table(
        f"Over the training, mean of {len(points)} seed(s)",
        ["step", *(f"accuracy of {text}" for text in JUDGES.values()), "share outside the disc",
         "smallest p of the radius (KS)"],
        [
            [row["step"], *(row[judge]["mean"] for judge in JUDGES), row["outside"], row["radius"]]
            for row in along
        ],
    )  # fmt: skip
    page.table(
        "At the end, each seed against Gibbs samples",
        ["samples", "classifier", "accuracy", "low", "high", "p", "smallest p of KS"],
        [
            [f"{kind}, seed {number}", text, *(row[judge][key] for key in ("accuracy", "low",
             "high", "p_value")), min(row["ks"].values())]
            for kind, found in (("GAN", last), ("other Gibbs samples", floor))
            for number, row in enumerate(found, start=1)
            for judge, text in JUDGES.items()
        ],
    )  # fmt: skip
    page.figure(
        "accuracy",
        _accuracy(along, floor),
        "Share of held-out points whose origin a classifier names, over the training; mean of the "
        f"seeds with its 95 % interval. {settings.samples:,} samples of each kind, half of them "
        "held out. The dashed lines are Gibbs samples against other Gibbs samples.",
    )
    page.figure(
        "samples",
        _samples(run, settings),
        "Points per area, relative to even ones: the averaged generator of the first seed at "
        "points of its training, and Gibbs samples.",
    )
    page.note(
        "An accuracy of 0.5 is a guess. The best that any classifier can reach is 1/2 plus half "
        "the total variation distance of the two distributions.",
        f"The answer depends on the {settings.samples:,} samples of each kind: with fewer, larger "
        "differences go unseen; with more, smaller ones are found.",
        "The intervals of the table at the end are those of one seed's held-out points (Clopper "
        "and Pearson); the claims use the spread over seeds.",
    )
    return page.as_json()


def claims(points: list[list[Compared]], floor: list[Compared]) -> list[Claim]:
    """Whether samples at the end can be told, and more easily than Gibbs samples from others."""
    last = [rows[-1] for rows in points]
    told = [_told(judge, text, last) for judge, text in JUDGES.items()]
    return told + [
        findings.decided(
            f"{text.capitalize()} is right more often on the GAN's than on other Gibbs samples",
            np.subtract(accuracies(last, judge), accuracies(floor, judge)),
            note="difference of the accuracies, paired by seed",
        )
        for judge, text in JUDGES.items()
    ]


def _told(judge: str, text: str, last: list[Compared]) -> Claim:
    """Whether each seed's interval holds 0.5."""
    inside = [row[judge]["low"] <= 0.5 <= row[judge]["high"] for row in last]
    found = accuracies(last, judge)
    claim = findings.agreed(
        f"At the end of training {text} cannot tell the GAN's samples from Gibbs samples",
        inside,
        ours=found[0],
        whose="origin",
        note=f"accuracy on {last[0][judge]['n']:,} held-out points; 0.5 lies inside the 95 % "
        f"interval of {sum(inside)} of {len(inside)} seed(s)",
    )
    if len(found) < 2:
        return claim
    mean = mean_ci95(found)
    return replace(claim, ours=mean.mean, ci95=[mean.low, mean.high])


def _accuracy(along: list[dict[str, Any]], floor: list[Compared]) -> Figure:
    lines, bands, dashed = {}, {}, {}
    steps = [row["step"] for row in along]
    for judge, text in JUDGES.items():
        found = [row[judge] for row in along]
        lines[text] = steps, [one["mean"] for one in found]
        if "ci95" in found[0]:
            bands[text] = tuple(np.clip([one["ci95"] for one in found], 0, 1).T)
        same = f"{text}, Gibbs against Gibbs"
        level = float(np.mean(accuracies(floor, judge)))
        lines[same], dashed[same] = (steps, [level] * len(steps)), text
    return figures.curves(
        lines, xlabel="training step", ylabel="accuracy on held-out points",
        bands=bands, dashed=dashed, reference=(0.5, "guessing"),
    )  # fmt: skip


def _samples(run: Run, settings: Settings) -> Figure:
    seed, epochs = run.config.seed, settings.epochs
    shown = sorted({epochs[0], epochs[len(epochs) // 2], epochs[-1]})
    names = {epoch: f"samples/gan-{seed}-epoch{epoch}" for epoch in shown}
    panels = {f"after {e * settings.steps:,} steps": run.load_array(n) for e, n in names.items()}
    panels["Gibbs"] = run.load_array("gibbs")
    # About twenty points per cell, so that chance does not make the pattern.
    cells = int(np.clip(np.sqrt(len(panels["Gibbs"]) / 11), 8, 60))
    edges = np.linspace(-1.2, 1.2, cells + 1)
    figure = style.new_figure(style.WIDTH, 2.6, images=True)
    axes_row = style.subplots(figure, len(panels))
    for axes, (title, points) in zip(axes_row, panels.items(), strict=True):
        counts = np.histogram2d(*points.T, bins=(edges, edges))[0].T
        even = len(points) * (edges[1] - edges[0]) ** 2 / np.pi
        drawn = axes.imshow(
            np.where(counts > 0, counts / even, np.nan), origin="lower",
            extent=(edges[0], edges[-1]) * 2, vmin=0, vmax=2, cmap="viridis",
        )  # fmt: skip
        turn = np.linspace(0, 2 * np.pi, 200)
        axes.plot(np.cos(turn), np.sin(turn), color=style.colour(1), linewidth=0.8)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(style.RULE)
        axes.set_title(title, fontsize=style.SMALL, color=style.INK)
    bar = figure.colorbar(drawn, ax=axes_row, shrink=0.8, extend="max", location="bottom")
    bar.set_label("points, relative to even ones", fontsize=style.SMALL, color=style.INK)
    bar.ax.tick_params(labelsize=style.SMALL)
    return figure
