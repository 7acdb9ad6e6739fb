"""Small random movements of the image, so that what is found does not hang on single pixels.

A transformation is a value, called with images (n, height, width, channels) and a seed (2,); all
images of a batch move alike. The same seed gives the same movement. Shapes are static. Jitter,
scaling and rotation that follow each other in `compose` are done in one resampling. Numbers out of
range are refused with an `InputError`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from tfnets.errors import InputError

Transformation = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""(images (n, height, width, channels), seed int32 (2,)) -> images."""


@dataclass(frozen=True)
class Affine:
    """A random affine movement, about the image's centre, bilinearly interpolated.

    Places that come from outside of the image take the colour of its nearest edge.

    Attributes:
        draw: Seed -> matrix (3, 3) that takes (row, column, 1) of the result, in pixels from the
            centre, to the place in the image that it shows.
    """

    draw: Callable[[tf.Tensor], tf.Tensor]

    def __call__(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Moves images; the shape stays."""
        return resample(images, self.draw(seed))


def jitter(pixels: int) -> Affine:
    """Shifts by whole pixels, up to `pixels` (0 or more) in each of the four directions."""
    _require(pixels >= 0, f"jitter of {pixels} pixels", "0 or more")

    def draw(seed: tf.Tensor) -> tf.Tensor:
        shift = tf.random.stateless_uniform((2,), seed, -pixels, pixels + 1, tf.int32)
        return _matrix(1.0, 0.0, tf.cast(shift, tf.float32))

    return Affine(draw)


def scale(low: float, high: float) -> Affine:
    """Enlarges about the centre by a factor between `low` and `high` (below 1 it shrinks)."""
    _require(0 < low <= high, f"scaling from {low} to {high}", "0 < low <= high")

    def draw(seed: tf.Tensor) -> tf.Tensor:
        factor = low + (high - low) * tf.random.stateless_uniform((), seed)
        return _matrix(1 / factor, 0.0, tf.zeros(2))

    return Affine(draw)


def rotate(degrees: float) -> Affine:
    """Turns about the centre by up to `degrees` (0 or more), either way."""
    _require(degrees >= 0, f"rotation by {degrees} degrees", "0 or more")

    def draw(seed: tf.Tensor) -> tf.Tensor:
        angle = tf.random.stateless_uniform((), seed, -1.0, 1.0) * (degrees * math.pi / 180)
        return _matrix(tf.cos(angle), tf.sin(angle), tf.zeros(2))

    return Affine(draw)


def pad(pixels: int, value: float = 0.5) -> Transformation:
    """Adds `pixels` of a constant grey in [0, 1] on each side; the image grows."""
    _require(pixels >= 0, f"padding by {pixels} pixels", "0 or more")
    _require(0 <= value <= 1, f"padding with {value}", "a grey in [0, 1]")

    def padded(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        del seed
        sides = ((0, 0), (pixels, pixels), (pixels, pixels), (0, 0))
        return tf.pad(images, sides, constant_values=value)

    return padded


def compose(*transformations: Transformation) -> Transformation:
    """One after the other, each with a seed of its own; none at all changes nothing."""
    stages: list[Transformation] = []
    for each in transformations:
        # Affine movements that follow each other are merged.
        if stages and isinstance(each, Affine) and isinstance(stages[-1], Affine):
            stages[-1] = _product(stages[-1], each)
        else:
            stages.append(each)

    def composed(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        for place, stage in enumerate(stages):
            images = stage(images, fold(seed, place))
        return images

    return composed


def fold(seed: tf.Tensor, number: int) -> tf.Tensor:
    """Returns another seed (2,), a function of `seed` and `number`."""
    return tf.random.experimental.stateless_fold_in(seed, number)


def centre_crop(images: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """Cuts height x width pixels from the middle of images that are at least as large."""
    top, left = (images.shape[1] - height) // 2, (images.shape[2] - width) // 2
    return images[:, top : top + height, left : left + width]


def resample(images: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
    """Moves images (n, height, width, channels) by `matrix`, as `Affine.draw` describes it.

    Written with gathers, whose gradient is exact; that of TensorFlow's projective transform is
    the inverse movement, which is not the adjoint of the bilinear one.
    """
    height, width = images.shape[1], images.shape[2]
    rows, columns = _places(matrix, height, width)
    # One row per place, so that a gather moves whole rows of n * channels values.
    flat = tf.reshape(tf.transpose(images, (1, 2, 0, 3)), (height * width, -1))
    top, left = tf.floor(rows), tf.floor(columns)
    down, right = rows - top, columns - left
    total = tf.zeros_like(flat)
    for row, row_share in ((top, 1 - down), (top + 1, down)):
        for column, column_share in ((left, 1 - right), (left + 1, right)):
            row_index = tf.cast(tf.clip_by_value(row, 0.0, height - 1.0), tf.int32)
            column_index = tf.cast(tf.clip_by_value(column, 0.0, width - 1.0), tf.int32)
            share = (row_share * column_share)[:, None]
            total += share * tf.gather(flat, row_index * width + column_index)
    moved = tf.reshape(total, (height, width, -1, images.shape[3]))
    return tf.transpose(moved, (2, 0, 1, 3))


def _places(matrix: tf.Tensor, height: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows and columns (height * width,) of the image that the result's places show."""
    centre = tf.constant([(height - 1) / 2, (width - 1) / 2])
    grid = tf.meshgrid(tf.range(height), tf.range(width), indexing="ij")
    places = tf.cast(tf.reshape(tf.stack(grid), (2, -1)), tf.float32) - centre[:, None]
    seen = tf.einsum("ij,jk->ik", matrix[:2, :2], places) + matrix[:2, 2:] + centre[:, None]
    return seen[0], seen[1]


def _matrix(cosine: float | tf.Tensor, sine: float | tf.Tensor, shift: tf.Tensor) -> tf.Tensor:
    first = tf.stack([cosine, sine, shift[0]])
    second = tf.stack([-sine, cosine, shift[1]])
    return tf.stack([first, second, tf.constant([0.0, 0.0, 1.0])])


def _product(first: Affine, second: Affine) -> Affine:
    """First `first`, then `second`: the result looks where `second` says into the first's."""

    def draw(seed: tf.Tensor) -> tf.Tensor:
        return tf.linalg.matmul(first.draw(fold(seed, 0)), second.draw(fold(seed, 1)))

    return Affine(draw)


def _require(holds: bool, what: str, wanted: str) -> None:
    if not holds:
        raise InputError(f"There is no {what}; give {wanted}.")
