"""Figures and claims of study 2.2."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.inputs.spectrum import Spectrum, amplitudes, radial_profile
from tfnets.lab import findings
from tfnets.models.trained.networks import Network
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.fourier_prior import QUESTION, TITLE
from tfnets.studies.fourier_prior.settings import Settings

FREQUENCIES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Where the axis of frequencies has marks, in cycles per pixel."""

WANTED = 0.9
"""The probability that the class has to keep under the prior."""

Rows = dict[str, list[dict[str, list[float]]]]
"""Arm -> one row per seed -> measure -> one number per class."""

ACROSS = 5
"""Classes side by side in the figure of images."""

TITLES = {"without": "without prior", "with": "with Fourier prior"}


def values(rows: Rows, arm: str, key: str) -> np.ndarray:
    """A measure of all images of an arm, seed by seed, shape (seeds * classes,)."""
    return np.concatenate([row[key] for row in rows[arm]])


def summary(rows: Rows) -> dict[str, dict]:
    """Means of each arm, and the paired differences without minus with."""
    numbers: dict[str, dict] = {}
    for arm in rows:
        numbers[arm] = {key: _mean(values(rows, arm, key)) for key in rows[arm][0]}
        numbers[arm]["smallest_probability"] = float(values(rows, arm, "probability").min())
    numbers["without_minus_with"] = {
        key: _mean(values(rows, "without", key) - values(rows, "with", key))
        for key in rows["with"][0]
    }
    return numbers


def _mean(found: np.ndarray) -> dict[str, float | list[float] | int]:
    if len(found) > 1:
        return metrics.mean_ci95(found).as_json()
    return {"mean": float(found[0]), "n": 1}


def draw(run: Run, natural: Spectrum, names: list[str], rows: Rows) -> None:
    """Saves the images of the first seed, and the spectra of all."""
    run.save_figure("images", _images(run, names, rows))
    run.save_figure("spectra", _spectra(profiles(run, natural, rows)))


def report(
    settings: Settings, network: Network, names: list[str], rows: Rows, numbers: dict
) -> Report:
    """Decides whether the image becomes more natural and smoother, and keeps its class."""
    report = Report("fourier_prior", TITLE, QUESTION)
    report.claims += _claims(rows)
    report.tables.append(_table(settings, names, rows))
    report.figure(
        "images.png",
        f"What {network.name} wants to see, from the same noise: p is the class's probability; dB "
        "is the log-spectral distance to photographs.",
    )
    report.figure(
        "spectra.png",
        "Fourier amplitude by spatial frequency, averaged over directions, colours and images. "
        f"Exponent of f: photographs {numbers['slopes']['natural']:.2f}, without prior "
        f"{numbers['slopes']['without']:.2f}, with {numbers['slopes']['with']:.2f}.",
    )
    report.notes += [
        f"Natural spectrum: {numbers['natural']['crops']} crops ({settings.natural}); one such "
        f"crop is {numbers['natural']['distance']:.1f} dB from their average.",
        "Distance: root mean square of 20 log10(amplitude / natural amplitude), each octave and "
        "each of light, red - blue and green - magenta alike; 6 dB is a factor of two everywhere.",
        f"The network's weights: {network.source}.",
        *network.notes,
    ]
    return report


def _claims(rows: Rows) -> list[Claim]:
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
            note=f"total variation without divided by with the prior, {images}",
        ),
    ]


def _table(settings: Settings, names: list[str], rows: Rows) -> Table:
    columns = [(key, arm) for key in ("distance", "probability", "logit") for arm in TITLES]
    cells = {column: np.mean([row[column[0]] for row in rows[column[1]]], 0) for column in columns}
    return Table(
        f"Means over {settings.repeats} seed(s)",
        ["class", *(f"{key}, {TITLES[arm]}" for key, arm in columns)],
        [
            [name, *(float(cells[column][place]) for column in columns)]
            for place, name in enumerate(names)
        ],
    )


def _images(run: Run, names: list[str], rows: Rows) -> Figure:
    """Without above with, in blocks of at most `ACROSS` classes."""
    images = {arm: run.load_array(f"{arm}-{run.config.seed}") for arm in TITLES}
    blank = np.ones_like(images["with"][0])
    cells, titles, labels = [], [], []
    for first in range(0, len(names), ACROSS):
        for arm, text in TITLES.items():
            labels.append(text.replace(" ", "\n", 1))
            for place in range(first, first + min(ACROSS, len(names))):
                there = place < len(names)
                cells.append(images[arm][place] if there else blank)
                titles.append(_title(names[place], rows[arm][0], place) if there else "")
    return figures.image_grid(
        np.stack(cells), columns=min(ACROSS, len(names)), titles=titles, row_labels=labels
    )


def _title(name: str, row: dict[str, list[float]], place: int) -> str:
    return f"{name}\np {row['probability'][place]:.2f}, {row['distance'][place]:.1f} dB"


def profiles(run: Run, natural: Spectrum, rows: Rows) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Frequencies and amplitudes of the photographs and of each arm's images, by arm."""
    found = {"natural": radial_profile(natural.amplitude)}
    for arm in rows:
        seeds = range(run.config.seed, run.config.seed + len(rows[arm]))
        arrays = np.concatenate([run.load_array(f"{arm}-{seed}") for seed in seeds])
        found[arm] = radial_profile(amplitudes(arrays).mean(axis=0))
    return found


def slopes(lines: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Exponents s of amplitude ~ f^s, by least squares on logarithms."""
    return {
        name: float(np.polyfit(np.log(frequency), np.log(amplitude), 1)[0])
        for name, (frequency, amplitude) in lines.items()
    }


def _spectra(lines: dict[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
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
