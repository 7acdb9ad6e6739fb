"""Figures and claims of study 5.3."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.eyes import Eyes
from tfnets.lab import findings
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.red_eye import QUESTION, TITLE
from tfnets.studies.red_eye.settings import Rows, Settings

TITLES = {
    "clean": "clean",
    "flash": "with flash",
    "autoencoder": "autoencoder",
    "autoencoder_there": "autoencoder, where red",
    "context": "context, where red",
    "desaturated": "red taken out",
}
"""How figures and tables call each way."""

WAYS = ("autoencoder", "autoencoder_there", "context", "desaturated")
CLAIMED = ("autoencoder", "context")
OURS = "context"

TOLERANCE = 0.02
"""By how much the pupil's redness may exceed that of the clean eye."""

LEAST = 30.0
"""PSNR in dB outside the pupil that counts as left alone."""

KEYS = ("redness", "inside", "outside")


def shown(count: int) -> np.ndarray:
    """Indices of the eyes that figures show."""
    return np.arange(min(6, count))


def numbers(settings: Settings, rows: Rows, found: list[dict], portrait: dict) -> dict:
    """Means over the eyes of each way with 95 % intervals, of the detector and the portrait."""
    detector = {
        key: float(np.mean([one["detector"][key] for one in found])) for key in found[0]["detector"]
    }
    clean = np.mean([one["clean_psnr"] for one in found], axis=0)
    return {
        "ways": {name: _way(row) for name, row in rows.items()},
        "detector": detector,
        "clean_eyes": {"psnr": metrics.mean_ci95(clean).as_json()},
        "portrait": portrait,
        "images": settings.test_images,
        "seeds": settings.repeats,
    }


def _way(row: dict[str, list[float]]) -> dict:
    outside = np.array(row["outside"])
    found = {key: metrics.mean_ci95(row[key]).as_json() for key in KEYS}
    return found | {"left_alone": float(np.mean(outside >= LEAST))}


def draw(run: Run, eyes: Eyes, rows: Rows) -> None:
    """Saves restored eyes, redness by way, PSNR inside and outside, and the portrait."""
    run.save_figure("eyes", _eyes(run, eyes, rows))
    run.save_figure("redness", _bars(rows, "redness", "redness of the pupil, 95 % interval"))
    run.save_figure("psnr", _psnr(rows))
    run.save_figure("portrait", _portrait(run))


def report(settings: Settings, rows: Rows, numbers: dict) -> Report:
    """Decides the claims and tabulates every way."""
    report = Report("red_eye", TITLE, QUESTION)
    report.claims += _claims(settings, rows)
    report.tables += [_table(settings, numbers), _portrait_table(numbers["portrait"])]
    report.figure(
        "eyes.png",
        "Eyes never seen in training, with flash, and what each way makes of them; above each the "
        "redness of its pupil.",
    )
    report.figure(
        "redness.png", "Mean redness of the pupil; whiskers are 95 % intervals over eyes."
    )
    report.figure(
        "psnr.png", "Mean PSNR against the clean eye; whiskers are 95 % intervals over eyes."
    )
    report.figure(
        "portrait.png",
        "The eyes of a real portrait with red pupils painted in, and as they are, and what each "
        "way makes of them.",
    )
    report.notes += _notes(numbers)
    return report


def _claims(settings: Settings, rows: Rows) -> list[Claim]:
    note = f"over {settings.test_images} eyes, mean over {settings.repeats} seed(s) for each"
    clean = np.array(rows["clean"]["redness"])
    claims = []
    for way in CLAIMED:
        excess = np.array(rows[way]["redness"]) - clean
        claims.append(
            findings.above(
                f"{TITLES[way]}: the pupil's redness falls to within {TOLERANCE:g} of the clean "
                "eye's",
                metrics.mean_ci95(TOLERANCE - excess),
                note=f"{TOLERANCE:g} minus the excess of redness {note}",
            )
        )
        claims.append(
            findings.above(
                f"{TITLES[way]}: at least {LEAST:g} dB PSNR outside the pupil",
                metrics.mean_ci95(rows[way]["outside"]),
                threshold=LEAST,
                note=f"PSNR in dB {note}",
            )
        )
    better = metrics.paired_test(rows[OURS]["inside"], rows["desaturated"]["inside"]).difference
    claims.append(
        findings.above(
            f"{TITLES[OURS]}: the pupil is nearer to the clean one than with its red taken out",
            better,
            note=f"difference of PSNR in dB inside the pupil {note}",
        )
    )
    return claims


