"""The page of study 5.3."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.red_eye import QUESTION, TITLE
from tfnets.studies.red_eye.numbers import KEYS, LEAST, TOLERANCE, Eyewise, nearer, tolerated
from tfnets.studies.red_eye.settings import Settings

TITLES = {  # how figures and tables call each way
    "clean": "clean",
    "flash": "with flash",
    "autoencoder": "autoencoder",
    "autoencoder_there": "autoencoder, where red",
    "context": "context, where red",
    "desaturated": "red taken out",
}

WAYS = ("autoencoder", "autoencoder_there", "context", "desaturated")
CLAIMED = ("autoencoder", "context")
OURS = "context"
PORTRAITS = {"red": "red painted in", "as_it_is": "as it is"}


def write(run: Run, settings: Settings, rows: Eyewise, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides the claims, tabulates every way, shows eyes that the first seed restored."""
    page, ways = Page(run, TITLE, QUESTION), numbers["ways"]
    page.claims += claims(settings, rows, ways)
    heads = ["redness of the pupil", "PSNR inside, dB", "PSNR outside, dB"]
    page.table(
        f"Means over {settings.test_images} eyes and {settings.repeats} seed(s)",
        ["way", *heads, f"share with {LEAST:g} dB outside"],
        [
            [TITLES[name], *(row[key]["mean"] for key in KEYS), row["left_alone"]]
            for name, row in ways.items()
        ],
    )
    page.table(
        "Two eyes of a real portrait; PSNR against the photograph",
        ["photograph", "way", *heads],
        [
            [title, TITLES.get(way, way), *(numbers["portrait"][kind][way][key] for key in KEYS)]
            for kind, title in PORTRAITS.items()
            for way in ("given", *WAYS)
        ],
    )
    page.figure(
        "eyes",
        _eyes(run, rows),
        "Eyes never seen in training, with flash, and what each way makes of them; above each the "
        "redness of its pupil.",
    )
    whiskers = "whiskers are 95 % intervals over eyes."
    figure = _bars(ways, list(ways), {"redness": "pupil"}, "redness of the pupil, 95 % interval")
    page.figure("redness", figure, f"Mean redness of the pupil; {whiskers}")
    sides = {key: f"{key} the pupil" for key in ("inside", "outside")}
    figure = _bars(ways, ["flash", *WAYS], sides, "PSNR (dB), mean and 95 % interval")
    page.figure("psnr", figure, f"Mean PSNR against the clean eye; {whiskers}")
    page.figure(
        "portrait",
        _portrait(run),
        "The eyes of a real portrait with red pupils painted in, and as they are, and what each "
        "way makes of them.",
    )
    page.note(*_notes(numbers))
    return page.as_json()


def claims(settings: Settings, rows: Eyewise, ways: dict[str, Any]) -> list[Claim]:
    """What is claimed of our ways, each decided by an interval over eyes."""
    note = f"over {settings.test_images} eyes, mean over {settings.repeats} seed(s) for each"
    found = []
    for way in CLAIMED:
        outside = Estimate.from_json(ways[way]["outside"])
        falls = f"the pupil's redness falls to within {TOLERANCE:g} of the clean eye's"
        least = f"at least {LEAST:g} dB PSNR outside the pupil"
        excess, psnr = f"{TOLERANCE:g} minus the excess of redness {note}", f"PSNR in dB {note}"
        found += [
            findings.above(f"{TITLES[way]}: {falls}", tolerated(rows, way), note=excess),
            findings.above(f"{TITLES[way]}: {least}", outside, threshold=LEAST, note=psnr),
        ]
    claim = f"{TITLES[OURS]}: the pupil is nearer to the clean one than with its red taken out"
    note = f"difference of PSNR in dB inside the pupil {note}"
    return [*found, findings.above(claim, nearer(rows, OURS, "desaturated"), note=note)]


def _notes(numbers: dict[str, Any]) -> list[str]:
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


def _eyes(run: Run, rows: Eyewise) -> Figure:
    images = np.stack([run.load_array(f"shown-{name}") for name in TITLES], axis=1)
    # Without a sign before what is rounded to 0.
    titles = [
        f"{round(rows[name]['redness'][place], 2) + 0.0:.2f}"
        for place in range(len(images))
        for name in TITLES
    ]
    return figures.image_grid(
        np.clip(images.reshape(-1, *images.shape[2:]), 0, 1),
        columns=len(TITLES),
        titles=titles,
        column_labels=_two_lines(TITLES.values()),
    )


def _bars(ways: dict[str, Any], names: Sequence[str], keys: dict[str, str], ylabel: str) -> Figure:
    groups = {
        title: [Estimate.from_json(ways[name][key]).bar for name in names]
        for key, title in keys.items()
    }
    return figures.bars(_two_lines(TITLES[name] for name in names), groups, ylabel=ylabel)


def _portrait(run: Run) -> Figure:
    images = np.concatenate([run.load_array(f"portrait-{kind}") for kind in PORTRAITS])
    return figures.image_grid(
        np.clip(images.reshape(-1, *images.shape[2:]), 0, 1),
        columns=images.shape[1],
        row_labels=[title for title in PORTRAITS.values() for _ in range(len(images) // 2)],
        column_labels=_two_lines(["given", *(TITLES[name] for name in WAYS)]),
    )


def _two_lines(titles: Iterable[str]) -> list[str]:
    return [title.replace(", ", ",\n") for title in titles]
