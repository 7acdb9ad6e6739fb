"""Pairs of digits, the paths between them, and how they are measured (study `interpolation`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tfnets.datasets import ImageData
from tfnets.errors import InputError
from tfnets.latents.paths import linear, spherical
from tfnets.methods.gans.judges import Judge, seen
from tfnets.metrics.distances import nearest_distances
from tfnets.metrics.paths import SURE, nearest_ratio, path_numbers
from tfnets.studies.interpolation.networks import Networks
from tfnets.studies.interpolation.settings import WAYS


@dataclass(frozen=True)
class Pairs:
    """Images (n, height, width, channels) to go between, of different classes: `labels` (n, 2)."""

    first: np.ndarray
    last: np.ndarray
    labels: np.ndarray

    @property
    def images(self) -> np.ndarray:
        """First and last ones in one array (2 n, ...)."""
        return np.concatenate([self.first, self.last])


def digit_pairs(data: ImageData, count: int, seed: int) -> Pairs:
    """Draws pairs of test images of two classes, no image twice; `InputError` for too many."""
    order = np.random.default_rng(seed).permutation(len(data.x_test))
    half = len(order) // 2
    halves = np.stack([order[:half], order[half : 2 * half]])
    labels = data.y_test[halves]
    chosen = np.flatnonzero(labels[0] != labels[1])[:count]
    if len(chosen) < count:
        raise InputError(
            f"Of {len(order)} test images only {len(chosen)} pairs of different classes were "
            f"drawn, not {count}; set pairs lower."
        )
    first, last = halves[:, chosen]
    return Pairs(data.x_test[first], data.x_test[last], labels[:, chosen].T)


@dataclass(frozen=True)
class Ends:
    """Ends of paths: latent vectors (n, dim), and `centre` (dim,), or 0, that arcs turn around."""

    first: np.ndarray
    last: np.ndarray
    centre: np.ndarray | float = 0.0

    def path(self, way: str, places: np.ndarray) -> np.ndarray:
        """Latent vectors (n, m, dim) of the way `linear` or `spherical`."""
        if way == "linear":
            return linear(self.first, self.last, places)
        return spherical(self.first, self.last, places, self.centre)


@dataclass(frozen=True)
class Spaces:
    """Both networks with the `ends` in their latent spaces `autoencoder`, `gan` and `draws`.

    The autoencoder decodes the first space, the GAN draws the other two.
    """

    networks: Networks
    ends: Mapping[str, Ends]

    def paths(self, pairs: Pairs, places: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Each method with its images (n, m, height, width, channels) in [0, 1]."""
        faded = linear(_flat(pairs.first), _flat(pairs.last), places)
        yield "pixels", faded.reshape(*faded.shape[:2], *pairs.first.shape[1:])
        for space, ends in self.ends.items():
            for way in WAYS:
                yield f"{space}_{way}", self._images(space, ends.path(way, places))

    def _images(self, space: str, latents: np.ndarray) -> np.ndarray:
        encoded = space == "autoencoder"
        draw = self.networks.autoencoder.decode if encoded else self.networks.draw
        made = draw(latents.reshape(-1, latents.shape[2]))
        return made.reshape(*latents.shape[:2], *made.shape[1:])


class Measure(Judge):
    """Measures paths of images by a judge, and by the training images."""

    def real(self, pairs: Pairs) -> dict[str, float]:
        """What the paths are compared with: the numbers of the pairs' test images themselves.

        Returns:
            `confidence` and `unsure` of the judge, its `accuracy`, and the mean distance to the
            nearest training image: `pixels` (norm over all pixels) and `features`.
        """
        judged = self.judged(pairs.images)
        right = seen(judged) == pairs.labels.T.ravel()
        return {
            **sureness(judged["probabilities"]),
            "accuracy": float(right.mean()),
            "pixels": float(nearest_distances(_flat(pairs.images), self._pixels).mean()),
            "features": float(nearest_distances(judged["features"], self._features).mean()),
        }

    def path(
        self, images: np.ndarray, judged: dict[str, np.ndarray], real: Mapping[str, float]
    ) -> dict[str, np.ndarray]:
        """Numbers per path: those of `path_numbers`, and distances to the nearest training image.

        `images` (n, m, height, width, channels) have m - 1 a multiple of 4; `judged` and `real` are
        what these methods return.

        Returns:
            Arrays (n,); `nearest_pixels` and `nearest_features` are means over the points at a
            quarter, the middle and three quarters, over that of test images.
        """
        quarter = (images.shape[1] - 1) // 4
        inner = slice(quarter, -1, quarter)
        pixels = images[:, inner].reshape(len(images), 3, -1)
        features = judged["features"][:, inner]
        return {
            **path_numbers(judged["probabilities"], judged["features"]),
            "nearest_pixels": nearest_ratio(pixels, self._pixels, real["pixels"]),
            "nearest_features": nearest_ratio(features, self._features, real["features"]),
        }

    @cached_property
    def _pixels(self) -> np.ndarray:
        return _flat(self._data.x_train)

    @cached_property
    def _features(self) -> np.ndarray:
        return self.judged(self._data.x_train)["features"]


def sureness(probabilities: np.ndarray) -> dict[str, float]:
    """`confidence`, the mean largest probability, and `unsure`, the share below `SURE`."""
    largest = probabilities.max(axis=-1)
    return {"confidence": float(largest.mean()), "unsure": float((largest < SURE).mean())}


def curves(probabilities: np.ndarray) -> dict[str, Any]:
    """The same at each point of the paths (n, m, classes), means over paths."""
    largest = probabilities.max(axis=-1)
    return {
        "confidence": largest.mean(axis=0).tolist(),
        "unsure": (largest < SURE).mean(axis=0).tolist(),
    }


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)
