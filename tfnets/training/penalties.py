"""Penalties on the discriminator's slope, as values added to its loss.

    trainer.compile(..., loss=WASSERSTEIN, penalty=gradient_penalty(10.0))

A penalty is called as `penalty(critic, real, fake, seed)`, where `critic` maps images (n, ...) to
logits (n, 1) with the conditions held fixed, and returns a scalar. All slopes are per image. The
weight, the paper's lambda or gamma, must be above 0; another is refused with an `InputError`.
"""

from collections.abc import Callable

import tensorflow as tf

from tfnets.errors import InputError

Critic = Callable[[tf.Tensor], tf.Tensor]
Penalty = Callable[[Critic, tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]

EPSILON = 1e-12
"""Added under the root: the gradient of a norm does not exist at 0."""

SLOPE_SCALE = 256.0
"""By what slopes are scaled on their way through a discriminator in float16, whose `scale` it is:
below 6e-8 they would be 0, and up to 255 they do not overflow."""


def gradient_penalty(weight: float = 10.0) -> Penalty:
    """Penalty weight * mean (|slope| - 1)^2 between real and fake (Gulrajani et al. 2017).

    Each pair of a real and a fake image has a point of its own on the line between them.
    """
    _require_positive(weight)

    def penalty(critic: Critic, real: tf.Tensor, fake: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        share = tf.random.stateless_uniform((tf.shape(real)[0], *[1] * (len(real.shape) - 1)), seed)
        squares = _squared_slopes(critic, fake + share * (real - fake))
        return weight * tf.reduce_mean((tf.sqrt(squares + EPSILON) - 1) ** 2)

    return penalty


def r1(weight: float = 10.0) -> Penalty:
    """Penalty weight / 2 * mean |slope|^2 at real images (Mescheder et al. 2018, eq. 9)."""
    _require_positive(weight)

    def penalty(critic: Critic, real: tf.Tensor, fake: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        del fake, seed
        return weight / 2 * tf.reduce_mean(_squared_slopes(critic, real))

    return penalty


def _squared_slopes(critic: Critic, images: tf.Tensor) -> tf.Tensor:
    """|d logit / d image|^2 of each image (n,)."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = critic(images)
    scale = getattr(critic, "scale", None)
    if scale is None:
        slopes = tape.gradient(logits, images)
    else:
        slopes = tape.gradient(logits, images, tf.fill(tf.shape(logits), scale)) / scale
    return tf.reduce_sum(slopes**2, axis=list(range(1, len(slopes.shape))))


def _require_positive(weight: float) -> None:
    if not weight > 0:
        raise InputError(f"The weight of a penalty is {weight}; give a number above 0.")
