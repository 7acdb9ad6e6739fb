"""What happens to real and fake images alike before the discriminator sees them.

    trainer.compile(..., augmentation=sequence(shifts(2), instance_noise(0.1, fades=2000)))

An augmentation is called as `augmentation(images, seed, step)`, is differentiable by the images,
and draws anew for each image. The generator learns through it, so that it need not imitate what
the augmentation adds (Zhao et al. 2020; Sonderby et al. 2017). A number that is not above 0 is
refused with an `InputError`.
"""

from collections.abc import Callable

import tensorflow as tf

from tfnets.errors import InputError

Augmentation = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]


def sequence(*augmentations: Augmentation) -> Augmentation:
    """One after another, each with a seed of its own."""

    def augmentation(images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        for place, one in enumerate(augmentations):
            images = one(images, tf.random.experimental.stateless_fold_in(seed, place), step)
        return images

    return augmentation


def instance_noise(stddev: float, fades: int | None = None) -> Augmentation:
    """Adds Gaussian noise to every value of (n, ...) (Sonderby et al. 2017).

    `stddev` is the standard deviation at step 0 in the images' unit, `fades` the steps after which
    the noise, falling linearly, is 0; None for noise that stays.
    """
    _require_positive("standard deviation", stddev)
    if fades is not None:
        _require_positive("number of steps", fades)

    def augmentation(images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        scale = tf.constant(stddev, images.dtype)
        if fades is not None:
            left = 1 - tf.cast(step, images.dtype) / fades
            scale *= tf.maximum(left, tf.zeros((), images.dtype))
        noise = tf.random.stateless_normal(tf.shape(images), seed, dtype=images.dtype)
        return images + scale * noise

    return augmentation


def shifts(pixels: int) -> Augmentation:
    """Moves each image (n, h, w, c) by whole pixels; what comes in is 0 (Zhao et al. 2020).

    `pixels` is the largest move along each axis, at least 1.
    """
    _require_positive("number of pixels", pixels)

    def augmentation(images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        del step
        n = tf.shape(images)[0]
        moves = tf.random.stateless_uniform((n, 2), seed, -pixels, pixels + 1, tf.int32)
        return _shifted(images, moves)

    return augmentation


def brightness(change: float) -> Augmentation:
    """Adds one number from [-change, change] to each image (n, h, w, c) (Zhao et al. 2020)."""
    _require_positive("change", change)

    def augmentation(images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        del step
        shape = (tf.shape(images)[0], *[1] * (len(images.shape) - 1))
        return images + tf.random.stateless_uniform(shape, seed, -change, change)

    return augmentation


def _shifted(images: tf.Tensor, moves: tf.Tensor) -> tf.Tensor:
    """Image i moved down and right by moves[i] (n, 2)."""
    one, zero = tf.ones_like(moves[:, 0], tf.float32), tf.zeros_like(moves[:, 0], tf.float32)
    down, right = tf.cast(moves[:, 0], tf.float32), tf.cast(moves[:, 1], tf.float32)
    # The operation takes the way from the new place (x, y) back to the old one.
    back = tf.stack([one, zero, -right, zero, one, -down, zero, zero], axis=1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=back,
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="NEAREST",
        fill_mode="CONSTANT",
    )


def _require_positive(name: str, number: float) -> None:
    if not number > 0:
        raise InputError(f"The {name} of an augmentation is {number}; give a number above 0.")
