"""Figures and claims of study 5.2."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.denoisers.spoiling import Case
from tfnets.methods.denoisers.tuned import DEBLURRERS, DENOISERS
from tfnets.methods.denoisers.tuned import TITLES as CLASSIC
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.denoising import QUESTION, TITLE
from tfnets.studies.denoising.settings import Rows, Settings

TITLES = {"spoilt": "as given", **CLASSIC, "autoencoder": "autoencoder", "unet": "U-Net"}
"""How each method is called."""

MARGIN = 2.0
"""By how many dB the U-Net is claimed to restore better."""


def classic(case: Case) -> tuple[str, ...]:
    """The classic methods that a case is given to."""
    return (*DENOISERS, *DEBLURRERS) if case.blur else DENOISERS


def shown(count: int) -> np.ndarray:
    """Indices of the images that figures show."""
    return np.arange(min(4, count))


def numbers(settings: Settings, rows: Rows) -> dict:
    """Means over the test images of each method and case, with 95 % intervals."""
    found = {
        case: {method: _numbers(row, methods["spoilt"]) for method, row in methods.items()}
        for case, methods in rows.items()
    }
    return {"cases": found, "images": settings.test_images, "seeds": settings.repeats}


def _numbers(row: dict, spoilt: dict) -> dict:
    gain = metrics.paired_test(row["psnr"], spoilt["psnr"]).difference
    found = {key: metrics.mean_ci95(row[key]).as_json() for key in ("psnr", "ssim")}
    kept = {key: row[key] for key in ("setting", "by_seed") if key in row}
    return found | {"gain": gain.as_json()} | kept


def draw(run: Run, settings: Settings, clean: np.ndarray, rows: Rows) -> None:
    """Saves restored digits, PSNR and SSIM by method, and paired differences."""
    cases = {case.name: case for case in settings.cases}
    noisy = [case for case in cases.values() if not case.blur]
    blurred = [case for case in cases.values() if case.blur]
    run.save_figure("restored_noise", _restored(run, settings, noisy, clean, rows))
    run.save_figure("restored_blur", _restored(run, settings, blurred, clean, rows))
    run.save_figure("psnr", _bars(cases, rows, "psnr", "PSNR (dB), mean and 95 % interval"))
    run.save_figure("ssim", _bars(cases, rows, "ssim", "SSIM, mean and 95 % interval"))
    run.save_figure("differences", _differences(settings, rows))


def report(settings: Settings, rows: Rows, numbers: dict) -> Report:
    """Decides the claims and tabulates every method."""
    report = Report("denoising", TITLE, QUESTION)
    for case in settings.cases:
        report.claims += _claims(settings, case, rows[case.name])
    report.tables += [_table(settings, numbers, "psnr", "PSNR in dB")]
    report.tables += [_table(settings, numbers, "ssim", "SSIM"), _chosen(settings, rows)]
    report.figure(
        "restored_noise.png",
        "Test images with noise and what each method makes of them, with PSNR.",
    )
    report.figure(
        "restored_blur.png", "Blurred test images and what each method makes of them, with PSNR."
    )
    report.figure("psnr.png", "Mean PSNR by method; whiskers are 95 % intervals over images.")
    report.figure("ssim.png", "Mean SSIM by method; whiskers are 95 % intervals over images.")
    report.figure(
        "differences.png",
        "PSNR of each network (mean over seeds) minus PSNR of the best classic method on the same "
        "images; the line marks no difference.",
    )
    report.notes += [
        "The classic methods are told the level of the noise and the blur, and have the best "
        "settings of a grid for each case, chosen on training images; the networks are trained "
        "once for all cases and told nothing.",
        "The networks know digits and the classic methods do not: on other pictures the difference "
        "will be smaller, or turn round.",
        f"Intervals are over {settings.test_images:,} test images; a network's number for an image "
        f"is the mean over {settings.repeats} seed(s).",
    ]
    return report


def best(row: dict[str, dict], among: tuple[str, ...]) -> str:
    """The method with the highest mean PSNR on the test images."""
    return max(among, key=lambda name: np.mean(row[name]["psnr"]))


def _claims(settings: Settings, case: Case, row: dict[str, dict]) -> list[Claim]:
    def difference(network: str, other: str) -> metrics.Estimate:
        return metrics.paired_test(row[network]["psnr"], row[other]["psnr"]).difference

    claims, denoiser = [], best(row, DENOISERS)
    count = f"difference of PSNR in dB over {settings.test_images} images in pairs"
    if "unet" in settings.networks:
        claims.append(
            findings.above(
                f"{case.title}: the U-Net restores at least {MARGIN:g} dB better than the better "
                "of total variation and non-local means",
                difference("unet", denoiser),
                threshold=MARGIN,
                note=f"{count}, against {TITLES[denoiser]}",
            )
        )
    if "unet" in settings.networks and case.blur:
        deblurrer = best(row, DEBLURRERS)
        claims.append(
            findings.above(
                f"{case.title}: the U-Net restores better than the better of two deblurrers that "
                "know the blur",
                difference("unet", deblurrer),
                note=f"{count}, against {TITLES[deblurrer]}",
            )
        )
    if "autoencoder" in settings.networks:
        claims.append(
            findings.above(
                f"{case.title}: the autoencoder with {settings.latent} latents restores better "
                "than the best classic method",
                difference("autoencoder", best(row, classic(case))),
                note=f"{count}, against {TITLES[best(row, classic(case))]}",
            )
        )
    return claims


def _methods(rows: Rows) -> list[str]:
    return [name for name in TITLES if any(name in row for row in rows.values())]


def _table(settings: Settings, numbers: dict, key: str, title: str) -> Table:
    found = numbers["cases"]

    def cell(case: str, method: str) -> float | None:
        return found[case][method][key]["mean"] if method in found[case] else None

    return Table(
        f"Mean {title} of {settings.test_images:,} test images",
        ["method", *(case.title for case in settings.cases)],
        [[TITLES[m], *(cell(c.name, m) for c in settings.cases)] for m in _methods(found)],
    )


def _chosen(settings: Settings, rows: Rows) -> Table:
    return Table(
        "Settings of the classic methods, chosen on training images",
        ["method", *(case.title for case in settings.cases)],
        [
            [CLASSIC[name], *(rows[c.name].get(name, {}).get("setting") for c in settings.cases)]
            for name in CLASSIC
        ],
    )


def _restored(
    run: Run, settings: Settings, cases: list[Case], clean: np.ndarray, rows: Rows
) -> Figure:
    """Several cases with one image each, or one case with several images."""
    methods = ["spoilt", *classic(cases[0]), *settings.networks]
    places = shown(len(clean))
    pairs = [(cases[0], place) for place in places]
    if len(cases) > 1:
        pairs = [(case, places[i % len(places)]) for i, case in enumerate(cases)]
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


def _kept(run: Run, case: Case, method: str) -> np.ndarray:
    networks = ("autoencoder", "unet")
    name = f"{method}-{run.config.seed}" if method in networks else method
    return run.load_array(f"{case.name}-{name}")


def _bars(cases: dict[str, Case], rows: Rows, key: str, ylabel: str) -> Figure:
    def triple(row: dict[str, dict], name: str) -> tuple[float, float, float]:
        estimate = metrics.mean_ci95(row[name][key])
        return estimate.mean, estimate.low, estimate.high

    methods = [name for name in _methods(rows) if all(name in row for row in rows.values())]
    return figures.bars(
        [cases[name].title for name in rows],
        {TITLES[name]: [triple(row, name) for row in rows.values()] for name in methods},
        ylabel=ylabel,
    )


def _differences(settings: Settings, rows: Rows) -> Figure:
    lines = []
    for case in settings.cases:
        row = rows[case.name]
        other = best(row, classic(case))
        for network in settings.networks:
            found = metrics.paired_test(row[network]["psnr"], row[other]["psnr"]).difference
            label = f"{case.title}: {TITLES[network]} minus {TITLES[other]}"
            lines.append((label, (found.mean, found.low, found.high)))
    return figures.intervals(lines, xlabel="difference of PSNR (dB), 95 % interval")
