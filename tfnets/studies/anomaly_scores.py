"""Scores of how odd an image is, from an autoencoder of normal images, and from scikit-learn."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from tfnets.models.autoencoders import Autoencoder

TITLES = {
    "both": "autoencoder: latents and error",
    "latents": "autoencoder: latents",
    "relative": "autoencoder: error by ink",
    "error": "autoencoder: error",
    "pca": "PCA: error",
    "pca_relative": "PCA: error by ink",
    "isolation_forest": "isolation forest",
}
"""How figures and tables call each score."""

OURS = ("both", "latents", "relative", "error")
BASELINES = ("pca", "pca_relative", "isolation_forest")

NEIGHBOURS = 20
"""Nearest normal images that the latents of an image are compared with."""

KEPT = 10_000
"""Normal images that others are compared with at most."""

TINY = 1e-9
"""Least spread that is divided by."""

FLOOR = 1e-4
"""Mean square of an image below which it counts as without ink."""


@dataclass(frozen=True)
class Scorer:
    """An autoencoder of normal images, and where its codes of them lie.

    Attributes:
        model: The trained autoencoder.
        factor: Local outlier factor of the latents of normal images (Breunig et al. 2000).
        spreads: Standard deviations of `latents` and `relative` over normal images.
    """

    model: Autoencoder
    factor: LocalOutlierFactor
    spreads: tuple[float, float]

    @classmethod
    def fitted(cls, model: Autoencoder, images: np.ndarray) -> "Scorer":
        """Keeps the latents of normal images (n, height, width, channels), n at least 3."""
        latents, _, relative = _codes(model, images[:KEPT])
        # Equal ones have no distance that others could be measured by.
        latents = np.unique(latents, axis=0)
        neighbours = max(1, min(NEIGHBOURS, len(latents) - 1))
        factor = LocalOutlierFactor(n_neighbors=neighbours, novelty=True).fit(latents)
        spreads = (factor.negative_outlier_factor_.std(), relative.std())
        return cls(model, factor, tuple(float(max(one, TINY)) for one in spreads))

    def scores(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Scores (n,) of images by name of `OURS`; the higher, the odder.

        `error` is the mean squared error of the reconstruction, `relative` the same divided by the
        mean square of the image, `latents` how much farther the nearest latents of normal images
        are than those are from each other, and `both` the sum of the last two, each divided by its
        spread: an image is odd where its latents lie apart or its reconstruction fails.
        """
        latents, error, relative = _codes(self.model, images)
        factor = -self.factor.score_samples(latents)
        return {
            "both": factor / self.spreads[0] + relative / self.spreads[1],
            "latents": factor,
            "relative": relative,
            "error": error,
        }


def reconstructions(model: Autoencoder, images: np.ndarray) -> np.ndarray:
    """What the autoencoder makes of images, the same shape."""
    return model.decode(model.encode(images))


def baseline_scores(
    normal: np.ndarray, images: np.ndarray, components: int, trees: int, seed: int
) -> dict[str, np.ndarray]:
    """Scores (n,) of images by name of `BASELINES`; the higher, the odder.

    Args:
        normal: Images to learn from (m, height, width, channels).
        images: Images to score (n, height, width, channels).
        components: Principal components that images are restored from.
        trees: Trees of the isolation forest (Liu et al. 2008), on pixels, otherwise as
            scikit-learn has it.
        seed: Seed of the forest.
    """
    known, asked = (values.reshape(len(values), -1) for values in (normal, images))
    components = min(components, *known.shape)
    pca = PCA(components, svd_solver="covariance_eigh").fit(known)
    restored = pca.inverse_transform(pca.transform(asked))
    forest = IsolationForest(n_estimators=trees, random_state=seed).fit(known)
    error = _error(asked, restored)
    return {
        "pca": error,
        "pca_relative": error / _ink(asked),
        "isolation_forest": -forest.score_samples(asked),
    }


def _codes(model: Autoencoder, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Latents, the error, and the relative error."""
    latents = model.encode(images)
    error = _error(images, model.decode(latents))
    return latents.astype(np.float64), error, error / _ink(images)


def _error(images: np.ndarray, restored: np.ndarray) -> np.ndarray:
    return np.square(images - restored).reshape(len(images), -1).mean(axis=1, dtype=np.float64)


def _ink(images: np.ndarray) -> np.ndarray:
    squares = np.square(images).reshape(len(images), -1)
    return np.maximum(squares.mean(axis=1, dtype=np.float64), FLOOR)
