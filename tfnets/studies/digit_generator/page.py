"""Figures and claims of study 4.4."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.gif import sample_frames
from tfnets.files import inside
from tfnets.lab import findings
from tfnets.methods.autoencoders.source import restored_note
from tfnets.methods.gans import quality
from tfnets.methods.gans.curves import label_curves
from tfnets.methods.gans.latent import points
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.digit_generator import QUESTION, TITLE
from tfnets.studies.digit_generator.numbers import Rows, worst
from tfnets.studies.digit_generator.settings import Settings

ROWS = 10
"""Latent vectors shown, each under all digits."""

FILMED = 3
"""Rows of the GIF."""

WANTED = 0.99
"""Label agreement that every digit is to reach."""


def frames(settings: Settings, variant: str) -> list[int]:
    """Epochs after which a picture of the GIF is made, the last of the training among them."""
    last = max(points(settings, variant))
    count = min(settings.frames, last)
    return sorted({round(last * (i + 1) / count) for i in range(count)})


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves grids, their animation, agreement by digit and while training, coverage by digit."""
    digits = [str(digit) for digit in range(len(numbers["judge"]["per_class"]))]
    for variant in settings.variants:
        _draw_samples(run, settings, variant, digits)
    run.save_figure("missed", _missed(numbers))
    error, distance = label_curves(numbers)
    run.save_figure("errors", error)
    run.save_figure("frechet", distance)
    bars = {
        variant: [_ends(value) for value in row["coverage_per_class"]]
        for variant, row in numbers["networks"].items()
    }
    bars["real images"] = [(row["coverage"],) * 3 for row in numbers["coverage_real"]]
    run.save_figure("coverage", figures.bars(digits, bars, ylabel="coverage of the class"))


def _draw_samples(run: Run, settings: Settings, variant: str, digits: list[str]) -> None:
    epochs = frames(settings, variant)
    part = f"{variant}_gan-{run.config.seed}"
    film = np.stack([run.load_array(f"samples/{part}-epoch{epoch}") for epoch in epochs])
    grid = figures.image_grid(film[-1], columns=len(digits), column_labels=digits)
    run.save_figure(f"digits_{variant}", grid)
    shown = film[:, : FILMED * len(digits)]
    titles = [f"epoch {epoch}" for epoch in epochs]
    pictures = sample_frames(shown, len(digits), titles=titles)
    place = inside(run.path, f"digits_{variant}.gif")
    figures.save_gif(pictures, place, seconds_per_frame=0.5)


def _missed(numbers: dict[str, Any]) -> Figure:
    """Each digit's errors with their interval: the best variant's, and those on real images."""
    best = numbers["best"].removesuffix("_gan")
    kinds = {
        best: numbers["networks"][best]["agreement_pooled"]["per_class"],
        "real images": numbers["judge"]["per_class"],
    }
    rows = [
        (f"{row['label']}, {kind}", _percent_missed(row))
        for pair in zip(*kinds.values(), strict=True)
        for kind, row in zip(kinds, pair, strict=True)
    ]
    return figures.intervals(
        rows, xlabel="judged to be another digit, % of images, 95 % interval",
        reference=100 * (1 - WANTED),
    )  # fmt: skip


def _percent_missed(row: dict[str, Any]) -> tuple[float, float, float]:
    """The share that does not agree, with its interval, in percent."""
    mean, high, low = (100 * (1 - share) for share in (row["mean"], *row["ci95"]))
    return mean, min(low, mean), max(high, mean)


