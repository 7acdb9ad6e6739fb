"""Adversarial losses as values: what the discriminator and the generator minimise.

All take logits (before any sigmoid) of shape (n, 1) and return a scalar, the mean over the batch.
"""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from tfnets.errors import InputError


@dataclass(frozen=True)
class AdversarialLoss:
    """A pair of losses on discriminator logits.

    Attributes:
        name: Key in `LOSSES`.
        discriminator: `(real_logits, fake_logits) -> scalar`.
        generator: `fake_logits -> scalar`.
        boundary: Logit above which the discriminator says "real", for its accuracies.
    """

    name: str
    discriminator: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    generator: Callable[[tf.Tensor], tf.Tensor]
    boundary: float = 0.0


NON_SATURATING = AdversarialLoss(
    "non_saturating",
    lambda real, fake: tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake)),
    lambda fake: tf.reduce_mean(tf.nn.softplus(-fake)),
)
"""Binary cross-entropy; the generator maximises log D(G(z)) (Goodfellow et al. 2014)."""

MINIMAX = AdversarialLoss(
    "minimax", NON_SATURATING.discriminator, lambda fake: -tf.reduce_mean(tf.nn.softplus(fake))
)
"""The game of the original paper: the generator minimises log(1 - D(G(z))), whose gradient vanishes
where the discriminator is sure (Goodfellow et al. 2014, section 3)."""

HINGE = AdversarialLoss(
    "hinge",
    lambda real, fake: tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + fake)),
    lambda fake: -tf.reduce_mean(fake),
)
"""Hinge loss (Lim & Ye 2017; Miyato et al. 2018)."""

LEAST_SQUARES = AdversarialLoss(
    "least_squares",
    lambda real, fake: 0.5 * (tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)),
    lambda fake: 0.5 * tf.reduce_mean((fake - 1) ** 2),
    boundary=0.5,
)
"""Least squares with targets 1 (real), 0 (fake), 1 (generator) (Mao et al. 2017, eq. 9)."""

WASSERSTEIN = AdversarialLoss(
    "wasserstein",
    lambda real, fake: tf.reduce_mean(fake) - tf.reduce_mean(real),
    lambda fake: -tf.reduce_mean(fake),
)
"""Difference of means (Arjovsky et al. 2017); the critic must be kept Lipschitz by other means.

The critic is defined up to a constant, so its accuracies mean little.
"""

LOSSES = {loss.name: loss for loss in (NON_SATURATING, MINIMAX, HINGE, LEAST_SQUARES, WASSERSTEIN)}


def smoothed(real: float = 0.9, fake: float = 0.0) -> AdversarialLoss:
    """The non-saturating loss with smoothed targets for the discriminator.

    Args:
        real: Target of real input in (0.5, 1]; 0.9 with `fake` 0 is one-sided smoothing (Salimans
            et al. 2016, section 3.4).
        fake: Target of fake input in [0, 0.5); 0.1 beside 0.9 is two-sided.

    Raises:
        InputError: A target outside its interval.
    """
    if not (0.5 < real <= 1 and 0 <= fake < 0.5):
        raise InputError(
            f"The smoothed targets are {real} for real and {fake} for fake; give one above 0.5 up "
            "to 1 and one from 0 to below 0.5."
        )

    def discriminator(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
        return _cross_entropy(real_logits, real) + _cross_entropy(fake_logits, fake)

    return AdversarialLoss(f"smoothed({real},{fake})", discriminator, NON_SATURATING.generator)


def _cross_entropy(logits: tf.Tensor, target: float) -> tf.Tensor:
    return tf.reduce_mean(tf.nn.softplus(logits) - target * logits)
