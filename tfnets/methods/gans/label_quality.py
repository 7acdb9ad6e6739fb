"""How the conditional studies measure a generator: by label and by quality."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.errors import InputError
from tfnets.lab.seeds import estimate
from tfnets.lab.trial import DataStore, Trial
from tfnets.methods.gans import quality
from tfnets.methods.gans.judges import Judge, seen
from tfnets.metrics.sample_quality import Judged

NEIGHBOURS = 5
"""Neighbours that set a radius in the coverage of a class."""


class LabelQuality(Judge):
    """Measures images that were generated for the labels of the test images.

    So generated and real images have the same classes equally often. Real against real is training
    images in the generated ones' place, at the same size.
    """

    def __init__(self, data: ImageData, samples: int, curve_samples: int) -> None:
        """Takes training and test images, and how many a measurement has.

        The final one has `samples`, or all; the brief ones during the training `curve_samples`, at
        most as many. `InputError` where a class has no neighbours among them.
        """
        super().__init__(data, min(samples, len(data.x_train)))
        self._curve = min(curve_samples, self.samples)
        self._other_labels = data.y_train[: self.samples]
        for labels in (self.labels, self._other_labels):
            fewest = np.bincount(labels, minlength=self.classes).min()
            if fewest <= NEIGHBOURS:
                raise InputError(
                    f"Of the first {len(labels)} images a class has only {fewest}, but coverage "
                    f"needs more than {NEIGHBOURS} of each; set samples higher."
                )

    @property
    def curve_labels(self) -> np.ndarray:
        """Labels to generate the images of a brief measurement for."""
        return self.labels[: self._curve]

    @functools.cached_property
    def real(self) -> dict[str, Any]:
        """What real images give.

        `judge` (its agreement on test images), and for training images in the generated ones'
        place `coverage_real` (by class) and `curve_frechet_real` (at the size of the curve's
        points); `n`.
        """
        first = {"features": self.others["features"][: self._curve]}
        return {
            "judge": self.agreement_real,
            "coverage_real": self._coverage(self.others, self._other_labels),
            "curve_frechet_real": self.frechet(first, self._curve),
            "n": self.samples,
        }

    def brief(self, images: np.ndarray) -> dict[str, float | int]:
        """Returns `agreement` and `frechet` of images (n, h, w, c) made for the first n labels."""
        judged, n = self.judged(images), len(images)
        return {
            "agreement": float(np.mean(seen(judged) == self.labels[:n])),
            "frechet": self.frechet(judged, n),
            "n": n,
        }

    def whole(self, images: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
        """Measures images (n, h, w, c) made for `labels`.

        Returns:
            The numbers of `metrics.sample_quality`, `agreement` (see `metrics.label_agreement`) and
            `coverage_per_class`; and the classes (n,) that the judge sees.
        """
        judged = self.judged(images)
        return self.numbers(judged) | {
            "agreement": self.agreement(judged),
            "coverage_per_class": self._coverage(judged, self.labels),
        }, seen(judged)

    def _coverage(self, judged: Judged, labels: np.ndarray) -> list[dict[str, float | int]]:
        return metrics.coverage_per_class(
            self.reference["features"], self.labels, judged["features"], labels, NEIGHBOURS
        )


@functools.lru_cache(maxsize=2)
def of(store: DataStore, settings: Any) -> LabelQuality:
    """The quality of a store's images by `quality.of`'s settings and `curve_samples`, made once."""
    data = store.images(settings.dataset, settings.train_images)
    return LabelQuality(data, settings.samples, settings.curve_samples)


class EveryEpoch(Trial):
    """A training that is measured after each of its settings' `epochs`."""

    @property
    def points(self) -> range:
        """Epochs after which is measured."""
        return range(1, self.settings.epochs + 1)


def over_seeds(seeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`quality.over_seeds` of what `LabelQuality.whole` returned, and `coverage_per_class`."""
    by_class = zip(*(seed["coverage_per_class"] for seed in seeds), strict=True)
    coverage = [estimate([row["coverage"] for row in rows]) for rows in by_class]
    return quality.over_seeds(seeds) | {"coverage_per_class": coverage}


def note(numbers: dict[str, Any]) -> str:
    """A sentence on the judge, for a page with `LabelQuality.real` among its numbers."""
    return (
        "The judge is a classifier that no GAN has seen; it has learned from the training images. "
        f"On the {numbers['n']:,} real test images it agrees with {numbers['judge']['mean']:.2%} "
        "of the labels: more agreement than that means that generated digits are clearer than real "
        "ones."
    )
