"""Figures and claims of study 4.2."""

from typing import Any

import numpy as np

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.lab.seeds import estimate
from tfnets.methods.autoencoders.source import restored_note
from tfnets.methods.gans import quality
from tfnets.methods.gans.curves import frechet_curves
from tfnets.methods.gans.latent import points
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.latent_gan import QUESTION, TITLE
from tfnets.studies.latent_gan.settings import Settings

COLUMNS = 12
ROWS = 3
SHOWN = COLUMNS * ROWS
"""Sample images of each variant in the figure, in rows."""

LATENTS = ("frechet", "precision", "recall", "density", "coverage")
"""Numbers of the latents themselves."""

Rows = dict[str, list[dict[str, Any]]]
"""For each variant, what each seed gave: see `latent_gan.Training.measured`."""


def summary(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over seeds: quality at each point, of reconstructions, and of the latents."""
    first = seeds[0]
    return quality.summary([seed["points"] for seed in seeds]) | {
        "reconstructed": {
            images: {
                name: estimate([seed["reconstructed"][images][name] for seed in seeds])
                for name in quality.NUMBERS
            }
            for images in first["reconstructed"]
        },
        "latents": {
            name: estimate([seed["latents"][name] for seed in seeds]) for name in first["latents"]
        },
        "restored": first["restored"],
        "parameters": {
            network: first[f"{network}_parameters"] for network in ("generator", "discriminator")
        },
    }


def draw(run: Run, settings: Settings, numbers: dict[str, Any], real: np.ndarray) -> None:
    """Saves reconstructions and samples of the first seed, and the distance while training."""
    first, shown, labels = run.config.seed, [real[:COLUMNS]], ["real"]
    for variant in settings.variants:
        last = max(points(settings, variant))
        restored = f"{numbers[variant]['restored']['variant']}, reconstructed"
        if restored not in labels:
            shown.append(run.load_array(f"reconstructed/{variant}-{first}"))
            labels.append(restored)
        shown.append(run.load_array(f"samples/{variant}_gan-{first}-epoch{last}"))
        labels += [f"GAN {variant}", *[""] * (ROWS - 1)]
    grid = figures.image_grid(np.concatenate(shown), columns=COLUMNS, row_labels=labels)
    run.save_figure("samples", grid)
    run.save_figure("frechet", frechet_curves(numbers))


def report(settings: Settings, rows: Rows, numbers: dict[str, Any]) -> Report:
    """Decides what the latent GAN reaches, beside what its decoder allows."""
    report = Report("latent_gan", TITLE, QUESTION)
    report.claims += [*_mediocre(rows), *_covered(rows), *_better(rows)]
    report.tables += [_quality_table(settings, numbers), _latent_table(numbers)]
    report.figure(
        "samples.png",
        "The first seed: test images, what each autoencoder makes of them, and below it samples of "
        "the GANs on its latents.",
    )
    report.figure(
        "frechet.png",
        "Frechet distance of decoded samples against generator updates; 95 % interval over seeds, "
        "cut off at real.",
    )
    report.notes += [
        "Real: training images in the samples' place, against the same test images at the same N. "
        "Reconstructed: those training images through encoder and decoder, which is what a perfect "
        "GAN on these latents would draw. The judge has learned from the training images.",
        *(restored_note(variant, row["restored"]) for variant, row in numbers.items()),
    ]
    return report


def _mediocre(rows: Rows) -> list[Claim]:
    if "origin" not in rows:
        return []
    gaps = [_last(seed)["frechet"] - _allowed(seed)["frechet"] for seed in rows["origin"]]
    return [
        findings.decided(
            "Decoded samples of the origin's GAN are worse than its decoder allows",
            np.array(gaps),
            origin="mediocre",
            note="Frechet distance of its samples minus that of reconstructed training images, by "
            "seed",
        )
    ]


def _covered(rows: Rows) -> list[Claim]:
    return [
        findings.agreed(
            f"Samples of {variant} cover all ten classes",
            [_last(seed)["modes"] == 10 for seed in seeds],
            ours=f"{min(_last(seed)['modes'] for seed in seeds)} of 10 in the worst seed",
            note="a class counts from a tenth of its share in the data; labels by the judge",
        )
        for variant, seeds in rows.items()
    ]


def _better(rows: Rows) -> list[Claim]:
    if not {"origin", "improved"} <= set(rows):
        return []
    ours, theirs = ([_last(seed) for seed in rows[name]] for name in ("improved", "origin"))

    def gain(name: str) -> np.ndarray:
        return np.array([a[name] - b[name] for a, b in zip(ours, theirs, strict=True)])

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


def _last(seed: dict[str, Any]) -> dict[str, Any]:
    return seed["points"][-1]


def _allowed(seed: dict[str, Any]) -> dict[str, Any]:
    return seed["reconstructed"]["train"]


def _quality_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    columns = quality.NUMBERS
    rows = []
    for variant, row in numbers.items():
        rows += [
            [variant, point["epoch"], point["step"], *(point[c] for c in columns)]
            for point in row["points"]
        ]
        rows += [
            [f"{variant}, {images} images reconstructed", None, None]
            + [values[c]["mean"] for c in columns]
            for images, values in row["reconstructed"].items()
        ]
    first = next(iter(numbers.values()))
    rows.append(["real", None, None, *(first[f"{c}_real"] for c in columns)])
    title = f"Mean over {settings.repeats} seed(s), N = {first['n']} images"
    return Table(title, ["images", "epoch", "updates", *columns], rows)


def _latent_table(numbers: dict[str, Any]) -> Table:
    rows = [
        [f"{variant}{label}", *(row["latents"][f"{name}{end}"]["mean"] for name in LATENTS)]
        for variant, row in numbers.items()
        for label, end in ((", generated", ""), (", of training images", "_real"))
    ]
    return Table(
        "The latents themselves, against those of test images (distances of one autoencoder "
        "compare with no other's)",
        ["latents", *LATENTS],
        rows,
    )
