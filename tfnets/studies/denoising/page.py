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
    tried = [m for m in TITLES if any(m in row for row in found.values())]
    for key, title in (("psnr", "PSNR in dB"), ("ssim", "SSIM")):
        means = [
            [TITLES[m], *(row[m][key]["mean"] if m in row else None for row in found.values())]
            for m in tried
        ]
        page.table(f"Mean {title} of {settings.test_images:,} test images", columns, means)
    chosen = [
        [title, *(row.get(name, {}).get("setting") for row in rows.values())]
        for name, title in CLASSIC.items()
    ]
    page.table("Settings of the classic methods, chosen on training images", columns, chosen)
    makes = "and what each method makes of them, with PSNR."
    for name, which in (("noise", "Test images with noise"), ("blur", "Blurred test images")):
        cases = [case for case in settings.cases if bool(case.blur) == (name == "blur")]
        figure = _restored(run, settings, cases, rows)
        page.figure(f"restored_{name}", figure, f"{which} {makes}")
    for key, title, unit in (("psnr", "PSNR", " (dB)"), ("ssim", "SSIM", "")):
        caption = f"Mean {title} by method; whiskers are 95 % intervals over images."
        ylabel = f"{title}{unit}, mean and 95 % interval"
        page.figure(key, _bars(settings, found, key, ylabel), caption)
    page.figure(
        "differences",
        _differences(settings, rows),
        "PSNR of each network (mean over seeds) minus PSNR of the best classic method on the same "
        "images; the line marks no difference.",
    )
    page.note(
        "The classic methods are told the level of the noise and the blur, and have the best "
        "settings of a grid for each case, chosen on training images; the networks are trained "
        "once for all cases and told nothing.",
        "The networks know digits and the classic methods do not: on other pictures the difference "
        "will be smaller, or turn round.",
        f"Intervals are over {settings.test_images:,} test images; a network's number for an image "
        f"is the mean over {settings.repeats} seed(s).",
    )
    return page.as_json()


def claims(settings: Settings, case: Spoiling, row: Restorations) -> list[Claim]:
    """What is claimed of the networks in one case, each decided by differences in pairs."""
    claimed = [  # the network, than what it is claimed to restore better, of which, by how much
        ("unet", "the better of total variation and non-local means", DENOISERS, MARGIN),
        ("unet", "the better of two deblurrers that know the blur", DEBLURRERS, 0.0),
        ("autoencoder", "the best classic method", suited(case), 0.0),
    ]
    names = {"unet": "U-Net", "autoencoder": f"autoencoder with {settings.latent} latents"}
    count = f"difference of PSNR in dB over {settings.test_images} images in pairs"
    return [
        findings.above(
            f"{case.title}: the {names[network]} restores "
            f"{f'at least {least:g} dB ' if least else ''}better than {text}",
            difference(row, network, other := best(row, others)), threshold=least,
            note=f"{count}, against {TITLES[other]}",
        )
        for network, text, others, least in claimed
        if network in settings.networks and set(others) <= set(suited(case))
    ]  # fmt: skip


def _restored(
    run: Run, settings: Settings, cases: Sequence[Spoiling], rows: dict[str, Restorations]
) -> Figure:
    """Several cases with one image each, or one case with several images."""
    clean = run.load_array("samples/clean")
    methods = ["spoilt", *suited(cases[0]), *settings.networks]
    files = [f"{name}-{run.config.seed}" if name in NETWORKS else name for name in methods]
    pairs = [(cases[0], place) for place in range(len(clean))]
    if len(cases) > 1:
        pairs = [(case, i % len(clean)) for i, case in enumerate(cases)]
    images, titles = [], []
    for case, place in pairs:
        restored = (run.load_array(f"{case.name}-{file}")[place] for file in files)
        images += [clean[place], *restored]
        titles += ["", *(f"{rows[case.name][name]['psnr'][place]:.1f} dB" for name in methods)]
    return figures.image_grid(
        np.clip(np.stack(images), 0, 1),
        columns=len(methods) + 1,
        titles=titles,
        row_labels=[case.title for case, _ in pairs] if len(cases) > 1 else None,
        column_labels=["original", *(TITLES[name] for name in methods)],
    )


def _bars(settings: Settings, found: dict[str, Restorations], key: str, ylabel: str) -> Figure:
    groups = {
        title: [Estimate.from_json(row[name][key]).bar for row in found.values()]
        for name, title in TITLES.items()
        if all(name in row for row in found.values())
    }
    return figures.bars([case.title for case in settings.cases], groups, ylabel=ylabel)


def _differences(settings: Settings, rows: dict[str, Restorations]) -> Figure:
    lines = []
    for case in settings.cases:
        row = rows[case.name]
        other = best(row, suited(case))
        for network in settings.networks:
            label = f"{case.title}: {TITLES[network]} minus {TITLES[other]}"
            lines.append((label, difference(row, network, other).bar))
    return figures.intervals(lines, xlabel="difference of PSNR (dB), 95 % interval")
