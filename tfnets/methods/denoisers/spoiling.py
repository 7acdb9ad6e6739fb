"""What images are restored from: noise and blur, at levels that are known or drawn."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

NOISE = 0.7  # greatest standard deviation that `spoil` draws
BLURS = (0.5, 2.0)  # least and greatest blur that `spoil` draws, in pixels
BLURRED_SHARE = 0.25  # share of the images that `spoil` blurs
BLURRED_NOISE = 0.05
"""Greatest standard deviation of the noise that `spoil` adds to a blurred image."""


@dataclass(frozen=True)
class Spoiling:
    """One way of spoiling images."""

    name: str  # what its parts of the run and its numbers begin with
    title: str  # what figures and tables call it
    sigma: float  # standard deviation of the Gaussian noise, in pixel units
    blur: float = 0.0  # that of the Gaussian blur before it, in pixels; 0 for none
    clipped: bool = False  # whether the result is clipped to [0, 1], as in every picture file

    def spoilt(self, images: np.ndarray, seed: int) -> np.ndarray:
        """Spoils images (n, height, width, 1) in [0, 1]; float32, the same for the same seed."""
        noise = np.random.default_rng(seed).normal(0, self.sigma, images.shape)
        found = blurred(images, self.blur) + noise if self.blur else images + noise
        return (np.clip(found, 0, 1) if self.clipped else found).astype(np.float32)


def noise_case(sigma: float) -> Spoiling:
    """Gaussian noise that may leave [0, 1]."""
    return Spoiling(f"noise-{sigma:g}", f"noise {sigma:g}", sigma)


def clipped_case(sigma: float) -> Spoiling:
    """Gaussian noise as a picture file holds it."""
    return Spoiling(f"clipped-{sigma:g}", f"noise {sigma:g}, clipped", sigma, clipped=True)


def blur_case(blur: float, sigma: float) -> Spoiling:
    """Gaussian blur, and a little noise, without which any blur could be undone by division."""
    return Spoiling(f"blur-{blur:g}", f"blur of {blur:g} pixels", sigma, blur)


def blurred(images: np.ndarray, blur: float) -> np.ndarray:
    """Gaussian blur of standard deviation `blur` pixels; beyond the edges is black."""
    rows, columns = (_blurring(size, np.array([blur]))[0] for size in images.shape[1:3])
    return np.einsum("ij,njkc,lk->nilc", rows, images, columns).astype(np.float32)


def kernel(blur: float, size: int) -> np.ndarray:
    """The blur as an image (size, size) that sums to 1: what it makes of one light pixel."""
    line = _weights(np.arange(size) - size // 2, blur)
    return (found := np.outer(line, line)) / found.sum()


def spoil(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Spoils each image in a way of its own: noise of any level, or blur with a little noise.

    The standard deviation of the noise is uniform in [0, `NOISE`]; a share `BLURRED_SHARE` is
    blurred by a uniform one in `BLURS` and gets noise up to `BLURRED_NOISE` only. Half of all are
    clipped to [0, 1]. Images are (n, size, size, 1); the same seed pair, the same result.
    """
    drawn = tf.random.stateless_uniform((4, tf.shape(images)[0], 1, 1, 1), seed)
    is_blurred = tf.cast(drawn[0] < BLURRED_SHARE, images.dtype)
    blur = BLURS[0] + drawn[1] * (BLURS[1] - BLURS[0])
    matrix = _tf_blurring(images.shape[1], blur[..., 0])
    soft = tf.linalg.matmul(matrix, tf.linalg.matmul(images[..., 0], matrix, transpose_b=True))
    x = images + is_blurred * (soft[..., tf.newaxis] - images)
    sigma = drawn[2] * (NOISE + is_blurred * (BLURRED_NOISE - NOISE))
    x += sigma * tf.random.stateless_normal(tf.shape(images), seed + 1)
    return tf.where(drawn[3] < 0.5, tf.clip_by_value(x, 0, 1), x)


def _weights(offsets: np.ndarray, blur: float | np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * (offsets / blur) ** 2)


def _blurring(size: int, blur: np.ndarray) -> np.ndarray:
    """Matrices (n, size, size) that blur along one side; weights beyond the edge count, too."""
    places = np.arange(size)
    reach = np.arange(-size, size + 1)
    weights = _weights(places[:, None] - places, blur[:, None, None])
    return weights / _weights(reach, blur[:, None]).sum(axis=1)[:, None, None]


def _tf_blurring(size: int, blur: tf.Tensor) -> tf.Tensor:
    """As `_blurring`, for blurs (n, 1, 1)."""
    places = tf.range(size, dtype=blur.dtype)
    reach = tf.range(-size, size + 1, dtype=blur.dtype)
    weights = tf.exp(-0.5 * ((places[:, tf.newaxis] - places) / blur) ** 2)
    return weights / tf.reduce_sum(tf.exp(-0.5 * (reach / blur) ** 2), axis=2, keepdims=True)
