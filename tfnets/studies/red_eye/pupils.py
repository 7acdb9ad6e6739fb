"""Finding red pupils by what an autoencoder of clean eyes makes of them, replacing, measuring."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from scipy import ndimage

from tfnets.models.autoencoders import Autoencoder

QUANTILE = 0.999
"""Share of the pixels of clean training eyes that are less red, against their reconstruction, than
the threshold."""

LEAST = 5  # connected pixels; smaller spots are left alone
DISCS = 2  # discs that are hidden from each training image
RADII = (2.0, 7.0)  # least and greatest radius of a hidden disc, in pixels
SCATTER = 5.0  # standard deviation of the discs' middles around the middle of the image, in pixels


def redness(images: np.ndarray) -> np.ndarray:
    """Red minus the mean of green and blue, of each pixel: (..., 3) -> (...)."""
    return images[..., 0] - images[..., 1:].mean(axis=-1)


@dataclass(frozen=True)
class Restorer:
    """Replaces what is redder than an autoencoder of clean eyes makes of it."""

    autoencoder: Autoencoder
    context: keras.Model  # (image with what is hidden blacked out, what is hidden) -> image
    threshold: float  # excess of redness from which a pixel is replaced

    def found(self, images: np.ndarray, restored: np.ndarray | None = None) -> np.ndarray:
        """Pixels to replace, bool (n, height, width), by reconstructions if they are known."""
        restored = self.autoencoder.reconstruct(images) if restored is None else restored
        return spots(redness(images) - redness(restored), self.threshold)

    def filled(self, images: np.ndarray, found: np.ndarray) -> np.ndarray:
        """Images whose found pixels, and those beside them, come from the context network."""
        hidden = found[..., np.newaxis].astype(np.float32)
        given = np.concatenate([images * (1 - hidden), hidden], axis=-1)
        drawn = np.clip(self.context.predict(given, batch_size=250, verbose=0), 0, 1)
        return np.where(hidden > 0, drawn, images)


def threshold(autoencoder: Autoencoder, images: np.ndarray) -> float:
    """The excess of redness that a share `QUANTILE` of the pixels of clean eyes stays below."""
    excess = redness(images) - redness(autoencoder.reconstruct(images))
    return float(np.quantile(excess, QUANTILE))


def spots(excess: np.ndarray, threshold: float) -> np.ndarray:
    """Spots of excess redness, one pixel wider on each side and without holes.

    A spot is connected and has at least `LEAST` pixels above the threshold; of these it keeps those
    of at least half its highest excess, because an iris beside a red pupil may be above, too.
    Excess, and whether a pixel is in a spot, are (n, height, width); the threshold is above 0.
    """
    return np.stack([_spots(one, threshold) for one in excess])


def desaturated(images: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Takes the red out of found pixels: it becomes the mean of green and blue."""
    plain = images.copy()
    plain[..., 0] = images[..., 1:].mean(axis=-1)
    return np.where(found[..., np.newaxis], plain, images)


def hide_discs(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Blacks out discs somewhere about the middle of images (n, height, width, 3), by a seed pair.

    Returns the images with the discs black and, as a fourth channel, 1 where they are; the images.
    """
    height, width, n = images.shape[1], images.shape[2], tf.shape(images)[0]
    middle = tf.random.stateless_normal((2, n, DISCS, 1, 1), seed, 0.0, SCATTER)
    radius = tf.random.stateless_uniform((n, DISCS, 1, 1), seed + 1, *RADII)
    rows = tf.range(height, dtype=tf.float32)[:, tf.newaxis] - (height - 1) / 2
    columns = tf.range(width, dtype=tf.float32) - (width - 1) / 2
    inside = (rows - middle[0]) ** 2 + (columns - middle[1]) ** 2 < radius**2
    hidden = tf.cast(tf.reduce_any(inside, axis=1)[..., tf.newaxis], images.dtype)
    return tf.concat([images * (1 - hidden), hidden], axis=-1), images


def mean_redness(images: np.ndarray, pupils: np.ndarray) -> np.ndarray:
    """Mean redness of the pupil of each image, shape (n,)."""
    found = redness(images.astype(np.float64)) * pupils
    return found.sum(axis=(1, 2)) / pupils.sum(axis=(1, 2))


def _spots(excess: np.ndarray, threshold: float) -> np.ndarray:
    labels, count = ndimage.label(excess > threshold)
    numbers = np.arange(count + 1)
    large = ndimage.sum_labels(np.ones_like(excess), labels, numbers) >= LEAST
    highest = ndimage.maximum(excess, labels, numbers)
    kept = (labels > 0) & large[labels] & (excess >= np.asarray(highest)[labels] / 2)
    return ndimage.binary_fill_holes(ndimage.binary_dilation(kept, np.ones((3, 3))))
