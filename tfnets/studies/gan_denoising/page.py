"""The page of study 5.4."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.gan_denoising import QUESTION, TITLE
from tfnets.studies.gan_denoising.numbers import NUMBERS
from tfnets.studies.gan_denoising.settings import Settings

TITLES = {
    "noisy": "noisy",
    "all": "all terms",
    "no_adversary": "no adversary",
    "no_l2": "no L2",
    "no_spectrum": "no spectrum",
    "pairs": "trained on pairs",
    "unet": "U-Net of `denoising`",
}

TERMS = {
    "adversary": "The discriminator",
    "l2": "Staying near the input",
    "spectrum": "The Fourier spectrum",
}


def write(run: Run, settings: Settings, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides what each term gives, tabulates every method, draws digits, numbers and spectra."""
    page, methods, real = Page(run, TITLE, QUESTION), numbers["methods"], numbers["real"]
    page.claims += claims(methods)
    page.table(
        f"Mean over {numbers['seeds']} seed(s), N = {numbers['images']}",
        ["method", *NUMBERS.values()],
        [[TITLES[m], *(found[key]["mean"] for key in NUMBERS)] for m, found in methods.items()],
    )
    first = run.config.seed
    names = {"original": "clean"} | {
        TITLES[m]: m if m in ("noisy", "unet") else f"{m}-{first}" for m in methods
    }
    rows = [run.load_array(f"samples/{name}") for name in names.values()]
    restored = figures.image_grid(
        np.concatenate(rows), columns=len(rows[0]), row_labels=list(names)
    )
    text = "Test digits and what each method makes of them (first seed)."
    page.figure("restored", restored, text)
    for key, caption in {
        "psnr": "Mean PSNR by method, with 95 % intervals over seeds.",
        "accuracy": "Accuracy of the judge on the restored digits.",
        "frechet": "Frechet distance of the restored digits to the clean ones.",
    }.items():
        page.figure(key, _bars(numbers, key), caption)
    names = {"clean": names.pop("original")} | names
    lines = {title: tuple(run.load_array(f"spectra/{name}")) for title, name in names.items()}
    frequency = "spatial frequency (cycles per pixel)"
    spectra = figures.curves(lines, xlabel=frequency, ylabel="Fourier amplitude", logy=True)
    text = "Mean Fourier amplitude against spatial frequency: clean, noisy, restored."
    page.figure("spectra", spectra, text)
    page.note(
        f"Clean test images: judge's accuracy {real['accuracy']:.4f}, log-spectral distance "
        f"{real['spectral']:.2f} dB; Frechet distance of as many training images "
        f"{real['frechet']:.2f}.",
        f"N = {numbers['images']:,} test images with noise of {settings.sigma:g}; the noisy images "
        "are clipped to [0, 1] for their own row and given to the networks unclipped. Intervals "
        f"are over {numbers['seeds']} seed(s).",
    )
    if not settings.denoiser:
        page.note(
            "The U-Net of study `denoising` was not measured beside it; give its run with --set "
            "denoiser=RUN."
        )
    return page.as_json()


def claims(methods: dict[str, Any]) -> list[Claim]:
    """What the GAN and each of its terms give, in pairs of seeds."""
    if "all" not in methods:
        return []

    def gain(better: str, worse: str, key: str) -> np.ndarray:
        return np.subtract(methods[better][key]["each"], methods[worse][key]["each"])

    decided = [
        findings.decided(
            "The GAN's images are nearer to the originals than the noisy ones",
            gain("all", "noisy", "psnr"),
            whose="origin",
            note="gain of PSNR in dB over the clipped noisy images, over seeds",
        )
    ]
    for term, text in TERMS.items():
        if f"no_{term}" in methods:
            decided += [
                findings.decided(
                    f"{text} brings the restored images nearer to the originals",
                    gain("all", f"no_{term}", "psnr"),
                    note="PSNR in dB with the term minus without it, over seeds",
                ),
                findings.decided(
                    f"{text} makes the restored images more natural",
                    gain(f"no_{term}", "all", "frechet"),
                    note="Frechet distance without the term minus with it, over seeds",
                ),
            ]
    if "pairs" in methods:
        decided.append(
            findings.decided(
                "The same network restores better if it is trained on pairs",
                gain("pairs", "all", "psnr"),
                note="PSNR in dB, pairs minus GAN with all terms, over seeds",
            )
        )
    return decided


def _bars(numbers: dict[str, Any], key: str) -> Figure:
    found = {name: row[key] for name, row in numbers["methods"].items()}
    real = numbers["real"].get(key)
    return figures.bars(
        [TITLES[name] for name in found],
        {NUMBERS[key]: [Estimate.from_json(row).bar for row in found.values()]},
        ylabel=f"{NUMBERS[key]}, 95 % interval",
        references=None if real is None else {NUMBERS[key]: [real] * len(found)},
        reference_label="clean images",
    )
