"""Numbers, figures and claims of study 3.8."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.prompts import ATTRIBUTES
from tfnets.figures.densities import density_panels
from tfnets.files import inside
from tfnets.lab import findings
from tfnets.lab.seeds import estimate
from tfnets.methods.gans import quality as gan_quality
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.caption_to_digit import QUESTION, TITLE
from tfnets.studies.caption_to_digit.quality import CaptionQuality
from tfnets.studies.caption_to_digit.settings import Settings

PROMPTS = (
    "a thick slanted seven",
    "a thin 7 leaning to the left",
    "a large bold zero",
    "2, thin, upright",
    "a small three slanted right",
    "a light 3 that is straight",
    "number eight, thick",
    "a thin nine tilted left",
    "four",
    "a bold digit slanted right",
)
"""Prompts of the figure; the last leaves the digit open."""

COLUMNS = 6
"""Latent vectors shown per prompt."""

AGREEMENT = 0.98
"""Share of images that are to show the digit that was named."""
CORRELATION = 0.7
"""Rank correlation of asked and measured thickness, and slant, that is to be reached."""

FOLLOWED = ("agreement", *ATTRIBUTES)
UNITS = {"thickness": "stroke width in pixels", "slant": "slant: pixels right per pixel up"}
"""The attributes that have a figure, and what their axis is called."""

Rows = dict[str, list[dict[str, Any]]]
"""For each variant, what each seed gave."""


def numbers(rows: Rows, quality: CaptionQuality) -> dict[str, Any]:
    """Means over seeds with intervals, beside the values of the real test images."""
    return {
        "variants": {name: _variant(seeds) for name, seeds in rows.items()},
        "best": max(rows, key=lambda name: np.mean(_values(rows[name], "agreement"))),
        "real": quality.real,
        "n": quality.samples,
        "n_crossed": len(quality.crossed),
    }


def _variant(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **{name: estimate(_values(seeds, name)) for name in FOLLOWED},
        "agreement_each": [seed["agreement"] for seed in seeds],
        "crossed": {
            name: estimate(_values([seed["crossed"] for seed in seeds], name)) for name in FOLLOWED
        },
        **{key: estimate([seed[key] for seed in seeds]) for key in gan_quality.NUMBERS},
        **{f"{key}_real": seeds[0][f"{key}_real"] for key in gan_quality.NUMBERS},
        "nameless_modes": [seed["nameless"]["modes"] for seed in seeds],
        "curve": [
            _point([seed["curve"][i] for seed in seeds]) for i in range(len(seeds[0]["curve"]))
        ],
    }


def _point(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"epoch": rows[0]["epoch"], "step": rows[0]["step"]} | {
        name: estimate([row[name] for row in rows]) for name in FOLLOWED
    }


def draw(run: Run, settings: Settings, numbers: dict[str, Any], quality: CaptionQuality) -> None:
    """Saves prompts beside samples, their animation, curves, losses, and what was measured."""
    name, first = settings.variants[0], run.config.seed
    films = np.stack(
        [run.load_array(f"samples/{name}-{first}-epoch{e + 1}") for e in range(settings.epochs)]
    )
    grid = figures.image_grid(films[-1], columns=COLUMNS, row_labels=PROMPTS)
    run.save_figure("samples", grid)
    frames = figures.sample_frames(films, COLUMNS, row_labels=PROMPTS)
    figures.save_gif(frames, inside(run.path, "epochs.gif"), seconds_per_frame=0.8)
    _draw_curves(run, numbers)
    _draw_losses(run, settings)
    for place, attribute in enumerate(ATTRIBUTES):
        if attribute in UNITS:
            values = {"test images": quality.measured[attribute]} | {
                variant: run.load_array(f"measured/{variant}-{first}")[place]
                for variant in settings.variants
            }
            run.save_figure(attribute, _densities(attribute, values, quality.asked[attribute]))


def _densities(attribute: str, values: dict[str, np.ndarray], asked: np.ndarray) -> Any:
    """What is measured on images that were asked for each value, one panel per kind of image."""
    panels = {
        title: {
            words[0]: measured[asked == value] for value, words in ATTRIBUTES[attribute].items()
        }
        for title, measured in values.items()
    }
    return density_panels(panels, xlabel=UNITS[attribute], ylabel="share", bins=50, reference=None)


def _draw_curves(run: Run, numbers: dict[str, Any]) -> None:
    panels = {
        title: {
            variant: (
                [point["epoch"] for point in row["curve"]],
                [point[name]["mean"] for point in row["curve"]],
            )
            for variant, row in numbers["variants"].items()
        }
        for name, title in zip(FOLLOWED, ("label agreement", *ATTRIBUTES), strict=True)
    }
    figure = figures.curve_panels(
        panels, xlabel="epoch", ylabel="agreement or rank correlation", columns=4
    )
    run.save_figure("curves", figure)


def _draw_losses(run: Run, settings: Settings) -> None:
    panels = {}
    for name in settings.variants:
        history = [row for row in run.history if row["part"] == f"{name}-{run.config.seed}"]
        epochs = [row["epoch"] for row in history]
        panels[name] = {
            network: (epochs, [row[f"{network}_loss"] for row in history])
            for network in ("discriminator", "generator")
        }
    run.save_figure("losses", figures.curve_panels(panels, xlabel="epoch", ylabel="loss"))


def report(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> Report:
    """Decides whether pictures follow the words, and whether matching-aware training helps."""
    report = Report("caption_to_digit", TITLE, QUESTION)
    report.claims += [*_follows(settings, rows, numbers), *_matching_helps(rows)]
    report.tables += [_followed_table(settings, numbers), _quality_table(settings, numbers)]
    report.figure("samples.png", "The prompt, and a sample for each of six latent vectors.")
    report.figure("epochs.gif", "The same after each epoch.")
    report.figure(
        "curves.png", "Label agreement and rank correlations after each epoch, mean over seeds."
    )
    for name in UNITS:
        report.figure(f"{name}.png", f"Measured {name} of images whose caption asks for a value.")
    report.figure("losses.png", "Losses of the first seed, mean of each epoch.")
    report.notes += [
        "Asked values: thin -1, thick 1; left -1, upright 0, right 1; small -1, large 1. Rank "
        "correlations are over the captions that ask for the attribute, a slant with its side; two "
        "or three asked values cannot correlate perfectly with a continuous measure, so the value "
        "of the real test images with their own captions is the ceiling.",
        "Thresholds of the words are quartiles of the training images; for the size, of those of "
        "the same digit.",
        "The judge is a classifier that no GAN has seen; it has learned from the training images.",
        "Learning rate, width and epochs were chosen on captions of training images and on the "
        "prompts of every combination, with seed 0, after a quick run at half the learning rate, "
        "which was measured on captions of test images, had fallen short.",
    ]
    return report


def _follows(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> list[Claim]:
    """The claims about the first variant."""
    name = settings.variants[0]
    seeds, crossed = rows[name], [seed["crossed"] for seed in rows[name]]
    wilson = ", ".join("[{:.4f}, {:.4f}]".format(*seed["agreement"]["ci95"]) for seed in seeds)
    claims = [
        findings.decided(
            f"Over {AGREEMENT:.0%} of the pictures show the digit that the caption names",
            np.array(_values(seeds, "agreement")), threshold=AGREEMENT,
            note=f"{name}, {seeds[0]['agreement']['n']} captions per seed; real test images: "
            f"{numbers['real']['agreement']['mean']:.4f}; Wilson 95 % of each seed: {wilson}",
        ),
        findings.decided(
            f"Over {AGREEMENT:.0%} do so for every combination of attributes, too",
            np.array(_values(crossed, "agreement")), threshold=AGREEMENT,
            note=f"{name}, {numbers['n_crossed']} prompts per seed",
        ),
    ]  # fmt: skip
    return claims + [
        findings.decided(
            f"Measured {attribute} follows the asked one (rank correlation over {CORRELATION})",
            np.array(_values(seeds, attribute)), threshold=CORRELATION,
            note=f"{name}; real test images: {numbers['real'][attribute]['mean']:.3f}, "
            f"N = {numbers['real'][attribute]['n']} captions per seed",
        )
        for attribute in UNITS
    ]  # fmt: skip


def _matching_helps(rows: Rows) -> list[Claim]:
    """With against without captions that do not fit, paired by seed."""
    if not {"matching", "plain"} <= set(rows):
        return []
    pairs = {
        "Matching-aware training raises the label agreement": "agreement",
        "Matching-aware training makes thickness follow the words more closely": "thickness",
        "Matching-aware training makes slant follow the words more closely": "slant",
    }
    return [
        findings.decided(
            text,
            np.array(_values(rows["matching"], name)) - np.array(_values(rows["plain"], name)),
            note="matching minus plain on the captions of the test images, by seed",
        )
        for text, name in pairs.items()
    ]


def _followed_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    real = numbers["real"]
    rows = [["test images", "their own", *(real[name]["mean"] for name in FOLLOWED), ""]]
    for name, row in numbers["variants"].items():
        modes = ", ".join(map(str, row["nameless_modes"]))
        rows.append([name, "of test images", *(row[key]["mean"] for key in FOLLOWED), modes])
        crossed = row["crossed"]
        rows.append([name, "every combination", *(crossed[key]["mean"] for key in FOLLOWED), ""])
    return Table(
        f"Label agreement and rank correlations, mean over {settings.repeats} seed(s)",
        ["pictures", "captions", *FOLLOWED, "digits drawn where none is named"],
        rows,
    )


def _quality_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    columns = [*gan_quality.NUMBERS, "frechet_real"]
    return Table(
        f"Quality, mean over {settings.repeats} seed(s), N = {numbers['n']} images",
        ["variant", *columns],
        [
            [name, *(row[c]["mean"] if isinstance(row[c], dict) else row[c] for c in columns)]
            for name, row in numbers["variants"].items()
        ],
    )


def _values(seeds: list[dict[str, Any]], name: str) -> list[float]:
    return [seed[name]["mean"] for seed in seeds]
