"""How the GAN studies measure a generator: samples, judge, numbers, summary over seeds."""

import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.errors import InputError
from tfnets.lab.seeds import estimates
from tfnets.lab.trial import DataStore
from tfnets.methods.gans.judges import Judge


@functools.lru_cache(maxsize=2)
def of(store: DataStore, dataset: str, train_images: int, samples: int) -> "Quality":
    """Returns the quality of a data set's images; a process makes it once.

    Args:
        store: Where the images come from.
        dataset: The data set.
        train_images: Training images used.
        samples: Images on each side of a measurement.

    Raises:
        InputError: As `Quality`.
    """
    return Quality(store.images(dataset, train_images), samples)


NUMBERS = ("frechet", "kid", "precision", "recall", "density", "coverage", "modes", "kl")


class Quality(Judge):
    """Measures generated images against test images, beside what training images reach there."""

    def __init__(self, data: ImageData, samples: int, judge: keras.Model | None = None) -> None:
        """Takes the data set and how many images each side of a measurement has.

        Args:
            data: Training and test images.
            samples: Images on each side; fewer where the data set has fewer.
            judge: Model image -> `{"features", "probabilities"}`; None for that of the data set,
                `judges.load(data.name)`.

        Raises:
            InputError: So few images that a class is missing among the real ones.
        """
        super().__init__(data, min(samples, len(data.x_train)), judge)
        shown = len(np.unique(self.labels))
        if shown < self.classes:
            raise InputError(
                f"The first {self.samples} test images show only {shown} of {self.classes} "
                "classes; set samples higher."
            )

    def __call__(self, images: np.ndarray) -> dict[str, Any]:
        """Returns `metrics.sample_quality` of images (n, h, w, c) in [0, 1], n >= `samples`."""
        return self.numbers(self.judged(images[: self.samples]))


def over_seeds(seeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means over seeds of what `Quality` returned.

    Returns:
        `NUMBERS`, each as `lab.seeds.estimate`, and what real images reach, `frechet_real`, ...
    """
    real = (f"{name}_real" for name in NUMBERS)
    return estimates(seeds, NUMBERS) | {name: seeds[0][name] for name in real}


def summary(seeds: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Means over seeds at each point of the training, the last point's on top.

    Args:
        seeds: For each seed its points, each with `epoch`, `step` and `NUMBERS`.

    Returns:
        `frechet`, ... (means at the last point), `frechet_ci95`, ... (where there are two seeds or
        more), `frechet_real`, ..., `modes_each` (per seed), `seeds`, and `points`, a list of the
        same with `epoch` and `step`.
    """
    points = [_point([points[i] for points in seeds]) for i in range(len(seeds[0]))]
    return {key: value for key, value in points[-1].items() if key not in {"epoch", "step"}} | {
        "seeds": len(seeds),
        "points": points,
    }


def _point(rows: list[dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {"epoch": rows[0]["epoch"], "step": rows[0]["step"]}
    for name in NUMBERS:
        column = [row[name] for row in rows]
        values[name] = float(np.mean(column))
        if len(column) > 1:
            values[f"{name}_ci95"] = metrics.mean_ci95(column).ci95
        values[f"{name}_real"] = rows[0][f"{name}_real"]
    return values | {"modes_each": [row["modes"] for row in rows], "n": rows[0]["n"]}
