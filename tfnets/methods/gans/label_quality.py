"""How the conditional studies measure a generator: by label and by quality."""

import functools
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.errors import InputError
from tfnets.methods.gans import judges

NEIGHBOURS = 5
"""Neighbours that set a radius in the coverage of a class."""


class LabelQuality:
    """Measures images that were generated for the labels of the test images.

    So generated and real images have the same classes equally often. Real against real is training
    images in the generated ones' place, at the same size.

    Attributes:
        samples: Images on each side of the final measurement.
        asked: Labels (samples,) to generate images for.
        classes: Number of classes.
        judge: Agreement of the judge with the labels of the real test images, as
            `metrics.label_agreement`.
    """

    def __init__(self, data: ImageData, samples: int, curve_samples: int) -> None:
        """Takes the images and how many of them a measurement has.

        Args:
            data: Training and test images.
            samples: Images of the final measurement; fewer where the data set has fewer.
            curve_samples: Images of the brief measurements during the training, at most `samples`.

        Raises:
            InputError: So few images that a class has no neighbours.
        """
        self.samples = min(samples, len(data.x_test), len(data.x_train))
        self.asked, self.classes = data.y_test[: self.samples], len(data.class_names)
        self._curve = min(curve_samples, self.samples)
        self._judge = judges.load(data.name)
        self._others = data.first(self.samples)
        _require_neighbours(self.asked, self._others.y_train, self.classes)
        self._real = self._judged(data.x_test)
        self.judge = metrics.label_agreement(self.asked, _labels(self._real))

    @functools.cached_property
    def real(self) -> dict[str, Any]:
        """What training images give in the generated ones' place.

        `sample` (the numbers ending in `_real`), `coverage_per_class`, and `curve_frechet`, the
        Frechet distance at the size of the curve's points.
        """
        other = self._judged(self._others.x_train)
        features = self._real["features"], other["features"]
        return {
            "sample": metrics.ceiling(self._real, other, self.asked),
            "coverage_per_class": metrics.coverage_per_class(
                features[0], self.asked, features[1], self._others.y_train, NEIGHBOURS
            ),
            "curve_frechet": metrics.frechet_distance(*(x[: self._curve] for x in features)),
        }

    @property
    def curve_asked(self) -> np.ndarray:
        """Labels to generate the images of a brief measurement for."""
        return self.asked[: self._curve]

    def brief(self, images: np.ndarray) -> dict[str, float | int]:
        """Returns `agreement` and `frechet` of images (n, h, w, c) made for `curve_asked`."""
        judged = self._judged(images)
        return {
            "agreement": float(np.mean(_labels(judged) == self.curve_asked)),
            "frechet": metrics.frechet_distance(
                self._real["features"][: self._curve], judged["features"]
            ),
            "n": len(images),
        }

    def whole(self, images: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
        """Measures images (n, h, w, c) made for `asked`.

        Returns:
            The numbers of `metrics.sample_quality`, `agreement` (see `metrics.label_agreement`) and
            `coverage_per_class`; and the judge's labels (n,).
        """
        judged = self._judged(images)
        labels = _labels(judged)
        covered = metrics.coverage_per_class(
            self._real["features"], self.asked, judged["features"], self.asked, NEIGHBOURS
        )
        numbers = metrics.sample_numbers(self._real, judged, self.asked) | self.real["sample"]
        agreement = metrics.label_agreement(self.asked, labels)
        return numbers | {"agreement": agreement, "coverage_per_class": covered}, labels

    def _judged(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return self._judge.predict(images[: self.samples], batch_size=500, verbose=0)


def _labels(judged: dict[str, np.ndarray]) -> np.ndarray:
    return judged["probabilities"].argmax(axis=1)


def _require_neighbours(asked: np.ndarray, others: np.ndarray, classes: int) -> None:
    for labels in (asked, others):
        fewest = np.bincount(labels, minlength=classes).min()
        if fewest <= NEIGHBOURS:
            raise InputError(
                f"Of the first {len(labels)} images a class has only {fewest}, but coverage needs "
                f"more than {NEIGHBOURS} of each; set samples higher."
            )
