"""Scores of how odd an image is, from an autoencoder of normal images, and from scikit-learn."""

import math
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import cosine_adam
from tfnets.methods.labels.representation import Fit
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.dense_autoencoders import dense_autoencoder

TITLES = {  # how figures and tables call each score
    "sum": "autoencoder: sum of three",
    "latents": "autoencoder: latents",
    "relative": "autoencoder: error by ink",
    "edges": "autoencoder: error of edges",
    "error": "autoencoder: error",
    "pca": "PCA: error",
    "pca_relative": "PCA: error by ink",
    "pca_edges": "PCA: error of edges",
    "isolation_forest": "isolation forest",
}

SUMMED = ("latents", "relative", "edges")  # scores whose sum is `sum`
OURS = ("sum", *SUMMED, "error")
BASELINES = ("pca", "pca_relative", "pca_edges", "isolation_forest")

NEIGHBOURS = 20  # nearest normal images that the latents of an image are compared with
KEPT = 10_000  # normal images that others are compared with at most
TINY = 1e-9  # least spread that is divided by
FLOOR = 1e-4  # mean square of an image below which it counts as without ink
HELD_OUT = 5  # one of so many normal images is held out
FLAT = 1e-3  # mean difference of neighbouring pixels below which an image counts as without edges


def split(images: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the normal images to learn from, and the one in `HELD_OUT` that are held out."""
    order = np.random.default_rng(seed).permutation(len(images))
    held_out, known = np.array_split(order, [math.ceil(len(order) / HELD_OUT)])
    return images[known], images[held_out]


@dataclass(frozen=True)
class Recipe:
    """How an autoencoder of normal images is trained: fields as in the job `find_anomalies`."""

    latent: int = 12
    hidden: int = 256
    updates: int = 2400
    batch_size: int = 100
    learning_rate: float = 2e-3

    def train(self, images: np.ndarray, seed: int, fit: Fit) -> Autoencoder:
        """Returns it, trained on images (n, height, width, channels) in [0, 1]."""
        size = min(self.batch_size, len(images))
        passes = steps_per_epoch(len(images), size)
        epochs = math.ceil(self.updates / passes)
        built = dense_autoencoder(images.shape[1:], self.latent, seed, self.hidden)
        model = built.joined()
        adam = cosine_adam(self.learning_rate, epochs * passes)
        model.compile(adam, loss="binary_crossentropy", jit_compile=False)
        fit(model, (images, images), size, epochs)
        return built


@dataclass(frozen=True)
class Scorer:
    """An autoencoder of normal images, and where its codes of them lie."""

    model: Autoencoder
    factor: LocalOutlierFactor  # of the latents of normal images (Breunig et al. 2000)
    spreads: tuple[float, float, float]  # of the scores of `SUMMED` over normal images

    @classmethod
    def fitted(cls, model: Autoencoder, images: np.ndarray) -> "Scorer":
        """Keeps the latents of normal images (n, height, width, channels), n at least 3."""
        images = images[:KEPT]
        codes = model.encode(images)
        # Equal ones have no distance that others could be measured by.
        latents = np.unique(codes.astype(np.float64), axis=0)
        neighbours = max(1, min(NEIGHBOURS, len(latents) - 1))
        factor = LocalOutlierFactor(n_neighbors=neighbours, novelty=True).fit(latents)
        found = _errors(images, model.decode(codes)) | {"latents": factor.negative_outlier_factor_}
        return cls(model, factor, tuple(float(max(found[one].std(), TINY)) for one in SUMMED))

    def scores(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Scores (n,) of images by name of `OURS`; the higher, the odder.

        `error` is the mean squared error of the reconstruction, `relative` the same divided by the
        mean square of the image, `edges` the mean absolute error of the differences of neighbouring
        pixels divided by that of the image's own, and `latents` how much farther the nearest
        latents of normal images are than those are from each other. `sum` is that of the last
        three, each divided by its spread: an image is odd where its latents lie apart or its
        reconstruction fails.
        """
        latents = self.model.encode(images)
        found = _errors(images, self.model.decode(latents))
        found["latents"] = -self.factor.score_samples(latents.astype(np.float64))
        parts = zip(SUMMED, self.spreads, strict=True)
        return found | {"sum": sum(found[name] / spread for name, spread in parts)}


def oddest_first(scores: np.ndarray) -> np.ndarray:
    """Places of scores (n,) from the highest to the lowest; equal ones stay in their order."""
    return np.argsort(-scores, kind="stable")


def baseline_scores(
    normal: np.ndarray, images: np.ndarray, components: int, trees: int, seed: int
) -> dict[str, np.ndarray]:
    """Scores (n,) of images by name of `BASELINES`, learned from normal ones; higher is odder.

    Both are (n, height, width, channels). PCA restores from so many principal components; the
    isolation forest (Liu et al. 2008) of so many trees sees pixels, otherwise as scikit-learn has
    it.
    """
    known, asked = (values.reshape(len(values), -1) for values in (normal, images))
    components = min(components, *known.shape)
    pca = PCA(components, svd_solver="covariance_eigh").fit(known)
    restored = pca.inverse_transform(pca.transform(asked))
    forest = IsolationForest(n_estimators=trees, random_state=seed).fit(known)
    errors = _errors(images, restored.reshape(images.shape)).values()
    return dict(zip(BASELINES, (*errors, -forest.score_samples(asked)), strict=True))


def _errors(images: np.ndarray, restored: np.ndarray) -> dict[str, np.ndarray]:
    """`error`, `relative` and `edges` of reconstructions (n, height, width, channels)."""
    difference = images - restored
    error, ink = _mean(np.square(difference)), _mean(np.square(images))
    return {
        "error": error,
        "relative": error / np.maximum(ink, FLOOR),
        "edges": _slope(difference) / np.maximum(_slope(images), FLAT),
    }


def _slope(images: np.ndarray) -> np.ndarray:
    """Mean absolute differences of pixels that are neighbours in a column and in a row, added."""
    sides = [axis for axis in (1, 2) if images.shape[axis] > 1]
    parts = (_mean(np.abs(np.diff(images, axis=axis))) for axis in sides)
    return sum(parts, start=np.zeros(len(images)))


def _mean(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=(1, 2, 3), dtype=np.float64)
