"""Figures and claims of study 6.7."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.metrics import mean_ci95
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.gan_against_mcmc import QUESTION, TITLE
from tfnets.studies.gan_against_mcmc.settings import Settings

JUDGES = {"neighbours": "nearest neighbours", "boosting": "gradient boosting on (x, y, r)"}

Rows = list[dict[str, Any]]


def draw(run: Run, settings: Settings, points: list[Rows], floor: Rows) -> None:
    """Saves the accuracy over the training, and the first seed's samples as densities."""
    run.save_figure("accuracy", _accuracy(points, floor))
    run.save_figure("samples", _samples(run, settings))


def report(settings: Settings, points: list[Rows], floor: Rows) -> Report:
    """Decides whether the samples can be told apart, and tabulates the way there."""
    report = Report("gan_against_mcmc", TITLE, QUESTION)
    last = [rows[-1] for rows in points]
    report.claims += [_told(judge, text, last, settings) for judge, text in JUDGES.items()]
    report.claims += _beside_the_floor(last, floor)
    report.tables += [_over_training(points), _at_the_end(last, floor)]
    report.figure(
        "accuracy.png",
        "Share of held-out points whose origin a classifier names, over the training; mean of the "
        f"seeds with its 95 % interval. {settings.samples:,} samples of each kind, half of them "
        "held out. The dashed lines are Gibbs samples against other Gibbs samples.",
    )
    report.figure(
        "samples.png",
        "Points per area, relative to even ones: the averaged generator of the first seed at "
        "points of its training, and Gibbs samples.",
    )
    report.notes += [
        "An accuracy of 0.5 is a guess. The best that any classifier can reach is 1/2 plus half "
        "the total variation distance of the two distributions.",
        f"The answer depends on the {settings.samples:,} samples of each kind: with fewer, larger "
        "differences go unseen; with more, smaller ones are found.",
        "The intervals of the table at the end are those of one seed's held-out points (Clopper "
        "and Pearson); the claims use the spread over seeds.",
    ]
    return report


def _told(judge: str, text: str, last: Rows, settings: Settings) -> Claim:
    """Whether each seed's interval holds 0.5."""
    inside = [row[judge]["low"] <= 0.5 <= row[judge]["high"] for row in last]
    accuracies = [row[judge]["accuracy"] for row in last]
    claim = f"At the end of training {text} cannot tell the GAN's samples from Gibbs samples"
    note = (
        f"accuracy on {last[0][judge]['n']:,} held-out points; 0.5 lies inside the 95 % interval "
        f"of {sum(inside)} of {len(inside)} seed(s)"
    )
    if len(accuracies) < 2:
        return findings.agreed(claim, inside, ours=accuracies[0], note=note)
    found = mean_ci95(accuracies)
    answer = findings.agreed(claim, inside, ours=found.mean, note=note)
    return Claim(claim, None, found.mean, [found.low, found.high], found.n, answer.verdict, note)


def _beside_the_floor(last: Rows, floor: Rows) -> list[Claim]:
    """How much more often a classifier is right than between Gibbs samples."""
    gaps = {
        judge: np.array(
            [row[judge]["accuracy"] - one[judge]["accuracy"]
             for row, one in zip(last, floor, strict=True)]
        )
        for judge in JUDGES
    }  # fmt: skip
    return [
        findings.decided(
            f"{text.capitalize()} is right more often on the GAN's than on other Gibbs samples",
            gaps[judge],
            note="difference of the accuracies, paired by seed",
        )
        for judge, text in JUDGES.items()
    ]


def _over_training(points: list[Rows]) -> Table:
    rows = []
    for at in zip(*points, strict=True):
        means = [float(np.mean([row[judge]["accuracy"] for row in at])) for judge in JUDGES]
        outside = float(np.mean([row["outside"] for row in at]))
        least = float(min(row["ks"]["radius"] for row in at))
        rows.append([at[0]["step"], *means, outside, least])
    return Table(
        f"Over the training, mean of {len(points)} seed(s)",
        ["step", *(f"accuracy of {text}" for text in JUDGES.values()), "share outside the disc",
         "smallest p of the radius (KS)"],
        rows,
    )  # fmt: skip


def _at_the_end(last: Rows, floor: Rows) -> Table:
    rows = []
    for kind, found in (("GAN", last), ("other Gibbs samples", floor)):
        for number, row in enumerate(found, start=1):
            for judge, text in JUDGES.items():
                one = row[judge]
                rows.append(
                    [f"{kind}, seed {number}", text, one["accuracy"], one["low"], one["high"],
                     one["p_value"], min(row["ks"].values())]
                )  # fmt: skip
    return Table(
        "At the end, each seed against Gibbs samples",
        ["samples", "classifier", "accuracy", "low", "high", "p", "smallest p of KS"],
        rows,
    )


def _accuracy(points: list[Rows], floor: Rows) -> Figure:
    lines, bands, dashed = {}, {}, {}
    steps = [row["step"] for row in points[0]]
    for judge, text in JUDGES.items():
        values = np.array([[row[judge]["accuracy"] for row in rows] for rows in points])
        lines[text] = steps, values.mean(axis=0)
        if len(points) > 1:
            found = [mean_ci95(column) for column in values.T]
            bands[text] = tuple(
                np.clip([getattr(one, end) for one in found], 0, 1) for end in ("low", "high")
            )
        same = f"{text}, Gibbs against Gibbs"
        level = float(np.mean([row[judge]["accuracy"] for row in floor]))
        lines[same], dashed[same] = (steps, [level] * len(steps)), text
    return figures.curves(
        lines, xlabel="training step", ylabel="accuracy on held-out points",
        bands=bands, dashed=dashed, reference=(0.5, "guessing"),
    )  # fmt: skip


def _samples(run: Run, settings: Settings) -> Figure:
    seed, epochs = run.config.seed, settings.epochs
    shown = sorted({epochs[0], epochs[len(epochs) // 2], epochs[-1]})
    panels = {
        f"after {epoch * settings.steps:,} steps": run.load_array(
            f"samples/gan-{seed}-epoch{epoch}"
        )
        for epoch in shown
    }
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
