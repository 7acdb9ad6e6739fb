"""Study 4.3: from one digit to another, in an autoencoder's latents and in a GAN's.

Question: what lies between two digits: does an autoencoder pass through gradual hybrids, and does a
GAN commit to one digit at each step?

Origin: strips of images between two digits. The autoencoder's were gradual hybrids; each image of
the GAN's was one digit or the other. Pictures only, no number.

Here: straight lines and arcs (spherical interpolation) in both latent spaces, between the same
pairs of test images of different classes: the autoencoder encodes them, and for the GAN, which has
no encoder, latent vectors are searched that give them (`inputs.inversion`). Beside them a plain
cross-fade of the two images (`pixels`), and paths between random draws of the GAN's own prior
(`draws`), as the origin's must have been. Along each path the judge's confidence, entropy and
class, the width of the change of class, the evenness and length of the steps in the judge's
features, and the distance to the nearest training image, by pixels and by those features, over that
of test images. Only pairs count whose two ends the judge takes for their digits in the images, the
autoencoder's and the GAN's; where it never does, all pairs. Each over several seeds of both
networks. The autoencoder is the origin's of study 3.1, the GAN is study 3.7's; both are trained
here unless finished runs are given.

No setting was chosen by what the paths show. After a look at the paths of one seed, the claim about
how far the judge's sureness sags between the ends was added, and the GAN's epochs were doubled to
six, because the judge had been unsure of a third of its samples; the other claims stood before.

Command: `tfnets run interpolation --scale full` (about 20 minutes on one core); with
networks of finished runs `--set autoencoder=RUN gan=RUN`.
"""

from typing import Any

import numpy as np

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.methods.autoencoders.adopted import restored_autoencoder
from tfnets.methods.gans.adopted import chosen_generator
from tfnets.methods.gans.quality import Quality
from tfnets.studies.interpolation import page
from tfnets.studies.interpolation.networks import Origins
from tfnets.studies.interpolation.pairs import METHODS, Measure, digit_pairs
from tfnets.studies.interpolation.paths import Subject
from tfnets.studies.interpolation.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Gets both networks of each seed, measures their paths, draws, reports."""
    data = datasets.load(settings.dataset, lab.data_dir).first(
        settings.train_images, settings.test_images
    )
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    _check_sources(run, settings, seeds)
    pairs = digit_pairs(data, settings.pairs, run.config.seed)
    measure = Measure(data)
    real = run.part("real", lambda: measure.real(pairs))
    quality = Quality(data, settings.samples)

    def measured(seed: int) -> dict[str, Any]:
        networks, drawn, sources = Origins(run, settings, seed).networks(data, quality)
        subject = Subject(networks, pairs, measure, real, seed)
        row = run.part(f"paths-{seed}", lambda: _walk(run, settings, subject, data.x_train))
        row["networks"] |= {name: drawn[name] for name in ("frechet", "coverage", "modes")}
        return row | {"sources": sources}

    rows = [measured(seed) for seed in seeds]
    numbers = _numbers(settings, real, rows)
    page.draw(run, settings, rows, numbers)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def _walk(run: Run, settings: Settings, subject: Subject, images: np.ndarray) -> dict[str, Any]:
    """Finds the ends, walks the paths, and keeps strips of the first seed."""
    found = subject.search(settings.candidates, settings.search_steps)
    centre = subject.networks.autoencoder.encode(images).mean(axis=0)
    paths = subject.paths(subject.spaces(found, centre), settings.points)
    row = paths.summary() | {"networks": subject.ends(found)}
    if subject.seed == run.config.seed:
        row["strips"] = paths.strips(run)
    return row


def _check_sources(run: Run, settings: Settings, seeds: range) -> None:
    """Looks into the given runs before anything takes time, unless all is taken over already.

    Raises:
        InputError: A run cannot be used (see `restored_autoencoder`, `adopted_generator`), learned
            from other images, or has fewer seeds than asked for.
    """
    parts = {"autoencoder": f"restore-{settings.variant}", "gan": "adopt-gan"}
    look = {"autoencoder": _restorable, "gan": _adoptable}
    for name, part in parts.items():
        source = getattr(settings, name)
        if not source or all(run.has_part(f"{part}-{seed}") for seed in seeds):
            continue
        found = len({look[name](settings, seed) for seed in seeds})
        if found < len(seeds):
            raise InputError(
                f"The run {source} has {found} seed(s) of what {name} needs, but {len(seeds)} were "
                f"asked for; set repeats={found}."
            )


def _restorable(settings: Settings, seed: int) -> int:
    source, dataset = settings.autoencoder, settings.dataset
    report = restored_autoencoder(source, settings.variant, seed, settings.latent)[1]
    if report["dataset"] != dataset:
        raise InputError(
            f"The autoencoder of {source} was trained on {report['dataset'] or 'unknown data'}, "
            f"not {dataset}; give another run, or set dataset."
        )
    return report["seed"]


def _adoptable(settings: Settings, seed: int) -> str:
    return chosen_generator(settings.gan, settings.dataset, seed).name


def _numbers(
    settings: Settings, real: dict[str, Any], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """metrics.json: means over seeds, with intervals over seeds; `intervals` are over pairs."""
    return {
        "pairs": settings.pairs,
        "points": settings.points,
        "seeds": len(rows),
        "right": [row["right"] for row in rows],
        "real": real,
        "networks": _means([row["networks"] for row in rows]),
        "methods": {m: _means([row["methods"][m] for row in rows]) for m in METHODS},
        "curves": {
            method: {
                name: [sum(at) / len(rows) for at in zip(*columns, strict=True)]
                for name in rows[0]["curves"][method]
                for columns in [[row["curves"][method][name] for row in rows]]
            }
            for method in METHODS
        },
        "differences": {
            pair: _means([row["differences"][pair] for row in rows])
            for pair in rows[0]["differences"]
        },
        "intervals": [row["intervals"] for row in rows],
        "sources": [row["sources"] for row in rows],
    }


def _means(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Mean over seeds of each number, its interval where there are two or more, and each one."""
    found: dict[str, Any] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        found[name] = {"mean": sum(values) / len(values), "each": values}
        if len(values) > 1:
            estimate = metrics.mean_ci95(values)
            found[name]["ci95"] = [estimate.low, estimate.high]
    return found
