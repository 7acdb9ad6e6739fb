"""How the GAN studies measure a generator: samples, judge, numbers, summary over seeds."""

import functools
from typing import Any

import keras
import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.methods.gans import judges


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


class Quality:
    """Measures generated images against test images; the real ones are judged once.

    Real against real is training images in the samples' place, at the same size.
    """

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
        self.samples = min(samples, len(data.x_test), len(data.x_train))
        self._judge = judge or judges.load(data.name)
        self._real = self._judged(data.x_test)
        self._labels = data.y_test[: self.samples]
        seen = len(np.unique(self._labels))
        if seen < len(data.class_names):
            raise InputError(
                f"The first {self.samples} test images show only {seen} of {len(data.class_names)} "
                "classes; set samples higher."
            )
        self._ceiling = metrics.ceiling(self._real, self._judged(data.x_train), self._labels)

    def __call__(self, images: np.ndarray) -> dict[str, Any]:
        """Returns `metrics.sample_quality` of images (n, h, w, c) in [0, 1], n >= `samples`."""
        numbers = metrics.sample_numbers(self._real, self._judged(images), self._labels)
        return numbers | self._ceiling

    def _judged(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return self._judge.predict(images[: self.samples], batch_size=500, verbose=0)


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
            estimate = metrics.mean_ci95(column)
            values[f"{name}_ci95"] = [estimate.low, estimate.high]
        values[f"{name}_real"] = rows[0][f"{name}_real"]
    return values | {"modes_each": [row["modes"] for row in rows], "n": rows[0]["n"]}