def _table(settings: Settings, numbers: dict) -> Table:
    return Table(
        f"Means over {settings.test_images} eyes and {settings.repeats} seed(s)",
        ["way", "redness of the pupil", "PSNR inside, dB", "PSNR outside, dB",
         f"share with {LEAST:g} dB outside"],
        [
            [TITLES[name], *(row[key]["mean"] for key in KEYS), row["left_alone"]]
            for name, row in numbers["ways"].items()
        ],
    )  # fmt: skip


def _portrait_table(portrait: dict) -> Table:
    titles = {"red": "red painted in", "as_it_is": "as it is"}
    return Table(
        "Two eyes of a real portrait; PSNR against the photograph",
        ["photograph", "way", "redness of the pupil", "PSNR inside, dB", "PSNR outside, dB"],
        [
            [title, TITLES.get(way, "given"), *(portrait[kind][way][key] for key in KEYS)]
            for kind, title in titles.items()
            for way in ("given", *WAYS)
        ],
    )


def _notes(numbers: dict) -> list[str]:
    found, portrait = numbers["detector"], numbers["portrait"]
    red, plain = portrait["red"], portrait["as_it_is"]
    return [
        "Redness is red minus the mean of green and blue. PSNR is counted up to 60 dB, because "
        "some eyes are not changed at all outside the pupil.",
        f"{found['pupil_found']:.1%} of the red pupils' pixels are found, in "
        f"{found['eyes_found']:.1%} of the eyes; of the other pixels, those beside the pupil "
        f"left out, {found['elsewhere']:.2%} are taken for red.",
        f"{found['clean_eyes_changed']:.1%} of the eyes without red are changed somewhere; the "
        f"mean PSNR of all of them is {numbers['clean_eyes']['psnr']['mean']:.1f} dB.",
        f"The portrait with red painted in: {red['pupil_found']:.0%} of the pupils' pixels are "
        f"found, their redness goes from {red['given']['redness']:.2f} to "
        f"{red['context']['redness']:.2f} (unpainted: {plain['given']['redness']:.2f}), and "
        f"{red['changed_outside']:.1%} of the pixels outside are replaced.",
        f"The portrait as it is: {plain['changed_outside']:.1%} of the pixels outside the pupils "
        f"and {plain['pupil_found']:.0%} of those inside are taken for red and replaced. The "
        "networks have seen drawn eyes only.",
    ]


def _eyes(run: Run, eyes: Eyes, rows: Rows) -> Figure:
    places = shown(len(eyes.flash))
    columns = {"clean": eyes.clean[places], "flash": eyes.flash[places]}
    columns |= {name: run.load_array(f"shown-{name}") for name in WAYS}
    images = np.stack(list(columns.values()), axis=1).reshape(-1, *eyes.clean.shape[1:])
    # Without a sign before what is rounded to 0.
    titles = [
        f"{round(rows[name]['redness'][place], 2) + 0.0:.2f}"
        for place in places
        for name in columns
    ]
    return figures.image_grid(
        np.clip(images, 0, 1),
        columns=len(columns),
        titles=titles,
        column_labels=[TITLES[name].replace(", ", ",\n") for name in columns],
    )


def _bars(rows: Rows, key: str, ylabel: str) -> Figure:
    return figures.bars(
        [TITLES[name].replace(", ", ",\n") for name in rows],
        {"pupil": [_triple(row[key]) for row in rows.values()]},
        ylabel=ylabel,
    )


def _psnr(rows: Rows) -> Figure:
    names = ["flash", *WAYS]
    return figures.bars(
        [TITLES[name].replace(", ", ",\n") for name in names],
        {
            f"{key} the pupil": [_triple(rows[name][key]) for name in names]
            for key in ("inside", "outside")
        },
        ylabel="PSNR (dB), mean and 95 % interval",
    )


def _triple(values: list[float]) -> tuple[float, float, float]:
    estimate = metrics.mean_ci95(values)
    return estimate.mean, estimate.low, estimate.high


def _portrait(run: Run) -> Figure:
    kinds = {"red": "red painted in", "as_it_is": "as it is"}
    images = [run.load_array(f"portrait-{kind}") for kind in kinds]
    eyes, columns = images[0].shape[:2]
    return figures.image_grid(
        np.clip(np.concatenate(images).reshape(-1, *images[0].shape[2:]), 0, 1),
        columns=columns,
        row_labels=[title for title in kinds.values() for _ in range(eyes)],
        column_labels=[
            title.replace(", ", ",\n") for title in ("given", *(TITLES[name] for name in WAYS))
        ],
    )
