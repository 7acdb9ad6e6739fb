"""Figures and claims of study 4.2."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.autoencoders.source import restored_note
from tfnets.methods.gans.curves import all_classes, frechet_curves, point_rows
from tfnets.methods.gans.quality import NUMBERS, Seeds
from tfnets.report.content import Claim, Page
from tfnets.studies.latent_gan import QUESTION, TITLE
from tfnets.studies.latent_gan.settings import COLUMNS, ROWS, Settings

LATENTS = ("frechet", "precision", "recall", "density", "coverage")
"""Numbers of the latents themselves."""


def write(run: Run, settings: Settings, rows: Seeds, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides what the latent GAN reaches, beside what its decoder allows."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [*_mediocre(rows), *_covered(rows), *_better(rows)]
    _tabulate(page, settings, numbers)
    page.figure(
        "samples",
        _samples(run, settings, numbers),
        "The first seed: test images, what each autoencoder makes of them, and below it samples of "
        "the GANs on its latents.",
    )
    page.figure(
        "frechet",
        frechet_curves(numbers),
        "Frechet distance of decoded samples against generator updates; 95 % interval over seeds, "
        "cut off at real.",
    )
    page.note(
        "Real: training images in the samples' place, against the same test images at the same N. "
        "Reconstructed: those training images through encoder and decoder, which is what a perfect "
        "GAN on these latents would draw. The judge has learned from the training images.",
        *(restored_note(variant, row["restored"]) for variant, row in numbers.items()),
    )
    return page.as_json()


def _samples(run: Run, settings: Settings, numbers: dict[str, Any]) -> Figure:
    """Reconstructions and samples of the first seed."""
    first, shown, labels = run.config.seed, [run.load_array("samples/real")], ["real"]
    for variant in settings.variants:
        restored = f"{numbers[variant]['restored']['variant']}, reconstructed"
        if restored not in labels:
            shown.append(run.load_array(f"reconstructed/{variant}-{first}"))
            labels.append(restored)
        end = max(settings.points(variant))
        shown.append(run.load_array(f"samples/{variant}_gan-{first}-epoch{end}"))
        labels += [f"GAN {variant}", *[""] * (ROWS - 1)]
    return figures.image_grid(np.concatenate(shown), columns=COLUMNS, row_labels=labels)


def _mediocre(rows: Seeds) -> list[Claim]:
    if "origin" not in rows:
        return []
    gaps = [
        seed["points"][-1]["frechet"] - seed["reconstructed"]["train"]["frechet"]
        for seed in rows["origin"]
    ]
    return [
        findings.decided(
            "Decoded samples of the origin's GAN are worse than its decoder allows",
            np.array(gaps),
            whose="origin",
            origin="mediocre",
            note="Frechet distance of its samples minus that of reconstructed training images, by "
            "seed",
        )
    ]


def _covered(rows: Seeds) -> list[Claim]:
    modes = {name: [seed["points"][-1]["modes"] for seed in rows[name]] for name in rows}
    text = "Samples of {} cover all ten classes"
    return [all_classes(text.format(name), found) for name, found in modes.items()]


def _better(rows: Seeds) -> list[Claim]:
    if not {"origin", "improved"} <= set(rows):
        return []

    def gain(name: str) -> np.ndarray:
        both = (rows[variant] for variant in ("improved", "origin"))
        return np.subtract(*([seed["points"][-1][name] for seed in seeds] for seeds in both))

    return [
        findings.decided(
            "The improved GAN's samples are nearer to real ones than the origin's",
            -gain("frechet"),
            note="Frechet distance of the origin's minus the improved one's, by seed",
        ),
        findings.decided(
            "The improved GAN's samples cover more of the real ones than the origin's",
            gain("coverage"),
            note="coverage of the improved one's minus the origin's, by seed",
        ),
    ]


def _tabulate(page: Page, settings: Settings, numbers: dict[str, Any]) -> None:
    rows = []
    for variant, row in numbers.items():
        rows += point_rows({variant: row}, NUMBERS)
        for images, values in row["reconstructed"].items():
            title = f"{variant}, {images} images reconstructed"
            rows.append([title, None, None, *(values[name]["mean"] for name in NUMBERS)])
    first = next(iter(numbers.values()))
    rows.append(["real", None, None, *(first[f"{name}_real"] for name in NUMBERS)])
    title = f"Mean over {settings.repeats} seed(s), N = {first['n']} images"
    page.table(title, ["images", "epoch", "updates", *NUMBERS], rows)
    page.table(
        "The latents themselves, against those of test images (distances of one autoencoder "
        "compare with no other's)",
        ["latents", *LATENTS],
        [
            [f"{variant}{label}", *(row["latents"][f"{name}{end}"]["mean"] for name in LATENTS)]
            for variant, row in numbers.items()
            for label, end in ((", generated", ""), (", of training images", "_real"))
        ],
    )
