"""Figures and claims of study 5.4."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.lab.seeds import estimate
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.gan_denoising import QUESTION, TITLE
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

NUMBERS = {
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "accuracy": "judge's accuracy",
    "frechet": "Frechet distance",
    "spectral": "log-spectral distance (dB)",
}

TERMS = {
    "adversary": "The discriminator",
    "l2": "Staying near the input",
    "spectrum": "The Fourier spectrum",
}


def shown(labels: np.ndarray) -> np.ndarray:
    """Indices of the images that figures show: the first of each class, at most eight."""
    return np.sort(np.unique(labels, return_index=True)[1])[:8]


def numbers(
    settings: Settings, rows: dict[str, list[dict]], real: dict[str, float]
) -> dict[str, Any]:
    """Means over seeds of each method, with their values."""
    methods = {}
    for name, seeds in rows.items():
        values = {key: [one[key] for one in seeds] for key in NUMBERS}
        methods[name] = {key: estimate(each) | {"each": each} for key, each in values.items()}
    return {
        "methods": methods, "real": real, "images": settings.test_images, "seeds": settings.repeats
    }  # fmt: skip


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves restored digits, numbers by method, and spectra."""
    methods = list(numbers["methods"])
    run.save_figure("restored", _restored(run, methods))
    for key in ("psnr", "accuracy", "frechet"):
        run.save_figure(key, _bars(numbers, key))
    run.save_figure("spectra", _spectra(run, methods))


def report(settings: Settings, numbers: dict[str, Any]) -> Report:
    """Decides what each term gives, and tabulates every method."""
    report = Report("gan_denoising", TITLE, QUESTION)
    methods = numbers["methods"]
    if "all" in methods:
        report.claims.append(_gain(settings, methods))
        for term in TERMS:
            if f"no_{term}" in methods:
                report.claims += _term_claims(settings, methods, term)
        if "pairs" in methods:
            report.claims.append(_against_pairs(methods))
    report.tables.append(_table(settings, numbers))
    report.figure("restored.png", "Test digits and what each method makes of them (first seed).")
    report.figure("psnr.png", "Mean PSNR by method, with 95 % intervals over seeds.")
    report.figure("accuracy.png", "Accuracy of the judge on the restored digits.")
    report.figure("frechet.png", "Frechet distance of the restored digits to the clean ones.")
    report.figure(
        "spectra.png", "Mean Fourier amplitude against spatial frequency: clean, noisy, restored."
    )
    real = numbers["real"]
    report.notes += [
        f"Clean test images: judge's accuracy {real['accuracy']:.4f}, log-spectral distance "
        f"{real['spectral']:.2f} dB; Frechet distance of as many training images "
        f"{real['frechet']:.2f}.",
        f"N = {numbers['images']:,} test images with noise of {settings.sigma:g}; the noisy images "
        "are clipped to [0, 1] for their own row and given to the networks unclipped. Intervals "
        f"are over {numbers['seeds']} seed(s).",
    ]
    if not settings.denoiser:
        report.notes.append(
            "The U-Net of study `denoising` was not measured beside it; give its run with --set "
            "denoiser=RUN."
        )
    return report


def _gain(settings: Settings, methods: dict) -> Claim:
    del settings
    gains = np.array(methods["all"]["psnr"]["each"]) - methods["noisy"]["psnr"]["mean"]
    return findings.decided(
        "The GAN's images are nearer to the originals than the noisy ones", gains,
        note="gain of PSNR in dB over the clipped noisy images, over seeds",
    )  # fmt: skip


def _term_claims(settings: Settings, methods: dict, term: str) -> list[Claim]:
    """What a term gives: all terms minus all but this one, in pairs of seeds."""
    del settings

    def gain(key: str) -> np.ndarray:
        return np.subtract(methods["all"][key]["each"], methods[f"no_{term}"][key]["each"])

    return [
        findings.decided(
            f"{TERMS[term]} brings the restored images nearer to the originals", gain("psnr"),
            note="PSNR in dB with the term minus without it, over seeds",
        ),
        findings.decided(
            f"{TERMS[term]} makes the restored images more natural", -gain("frechet"),
            note="Frechet distance without the term minus with it, over seeds",
        ),
    ]  # fmt: skip


def _against_pairs(methods: dict) -> Claim:
    gains = np.subtract(methods["pairs"]["psnr"]["each"], methods["all"]["psnr"]["each"])
    return findings.decided(
        "The same network restores better if it is trained on pairs", gains,
        note="PSNR in dB, pairs minus GAN with all terms, over seeds",
    )  # fmt: skip


def _table(settings: Settings, numbers: dict[str, Any]) -> Table:
    del settings
    rows = [
        [TITLES[name], *(found[key]["mean"] for key in NUMBERS)]
        for name, found in numbers["methods"].items()
    ]
    return Table(
        f"Mean over {numbers['seeds']} seed(s), N = {numbers['images']}",
        ["method", *NUMBERS.values()],
        rows,
    )


def _name(run: Run, method: str) -> str:
    return method if method in ("noisy", "unet") else f"{method}-{run.config.seed}"


def _restored(run: Run, methods: list[str]) -> Figure:
    names = {"original": "clean"} | {TITLES[method]: _name(run, method) for method in methods}
    rows = [run.load_array(f"samples/{name}") for name in names.values()]
    return figures.image_grid(np.concatenate(rows), columns=len(rows[0]), row_labels=list(names))


def _bars(numbers: dict[str, Any], key: str) -> Figure:
    found = {name: row[key] for name, row in numbers["methods"].items()}
    triples = [(row["mean"], *row.get("ci95", [row["mean"]] * 2)) for row in found.values()]
    references = None
    if key in numbers["real"]:
        references = {NUMBERS[key]: [numbers["real"][key]] * len(found)}
    return figures.bars(
        [TITLES[name] for name in found],
        {NUMBERS[key]: triples},
        ylabel=f"{NUMBERS[key]}, 95 % interval",
        references=references,
        reference_label="clean images",
    )


def _spectra(run: Run, methods: list[str]) -> Figure:
    names = {"clean": "clean"} | {TITLES[method]: _name(run, method) for method in methods}
    lines = {title: tuple(run.load_array(f"spectra/{name}")) for title, name in names.items()}
    return figures.curves(
        lines, xlabel="spatial frequency (cycles per pixel)", ylabel="Fourier amplitude", logy=True
    )
