"""Restoring noisy images by their most probable original (study 6.6).

By Bayes' rule p(I | I_c) = p(I_c | I) p(I) / p(I_c): the posterior is the likelihood of the
corrupted image I_c times the prior, divided by the evidence p(I_c), which does not depend on I and
may be left out. (The report divides by the likelihood instead.) With Laplace noise of scale b the
likelihood is proportional to exp(-||I_c - I||_1 / b), with Gaussian noise of standard deviation
sigma to exp(-||I_c - I||^2 / (2 sigma^2)). The most probable original (maximum a posteriori, MAP)
minimises -log p(I_c | I) - log p(I), where -log p(I) is a penalty of `tfnets.inputs.priors`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.descent import cosine_adam
from tfnets.inputs.priors import Prior, charbonnier


@dataclass(frozen=True)
class Likelihood:
    """How probable an observed image is, given the original.

    Attributes:
        name: Its name.
        scale: Size of the noise in pixel units: b of `laplace`, sigma of `gaussian`.
        negative_log: Differences (n, height, width, channels) -> -log p (n,), summed over pixels
            and channels, without the terms that do not depend on the original.

    Raises:
        InputError: The scale is not a finite number above 0.
    """

    name: str
    scale: float
    negative_log: Callable[[tf.Tensor], tf.Tensor]

    def __post_init__(self) -> None:
        if not 0 < self.scale < np.inf:
            raise InputError(
                f"The scale of the {self.name} noise is {self.scale}; give a number above 0, in "
                "pixel units."
            )

    def __call__(self, images: tf.Tensor, noisy: tf.Tensor) -> tf.Tensor:
        """-log p(noisy | images) per image (n,), up to a constant."""
        return self.negative_log(noisy - images)


def laplace(b: float, smooth: float = 1e-3) -> Likelihood:
    """Laplace noise of density exp(-|x| / b) / (2 b) and variance 2 b^2, b in pixel units.

    Differences below `smooth` pixel units are rounded off at |x| = 0: the gradient exists there.
    """
    return Likelihood("laplace", b, lambda rest: _sum(charbonnier(rest**2, smooth)) / b)


def gaussian(sigma: float) -> Likelihood:
    """Gaussian noise of standard deviation sigma in pixel units."""
    return Likelihood("gaussian", sigma, lambda rest: _sum(rest**2) / (2 * sigma**2))


@dataclass(frozen=True)
class Restored:
    """What a restoration found.

    Attributes:
        images: Shape (n, height, width, channels), float32 in [0, 1].
        history: For `loss`, `likelihood` and each prior's name, the values before each step,
            shape (steps, n).
    """

    images: np.ndarray
    history: dict[str, np.ndarray]


def restore(
    noisy: np.ndarray,
    likelihood: Likelihood,
    priors: Sequence[Prior],
    *,
    steps: int = 300,
    learning_rate: float = 0.05,
    description: str = "",
) -> Restored:
    """Finds the most probable originals of noisy images.

    Adam's steps start at `learning_rate` and shrink to 0 along a half cosine; a rate that stays
    constant would leave every pixel swinging around the corners of |x|. Start: the noisy images.

    Args:
        noisy: Shape (n, height, width, channels), finite; values beyond [0, 1] are welcome and
            should not have been clipped, because clipped noise is no longer Laplace or Gaussian.
        likelihood: What the noise is taken for.
        priors: Penalties whose sum is -log p(I).
        steps: Number of steps.
        learning_rate: Adam's first step size in pixel units.
        description: Text before the progress bar; an empty one shows no bar.

    Raises:
        InputError: Not images, values that are not finite, or fewer than one step.
    """
    noisy = np.asarray(noisy, np.float32)
    if noisy.ndim != 4 or noisy.size == 0 or not np.isfinite(noisy).all():
        raise InputError(
            f"Images to restore have the shape (n, height, width, channels) and finite values, but "
            f"these are {noisy.shape}; give at least one such image."
        )
    observed = tf.constant(noisy)
    images = tf.Variable(tf.clip_by_value(observed, 0, 1))

    def terms(step: tf.Tensor) -> dict[str, tf.Tensor]:
        del step
        found = {"likelihood": likelihood(images, observed)}
        found |= {prior.name: prior(images) for prior in priors}
        return {"loss": tf.add_n(list(found.values())), **found}

    def project() -> None:
        images.assign(tf.clip_by_value(images, 0, 1))

    settings = {"steps": steps, "learning_rate": learning_rate, "description": description}
    history = cosine_adam(terms, images, project, **settings)
    return Restored(images.numpy(), history)


def _sum(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(values, axis=(1, 2, 3))
