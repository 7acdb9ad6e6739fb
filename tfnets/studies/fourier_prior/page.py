"""Figures and claims of study 2.2."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.models.trained.networks import Network
from tfnets.report.content import Cells, Claim, Page
from tfnets.studies.fourier_prior import QUESTION, TITLE
from tfnets.studies.fourier_prior.numbers import ArmRows, Lines, profiles, values
from tfnets.studies.fourier_prior.settings import TITLES, Settings

FREQUENCIES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Where the axis of frequencies has marks, in cycles per pixel."""

WANTED = 0.9  # the probability that the class has to keep under the prior
ACROSS = 5  # classes side by side in the figure of images


def write(
    run: Run, settings: Settings, network: Network, names: list[str], rows: ArmRows, numbers: dict
) -> dict[str, Any]:
    """Decides whether the image becomes more natural and smoother, and keeps its class.

    The run folder has the images and the natural spectrum; names are those of the classes.
    """
    page = Page(run, TITLE, QUESTION)
    page.claims += _claims(rows)
    page.table(f"Means over {settings.repeats} seed(s)", *_table(names, rows))
    page.figure(
        "images",
        _images(run, names, rows),
        f"What {network.name} wants to see, from the same noise: p is the class's probability; dB "
        "is the log-spectral distance to photographs.",
    )
    page.figure(
        "spectra",
        _spectra(profiles(run, rows)),
        "Fourier amplitude by spatial frequency, averaged over directions, colours and images. "
        f"Exponent of f: photographs {numbers['slopes']['natural']:.2f}, without prior "
        f"{numbers['slopes']['without']:.2f}, with {numbers['slopes']['with']:.2f}.",
    )
    page.note(
        f"Natural spectrum: {numbers['natural']['crops']} crops ({settings.natural}); one such "
        f"crop is {numbers['natural']['distance']:.1f} dB from their average.",
        "Distance: root mean square of 20 log10(amplitude / natural amplitude), each octave and "
        "each of light, red - blue and green - magenta alike; 6 dB is a factor of two everywhere.",
        f"The network's weights: {network.source}.",
        *network.notes,
    )
    return page.as_json()


def _claims(rows: ArmRows) -> list[Claim]:
    images = "over classes and seeds, in pairs from the same noise"
    chances = values(rows, "with", "probability")
    return [
        findings.decided(
            "The prior brings the image's spectrum nearer to that of photographs",
            values(rows, "without", "distance") - values(rows, "with", "distance"),
            note=f"log-spectral distance in dB without minus with the prior, {images}",
        ),
        findings.agreed(
            f"The class keeps a probability of at least {WANTED:g} with the prior",
            (chances >= WANTED).tolist(),
            ours=float(chances.min()),
            note=f"the smallest of {len(chances)} images",
        ),
        findings.decided(
            "The image becomes smoother",
            values(rows, "without", "variation") / values(rows, "with", "variation"),
            threshold=1.0,
            whose="origin",
            note=f"total variation without divided by with the prior, {images}",
        ),
    ]


def _table(names: list[str], rows: ArmRows) -> Cells:
    columns = [(key, arm) for key in ("distance", "probability", "logit") for arm in TITLES]
    cells = [np.mean([row[key] for row in rows[arm]], 0) for key, arm in columns]
    return (
        ["class", *(f"{key}, {TITLES[arm]}" for key, arm in columns)],
        [[name, *map(float, row)] for name, *row in zip(names, *cells, strict=True)],
    )


def _images(run: Run, names: list[str], rows: ArmRows) -> Figure:
    """Without above with, in blocks of at most `ACROSS` classes."""
    images = {arm: run.load_array(f"{arm}-{run.config.seed}") for arm in TITLES}
    blank, columns = np.ones_like(images["with"][0]), min(ACROSS, len(names))
    cells, titles, labels = [], [], []
    for first in range(0, len(names), ACROSS):
        for arm, text in TITLES.items():
            labels.append(text.replace(" ", "\n", 1))
            for place in range(first, first + columns):
                there = place < len(names)
                cells.append(images[arm][place] if there else blank)
                titles.append(_title(names[place], rows[arm][0], place) if there else "")
    grid = np.stack(cells)
    return figures.image_grid(grid, columns=columns, titles=titles, row_labels=labels)


def _title(name: str, row: dict[str, list[float]], place: int) -> str:
    return f"{name}\np {row['probability'][place]:.2f}, {row['distance'][place]:.1f} dB"


def _spectra(lines: Lines) -> Figure:
    figure = style.new_figure(style.WIDTH, 4.2)
    axes = style.subplots(figure, 1)[0]
    for place, (name, line) in enumerate(lines.items()):
        label = {"natural": "photographs"}.get(name) or TITLES[name]
        axes.loglog(*line, label=label, color=style.colour(place), linewidth=1.7)
    frequency, level = lines["natural"]
    axes.loglog(
        frequency, level[0] * frequency[0] / frequency,
        label="1/f", color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)),
    )  # fmt: skip
    marks = [mark for mark in FREQUENCIES if frequency[0] <= mark <= 0.5]
    axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axes.minorticks_off()
    axes.grid(color=style.RULE, linewidth=0.7)
    style.dress(axes, xlabel="spatial frequency (cycles per pixel)", ylabel="Fourier amplitude")
    style.legend_below(figure, axes.get_lines())
    return figure
