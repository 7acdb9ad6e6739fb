"""Changes of a handwritten image that leave its class: the prior knowledge that labels cannot give.

    deform = deformations(Strength())
    view = deform(images, seed, step)

An augmentation like those of `tfnets.training.augmentations`: turned, stretched, sheared and moved
as a whole, bent by a smooth field (Simard et al. 2003), strokes made thinner or thicker. Each image
draws its own.
"""

import math
from dataclasses import dataclass, replace

import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.augmentations import Augmentation


@dataclass(frozen=True)
class Strength:
    """How far images are deformed; every number is the end of a range around no change.

    Attributes:
        degrees: Rotation.
        stretch: Logarithm of the factor of height and of width, each its own.
        shear: Sideways move per unit of height.
        shift: Moves along both axes in pixels.
        bend: Standard deviation in pixels of the moves at the knots of the smooth field.
        knots: Knots of the field along each axis.
        stroke: Share of a stroke that is one pixel thinner (below 0) or thicker.
    """

    degrees: float = 15.0
    stretch: float = 0.2
    shear: float = 0.3
    shift: float = 2.0
    bend: float = 1.0
    knots: int = 5
    stroke: float = 0.7

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < math.inf:
                wanted = "give a number of at least 0"
                raise InputError(f"The deformation's {name} is {value}; {wanted}.")
        if self.knots < 2:
            raise InputError(f"The deformation has {self.knots} knots; give at least 2.")

    def scaled(self, share: float) -> "Strength":
        """The same with every range `share` times as long."""
        ranges = {name: share * value for name, value in vars(self).items() if name != "knots"}
        return Strength(knots=self.knots, **ranges)

    def sized(self, factor: float) -> "Strength":
        """The same for images `factor` times as large: lengths in pixels grow with them."""
        lengths = {name: factor * getattr(self, name) for name in ("shift", "bend", "stroke")}
        return replace(self, **lengths | {"stroke": min(lengths["stroke"], 1.0)})


def deformations(strength: Strength) -> Augmentation:
    """Returns the augmentation (n, h, w, c) -> (n, h, w, c); what comes in from outside is 0."""

    def augmentation(images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        del step
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 3))
        images = _stroked(images, strength.stroke, seeds[0])
        n, height, width = tf.unstack(tf.shape(images)[:3])
        places = _moved_grid(n, height, width, strength, seeds[1])
        return resampled(images, places + _field(n, height, width, strength, seeds[2]))

    return augmentation


def resampled(images: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Reads images (n, h, w, c) at places between the pixels, bilinearly: (n, h', w', c).

    The places (n, h', w', 2) are row and column in pixels; outside the image lies 0.
    """
    shape = tf.shape(images)
    end = tf.cast(shape[1:3], tf.float32) + 1
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
    places = tf.clip_by_value(places + 1, 0.0, end - 1e-3)
    corner = tf.floor(places)
    down, right = tf.unstack((places - corner)[..., None, :], axis=-1)
    row, column = tf.unstack(tf.cast(corner, tf.int32), axis=-1)
    flat = tf.reshape(padded, (-1, shape[3]))
    stride = shape[2] + 2
    start = tf.range(shape[0])[:, None, None] * ((shape[1] + 2) * stride)
    first = start + row * stride + column

    def at(offset: tf.Tensor | int) -> tf.Tensor:
        return tf.gather(flat, first + offset)

    top = (1 - right) * at(0) + right * at(1)
    bottom = (1 - right) * at(stride) + right * at(stride + 1)
    return (1 - down) * top + down * bottom


def _stroked(images: tf.Tensor, most: float, seed: tf.Tensor) -> tf.Tensor:
    """Mixes each image with its erosion or its dilation by 3 x 3 pixels."""
    share = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), seed, -most, most)
    thicker = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thinner = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.nn.relu(share) * (thicker - images) + tf.nn.relu(-share) * (thinner - images)


def _moved_grid(
    n: tf.Tensor, height: tf.Tensor, width: tf.Tensor, strength: Strength, seed: tf.Tensor
) -> tf.Tensor:
    """Where each pixel comes from under one affine map per image: (n, h, w, 2)."""
    ends = (math.radians(strength.degrees), strength.stretch, strength.stretch)
    ends += (strength.shear, strength.shift, strength.shift)
    drawn = tf.random.stateless_uniform((n, len(ends)), seed, -1, 1) * tf.constant(ends)
    angle, tall, wide, shear, down, right = tf.unstack(drawn[:, :, None, None], axis=1)
    middle_row = (tf.cast(height, tf.float32) - 1) / 2
    middle_column = (tf.cast(width, tf.float32) - 1) / 2
    rows = (tf.range(tf.cast(height, tf.float32)) - middle_row)[None, :, None]
    columns = (tf.range(tf.cast(width, tf.float32)) - middle_column)[None, None, :]
    y = tf.exp(tall) * (tf.cos(angle) * rows + tf.sin(angle) * columns)
    x = tf.exp(wide) * (tf.cos(angle) * columns - tf.sin(angle) * rows) + shear * rows
    return tf.stack([y + middle_row + down, x + middle_column + right], axis=-1)


def _field(
    n: tf.Tensor, height: tf.Tensor, width: tf.Tensor, strength: Strength, seed: tf.Tensor
) -> tf.Tensor:
    """Smooth moves (n, h, w, 2) in pixels, interpolated between random ones at the knots."""
    shape = (n, strength.knots, strength.knots, 2)
    knots = tf.random.stateless_normal(shape, seed, stddev=strength.bend)
    return tf.image.resize(knots, (height, width), method="bicubic")
