"""How the GAN studies measure a generator: samples, judge, numbers, summary over seeds."""

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.errors import InputError
from tfnets.lab.seeds import estimates
from tfnets.lab.trial import DataStore, Trial
from tfnets.methods.gans.judges import Judge

Seeds = dict[str, list[dict[str, Any]]]
"""For each variant, what each seed gave."""

NUMBERS = ("frechet", "kid", "precision", "recall", "density", "coverage", "modes", "kl")


class Quality(Judge):
    """Measures generated images against test images, beside what training images reach there."""

    def __init__(self, data: ImageData, samples: int, judge: keras.Model | None = None) -> None:
        """Takes training and test images, and how many of them each side of a measurement has.

        `samples` are fewer where the data set has fewer; the judge is as `Judge` takes it.
        `InputError` where a class is missing among the real ones.
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


@functools.lru_cache(maxsize=2)
def of(store: DataStore, settings: Any) -> Quality:
    """Returns the quality of a store's images; a process makes it once.

    `settings` say the `dataset`, how many `train_images` of it are used, and `samples`.
    """
    return Quality(store.images(settings.dataset, settings.train_images), settings.samples)


class SampledGAN(Trial):
    """A GAN whose samples of the same latents are measured at points of its training.

    Its settings are those that `of` takes, with the points as `epochs`.
    """

    shown: ClassVar[int] = 0
    """Samples of each point that are kept for figures."""

    @property
    def points(self) -> tuple[int, ...]:
        """Epochs after which samples are measured."""
        return self.settings.epochs

    @property
    def judge(self) -> Quality:
        """What measures them."""
        return of(self.store, self.settings)

    def drawn(self, trainer: keras.Model) -> np.ndarray:
        """As many samples (n, h, w, c) in [0, 1] as are measured."""
        return np.clip(trainer.sample(self.judge.samples, self.seed), 0, 1)

    def measure(self, trainer: keras.Model, point: int) -> dict[str, Any]:
        """Measures samples, and keeps some."""
        images = self.drawn(trainer)
        if self.shown:
            self.keep(point, images[: self.shown])
        return self.judge(images) | {"epoch": point, "step": int(trainer.step.numpy())}


def over_seeds(seeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means of `NUMBERS` over seeds, and what real images reach, `frechet_real`, ..."""
    real = (f"{name}_real" for name in NUMBERS)
    return estimates(seeds, NUMBERS) | {name: seeds[0][name] for name in real}


def summary(seeds: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Means over seeds at each point of the training, the last point's on top.

    `seeds` has for each its points, with `epoch`, `step` and `NUMBERS`.

    Returns:
        `frechet`, ... (means at the last point), `frechet_ci95`, ... (where there are two seeds or
        more), `frechet_real`, ..., `modes_each` (per seed), `seeds`, and `points`, a list of the
        same with `epoch` and `step`.
    """
    points = [_point(rows) for rows in zip(*seeds, strict=True)]
    last = {key: value for key, value in points[-1].items() if key not in {"epoch", "step"}}
    return last | {"seeds": len(seeds), "points": points}


def _point(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    values: dict[str, Any] = {"epoch": first["epoch"], "step": first["step"]}
    for name in NUMBERS:
        column = [row[name] for row in rows]
        values[name] = float(np.mean(column))
        if len(column) > 1:
            values[f"{name}_ci95"] = metrics.mean_ci95(column).ci95
        values[f"{name}_real"] = first[f"{name}_real"]
    return values | {"modes_each": [row["modes"] for row in rows], "n": first["n"]}


def each(seeds: Sequence[dict[str, Any]], name: str) -> list[float]:
    """The `mean` of one number of each seed, without its interval."""
    return [seed[name]["mean"] for seed in seeds]
