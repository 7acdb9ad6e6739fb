"""Figures and claims of study 3.4."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.gif import sample_frames
from tfnets.files import inside
from tfnets.lab import findings
from tfnets.methods.gans import quality
from tfnets.methods.gans.curves import label_curves
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.conditional_gan import QUESTION, TITLE
from tfnets.studies.conditional_gan.numbers import (
    LEVELS,
    Rows,
    distance,
    each,
    label_error,
    mean_log,
)
from tfnets.studies.conditional_gan.settings import Settings

ROWS = 3
"""Latent vectors shown per network, each with all digits."""

WANTED = 0.996
"""Label agreement that the best network is to reach."""


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves samples, their animation, the curves of agreement and quality, losses, coverage."""
    first, names = run.config.seed, settings.networks
    epochs = range(1, settings.epochs + 1)
    films = {
        name: np.stack([run.load_array(f"samples/{name}-{first}-epoch{e}") for e in epochs])
        for name in names
    }
    labels = [name if row == 0 else "" for name in names for row in range(ROWS)]
    digits = [str(digit) for digit in range(len(numbers["judge"]["per_class"]))]
    shown = np.concatenate([films[name][-1] for name in names])
    run.save_figure(
        "samples",
        figures.image_grid(shown, columns=10, row_labels=labels, column_labels=digits),
    )
    frames = sample_frames(np.concatenate(list(films.values()), axis=1), 10, row_labels=labels)
    figures.save_gif(frames, inside(run.path, "epochs.gif"), seconds_per_frame=0.6)
    error, distance = label_curves(numbers)
    run.save_figure("agreement", error)
    run.save_figure("frechet", distance)
    _draw_losses(run, names)
    whole = numbers["coverage_real"]
    bars = {
        name: [_ends(row) for row in numbers["networks"][name]["coverage_per_class"]]
        for name in names
    }
    bars["real images"] = [(row["coverage"],) * 3 for row in whole]
    run.save_figure("coverage", figures.bars(digits, bars, ylabel="coverage of the class"))


def _draw_losses(run: Run, names: tuple[str, ...]) -> None:
    panels = {}
    for name in names:
        steps, *losses = run.load_array(f"losses/{name}-{run.config.seed}")
        networks = ("discriminator", "generator")
        panels[name] = {one: (steps, loss) for one, loss in zip(networks, losses, strict=True)}
    figure = figures.curve_panels(panels, xlabel="generator updates", ylabel="loss")
    run.save_figure("losses", figure)