def report(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> Report:
    """Decides whether every digit is drawn as it was asked for."""
    report = Report("digit_generator", TITLE, QUESTION)
    report.claims += [*_every_digit(settings, numbers), *_better(rows)]
    report.tables += [_digit_table(numbers), _quality_table(settings, numbers)]
    for variant in settings.variants:
        caption = f"{variant}, first seed: a digit per column, a latent vector per row"
        report.figure(f"digits_{variant}.png", f"{caption}.")
        report.figure(f"digits_{variant}.gif", f"{caption}, while it trains.")
    report.figure(
        "missed.png",
        "Images that the judge takes for another digit, over all seeds, and real test images that "
        "it takes for another than their label says; Wilson's 95 % interval. Dashed: what every "
        "digit is to stay below.",
    )
    points = next(iter(numbers["networks"].values()))["curve"][0]["n"]
    report.figure(
        "errors.png",
        f"Share of {points:,} generated images that the judge takes for another digit than was "
        "asked for; 95 % interval over seeds. Dashed: real test images.",
    )
    report.figure(
        "frechet.png", f"Frechet distance of {points:,} images; 95 % interval, cut off at real."
    )
    report.figure(
        "coverage.png",
        f"Share of each class's real images with a generated one of the class near "
        f"({numbers['n']:,} images in all, 95 % interval over seeds); beside it, training images "
        "in their place.",
    )
    report.notes += [
        "The judge is a classifier that no GAN has seen; it has learned from the training images. "
        f"On the {numbers['judge']['n']:,} real test images it agrees with "
        f"{numbers['judge']['mean']:.2%} of the labels: more agreement than that means that "
        "generated digits are clearer than real ones.",
        "Wilson's interval over the images of all seeds holds for these networks, and the verdict "
        "by seed for networks of other seeds.",
        *(restored_note(name, row["restored"]) for name, row in numbers["networks"].items()),
        *_exported(numbers),
    ]
    return report


def _exported(numbers: dict[str, Any]) -> list[str]:
    if "export" not in numbers:
        return []
    made = numbers["export"]
    return [
        f"{made['generator']} is in the run folder as a SavedModel, digits/ "
        f"({made['size_bytes']:,} bytes); run in a process without Keras, its pictures differ by "
        f"at most {made['max_abs_difference']:.2g} from the generator's."
    ]


def _every_digit(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    """For each variant: by seed, and the worst digit over the images of all seeds."""
    claims = []
    for variant, row in numbers["networks"].items():
        lowest = min(row["worst_each"], key=lambda one: one["mean"])
        claims.append(
            findings.agreed(
                f"{variant}: every digit is drawn as asked in at least {WANTED:.0%} of "
                f"{settings.per_digit:,} images",
                [one["mean"] >= WANTED for one in row["worst_each"]],
                ours=f"{lowest['mean']:.4f} for the {lowest['label']}, the worst digit of the "
                "worst seed",
                note=f"label agreement, {settings.repeats} seed(s) each with a verdict; the judge "
                f"on real test images: {worst(numbers['judge'])['mean']:.4f} for its worst digit",
            )
        )
        claims.append(
            findings.above(
                f"{variant}: its worst digit, the {row['worst']['label']}, is drawn as asked in "
                f"over {WANTED:.0%}",
                Estimate(row["worst"]["mean"], *row["worst"]["ci95"], row["worst"]["n"]),
                threshold=WANTED,
                note="Wilson's 95 % interval over the images of all seeds; the worst of ten is "
                "chosen by the same images, which makes it look worse than it is",
            )
        )
    return claims


def _better(rows: Rows) -> list[Claim]:
    if not {"origin", "improved"} <= set(rows):
        return []
    pairs = zip(rows["origin"], rows["improved"], strict=True)
    gaps = [theirs["frechet"] - ours["frechet"] for theirs, ours in pairs]
    return [
        findings.decided(
            "The improved GAN's digits are nearer to real ones than those of the origin's GAN",
            np.array(gaps),
            note="Frechet distance of the origin's minus the improved one's, by seed",
        )
    ]


def _digit_table(numbers: dict[str, Any]) -> Table:
    names = list(numbers["networks"])
    rows = []
    for i, real in enumerate(numbers["coverage_real"]):
        row = [str(real["label"]), _share(numbers["judge"]["per_class"][i]), real["coverage"]]
        for name in names:
            network = numbers["networks"][name]
            row += [
                _share(network["agreement_pooled"]["per_class"][i]),
                network["coverage_per_class"][i]["mean"],
            ]
        rows.append(row)
    kinds = ("agreement", "coverage")
    heads = [f"{name}, {kind}" for name in ("real", *names) for kind in kinds]
    counted = numbers["networks"][names[0]]["agreement_pooled"]["per_class"][0]["n"]
    return Table(
        f"By digit: agreement over {counted:,} images of each with Wilson's 95 % interval, "
        "coverage as the mean over seeds",
        ["digit", *heads],
        rows,
    )


def _quality_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    columns = quality.NUMBERS
    networks = numbers["networks"]
    rows = [
        [name, row["agreement"]["mean"], *(row[c]["mean"] for c in columns)]
        for name, row in networks.items()
    ]
    first = next(iter(networks.values()))
    rows.append(["real", numbers["judge"]["mean"], *(first[f"{c}_real"] for c in columns)])
    return Table(
        f"At the end: mean over {settings.repeats} seed(s), N = {numbers['n']} images; real: "
        "agreement on test images, the rest of training images in the samples' place",
        ["images", "agreement", *columns],
        rows,
    )


def _share(row: dict[str, Any]) -> str:
    return "{:.4f} [{:.4f}, {:.4f}]".format(row["mean"], *row["ci95"])


def _ends(value: dict[str, Any]) -> tuple[float, float, float]:
    return (value["mean"], *value.get("ci95", [value["mean"]] * 2))
