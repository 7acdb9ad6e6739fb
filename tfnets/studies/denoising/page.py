"""The page of study 5.2."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.denoisers.spoiling import Spoiling
from tfnets.methods.denoisers.tuned import DEBLURRERS, DENOISERS, suited
from tfnets.methods.denoisers.tuned import TITLES as CLASSIC
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.denoising import QUESTION, TITLE
from tfnets.studies.denoising.numbers import Restorations, best, difference
from tfnets.studies.denoising.settings import NETWORKS, Settings

TITLES = {"spoilt": "as given", **CLASSIC, "autoencoder": "autoencoder", "unet": "U-Net"}
"""How each method is called."""

MARGIN = 2.0  # by how many dB the U-Net is claimed to restore better


def write(
    run: Run, settings: Settings, rows: dict[str, Restorations], numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides the claims, tabulates every method, shows restored digits of the first seed."""
    page, found = Page(run, TITLE, QUESTION), numbers["cases"]
    for case in settings.cases:
        page.claims += claims(settings, case, rows[case.name])
    columns = ["method", *(case.title for case in settings.cases)]
    for key, title in (("psnr", "PSNR in dB"), ("ssim", "SSIM")):
        page.table(
            f"Mean {title} of {settings.test_images:,} test images",
            columns,
            [
                [TITLES[m], *(row[m][key]["mean"] if m in row else None for row in found.values())]
                for m in TITLES
                if any(m in row for row in found.values())
            ],
        )
    page.table(
        "Settings of the classic methods, chosen on training images",
        columns,
        [
            [title, *(row.get(name, {}).get("setting") for row in rows.values())]
            for name, title in CLASSIC.items()
        ],
    )
    page.figure(
        "restored_noise",
        _restored(run, settings, [case for case in settings.cases if not case.blur], rows),
        "Test images with noise and what each method makes of them, with PSNR.",
    )
    page.figure(
        "restored_blur",
        _restored(run, settings, [case for case in settings.cases if case.blur], rows),
        "Blurred test images and what each method makes of them, with PSNR.",
    )
    for key, title, unit in (("psnr", "PSNR", " (dB)"), ("ssim", "SSIM", "")):
        page.figure(
            key,
            _bars(settings, found, key, f"{title}{unit}, mean and 95 % interval"),
            f"Mean {title} by method; whiskers are 95 % intervals over images.",
        )
    page.figure(
        "differences",
        _differences(settings, rows),
        "PSNR of each network (mean over seeds) minus PSNR of the best classic method on the same "
        "images; the line marks no difference.",
    )
    page.note(
        "The classic methods are told the level of the noise and the blur, and have the best "
        "settings of a grid for each case, chosen on training images; the networks are trained "
        "once for all cases and told nothing."
    )
    page.note(
        "The networks know digits and the classic methods do not: on other pictures the difference "
        "will be smaller, or turn round."
    )
    page.note(
        f"Intervals are over {settings.test_images:,} test images; a network's number for an image "
        f"is the mean over {settings.repeats} seed(s)."
    )
    return page.as_json()


def claims(settings: Settings, case: Spoiling, row: Restorations) -> list[Claim]:
    """What is claimed of the networks in one case, each decided by differences in pairs."""
    denoiser, classic = best(row, DENOISERS), best(row, suited(case))
    claimed = []  # The network, what it is claimed to do, the other method, by how much.
    if "unet" in settings.networks:
        better = (
            f"the U-Net restores at least {MARGIN:g} dB better than the better of total variation "
            "and non-local means"
        )
        claimed.append(("unet", better, denoiser, MARGIN))
    if "unet" in settings.networks and case.blur:
        better = "the U-Net restores better than the better of two deblurrers that know the blur"
        claimed.append(("unet", better, best(row, DEBLURRERS), 0.0))
    if "autoencoder" in settings.networks:
        better = (
            f"the autoencoder with {settings.latent} latents restores better than the best classic "
            "method"
        )
        claimed.append(("autoencoder", better, classic, 0.0))
    count = f"difference of PSNR in dB over {settings.test_images} images in pairs"
    return [
        findings.above(
            f"{case.title}: {text}", difference(row, network, other), threshold=threshold,
            note=f"{count}, against {TITLES[other]}",
        )
        for network, text, other, threshold in claimed
    ]  # fmt: skip


def _restored(
    run: Run, settings: Settings, cases: Sequence[Spoiling], rows: dict[str, Restorations]
) -> Figure:
    """Several cases with one image each, or one case with several images."""
    clean = run.load_array("samples/clean")
    methods = ["spoilt", *suited(cases[0]), *settings.networks]
    pairs = [(cases[0], place) for place in range(len(clean))]
    if len(cases) > 1:
        pairs = [(case, i % len(clean)) for i, case in enumerate(cases)]
    images, titles = [], []
    for case, place in pairs:
        images += [clean[place], *(_kept(run, case, name)[place] for name in methods)]
        titles += ["", *(f"{rows[case.name][name]['psnr'][place]:.1f} dB" for name in methods)]
    labels = [case.title for case, _ in pairs] if len(cases) > 1 else None
    return figures.image_grid(
        np.clip(np.stack(images), 0, 1),
        columns=len(methods) + 1,
        titles=titles,
        row_labels=labels,
        column_labels=["original", *(TITLES[name] for name in methods)],
    )


def _kept(run: Run, case: Spoiling, method: str) -> np.ndarray:
    name = f"{method}-{run.config.seed}" if method in NETWORKS else method
    return run.load_array(f"{case.name}-{name}")


def _bars(settings: Settings, found: dict[str, Restorations], key: str, ylabel: str) -> Figure:
    methods = [name for name in TITLES if all(name in row for row in found.values())]
    return figures.bars(
        [case.title for case in settings.cases],
        {
            TITLES[name]: [Estimate.from_json(row[name][key]).bar for row in found.values()]
            for name in methods
        },
        ylabel=ylabel,
    )


def _differences(settings: Settings, rows: dict[str, Restorations]) -> Figure:
    lines = []
    for case in settings.cases:
        row = rows[case.name]
        other = best(row, suited(case))
        for network in settings.networks:
            label = f"{case.title}: {TITLES[network]} minus {TITLES[other]}"
            lines.append((label, difference(row, network, other).bar))
    return figures.intervals(lines, xlabel="difference of PSNR (dB), 95 % interval")