def report(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> Report:
    """Decides whether the digit asked for is drawn and which network converges faster."""
    report = Report("conditional_gan", TITLE, QUESTION)
    report.claims += [_wanted(rows, numbers), *_faster(rows)]
    report.tables += [
        _quality_table(settings, numbers), _speed_table(settings, numbers), _class_table(numbers),
    ]  # fmt: skip
    n, points = numbers["n"], next(iter(numbers["networks"].values()))["curve"][0]["n"]
    report.figure(
        "samples.png",
        "Samples of the first seed: a digit per column, a latent vector per row.",
    )
    report.figure("epochs.gif", "The same after each epoch.")
    report.figure(
        "agreement.png",
        f"Share of {points:,} generated images that the judge takes for another digit than was "
        "asked for; 95 % interval over seeds. Dashed: real test images.",
    )
    report.figure(
        "frechet.png", f"Frechet distance of {points:,} images; 95 % interval, cut off at real."
    )
    report.figure("losses.png", "Losses of the first seed, each point the mean of some steps.")
    report.figure(
        "coverage.png",
        f"Share of each class's real images with a generated one of the class near ({n:,} images "
        "in all, 95 % interval over seeds); beside it, training images in their place.",
    )
    report.notes += [
        "The judge is a classifier that no GAN has seen; it has learned from the training images. "
        f"On the {n:,} real test images it agrees with {numbers['judge']['mean']:.2%} of the "
        "labels: more agreement than that means that generated digits are clearer than real ones.",
        "Agreement of all seeds together has Wilson's interval, which holds for these networks; "
        "the interval over seeds holds for networks of other seeds.",
    ]
    return report


def _wanted(rows: Rows, numbers: dict[str, Any]) -> Claim:
    best = numbers["best"]
    values = np.array(each(rows[best], "agreement"))
    return findings.decided(
        f"The best network's images show the digit that was asked for, in over {WANTED:.1%}",
        values,
        threshold=WANTED,
        note=f"label agreement of {best}, the best by this number, N = {numbers['n']} per seed; "
        f"the judge on real test images: {numbers['judge']['mean']:.4f}",
    )


def _faster(rows: Rows) -> list[Claim]:
    """Simple against complex: the means of the logarithms over the training."""
    if not {"simple", "complex"} <= set(rows):
        return []
    kinds = (
        ("in quality", distance, "Frechet distance"),
        ("in labels", label_error, "label error"),
    )
    return [
        findings.decided(
            f"The complex network converges faster than the simple one {text}",
            np.array([mean_log(seed, of) for seed in rows["simple"]])
            - np.array([mean_log(seed, of) for seed in rows["complex"]]),
            origin="converges faster",
            note=f"mean over the epochs of log10 {what}, simple minus complex, by seed",
        )
        for text, of, what in kinds
    ]


def _quality_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    columns = [*quality.NUMBERS, "frechet_real"]
    return Table(
        f"At the end: mean over {settings.repeats} seed(s), N = {numbers['n']} images",
        ["network", "agreement", "95 % over seeds", "all images, Wilson 95 %", *columns],
        [
            [
                name, row["agreement"]["mean"], _interval(row["agreement"]),
                _interval(row["agreement_pooled"]),
                *(row[c]["mean"] if isinstance(row[c], dict) else row[c] for c in columns),
            ]
            for name, row in numbers["networks"].items()
        ],
    )  # fmt: skip


def _speed_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    """Updates, and 10^9 multiplications, until a level of agreement is reached by every seed."""
    heads = [f"{unit} to {level:.0%}" for level in LEVELS for unit in ("updates", "10^9 mult.")]
    return Table(
        "Convergence, mean over seeds (none: not every seed gets there)",
        ["network", "10^6 mult. per update", *heads, "log10 Frechet", "log10 label error"],
        [
            [
                name, row["multiplications"] / 1e6,
                *(value for level in LEVELS for value in _reached(row, level)),
                row["log_frechet"]["mean"], row["log_error"]["mean"],
            ]
            for name, row in numbers["networks"].items()
        ],
    )  # fmt: skip


def _reached(row: dict[str, Any], level: float) -> tuple[float | None, float | None]:
    updates = row["updates"][str(level)]
    if None in updates:
        return None, None
    mean = float(np.mean(updates))
    return mean, mean * row["multiplications"] / 1e9


def _class_table(numbers: dict[str, Any]) -> Table:
    names = list(numbers["networks"])
    rows = []
    for i, real in enumerate(numbers["coverage_real"]):
        row = [str(real["label"]), numbers["judge"]["per_class"][i]["mean"], real["coverage"]]
        for name in names:
            network = numbers["networks"][name]
            row += [
                network["agreement_pooled"]["per_class"][i]["mean"],
                network["coverage_per_class"][i]["mean"],
            ]
        rows.append(row)
    kinds = ("agreement", "coverage")
    heads = [f"{name}, {kind}" for name in ("real", *names) for kind in kinds]
    return Table("By digit", ["digit", *heads], rows)


def _ends(value: dict[str, Any]) -> tuple[float, float, float]:
    return (value["mean"], *value.get("ci95", [value["mean"]] * 2))


def _interval(value: dict[str, Any]) -> str:
    return "[{:.4f}, {:.4f}]".format(*value["ci95"]) if "ci95" in value else ""
