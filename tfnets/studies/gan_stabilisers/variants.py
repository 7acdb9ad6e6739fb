"""The variants of study 3.6: what each changes in the plain GAN's networks or training."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from tfnets.models.stacks import Minibatch
from tfnets.training.augmentations import Augmentation, instance_noise
from tfnets.training.losses import MINIMAX, NON_SATURATING, AdversarialLoss, smoothed
from tfnets.training.penalties import Penalty, gradient_penalty, r1

VARIANTS: Mapping[str, str] = {
    "plain": "non-saturating loss, LeakyReLU, Adam, nothing else",
    "minimax": "the generator minimises log(1 - D)",
    "two_sided": "targets 0.9 and 0.1 for the discriminator",
    "one_sided": "targets 0.9 and 0 for the discriminator",
    "sigmoid": "sigmoid in the hidden layers of both networks",
    "tanh": "tanh in the hidden layers of both networks",
    "relu": "ReLU in the hidden layers of both networks",
    "gradient_penalty": "two-sided penalty on the slope between real and fake",
    "r1": "penalty on the slope at real data",
    "richer": "one more hidden layer in the generator, on the toys wider ones, too",
    "augmentation": "real and fake alike are turned (points) or shifted (digits)",
    "minibatch": "minibatch discrimination before the logit",
    "instance_noise": "noise on real and fake alike, falling to 0",
    "spectral": "spectral normalisation of the discriminator",
    "several_steps": "several discriminator steps per generator step",
    "average": "samples from an exponential moving average of the generator",
    "uniform": "z uniform in place of normal, of the same variance",
    "no_noise": "z is always 0, in training, too",
    "low_momentum": "a lower beta_1 of Adam: 0.5 for 0.9 (points), 0 for 0.5 (digits)",
    "slower": "half the learning rates",
    "falling_rate": "the learning rates fall to 0",
    "longer": "four times as many steps",
    "best": "a combination: `Strengths.best` of each data set",
}
"""The variants and what each differs in from `plain`."""


@dataclass(frozen=True)
class Variant:
    """Everything a variant can change; the defaults are the plain GAN.

    Attributes:
        loss: Losses of both networks.
        penalty: Penalty on the discriminator's slope.
        augmentation: What happens to real and fake before the discriminator.
        discriminator_steps: Discriminator updates per generator update.
        average: Decay of the generator's moving average.
        activation: Keras name of the hidden layers' activation in both networks.
        spectral: Whether the discriminator is spectrally normalised.
        minibatch: Sizes of a minibatch discrimination.
        richer: Whether the generator is the richer one.
        prior: `normal`, `uniform` or `none`.
        momentum: Adam's beta_1 in both networks; None for the data set's own.
        rate: Factor of the learning rates.
        falls: Whether the learning rates fall to 0 along a half cosine.
        length: Factor of the number of epochs.
    """

    loss: AdversarialLoss = NON_SATURATING
    penalty: Penalty | None = None
    augmentation: Augmentation | None = None
    discriminator_steps: int = 1
    average: float | None = None
    activation: str = "leaky_relu"
    spectral: bool = False
    minibatch: Minibatch | None = None
    richer: bool = False
    prior: str = "normal"
    momentum: float | None = None
    rate: float = 1.0
    falls: bool = False
    length: int = 1


@dataclass(frozen=True)
class Strengths:
    """How strong the stabilisers are on a data set.

    Attributes:
        penalty: Weight of the gradient penalty.
        r1: Weight of R1.
        noise: Standard deviation of the instance noise at step 0, in the data's unit.
        average: Decay of the moving average.
        momentum: The lower beta_1.
        augmentation: The augmentation.
        best: The variants that `best` combines.
    """

    penalty: float
    r1: float
    noise: float
    average: float
    momentum: float
    augmentation: Augmentation
    best: tuple[str, ...]


NOISY = 0.5
"""Share of the training over which instance noise falls to 0."""

LONGER = 4
"""Factor of the number of epochs of `longer`."""


def of(name: str, strengths: Strengths, steps: int) -> Variant:
    """Returns what a key of `VARIANTS` is on a data set, where length 1 has so many steps."""
    names = strengths.best if name == "best" else (name,)
    if name == "best" and "longer" in names:
        steps *= LONGER
    changes = [_changes(one, strengths, steps) for one in names]
    return Variant(**{key: value for change in changes for key, value in change.items()})


def _changes(name: str, strengths: Strengths, steps: int) -> dict[str, Any]:
    """The one field of `Variant` that a variant changes; none for `plain`."""
    fades = max(1, round(NOISY * steps))
    return {
        "plain": {},
        "minimax": {"loss": MINIMAX},
        "two_sided": {"loss": smoothed(0.9, 0.1)},
        "one_sided": {"loss": smoothed(0.9)},
        "sigmoid": {"activation": "sigmoid"},
        "tanh": {"activation": "tanh"},
        "relu": {"activation": "relu"},
        "gradient_penalty": {"penalty": gradient_penalty(strengths.penalty)},
        "r1": {"penalty": r1(strengths.r1)},
        "richer": {"richer": True},
        "augmentation": {"augmentation": strengths.augmentation},
        "minibatch": {"minibatch": Minibatch()},
        "instance_noise": {"augmentation": instance_noise(strengths.noise, fades)},
        "spectral": {"spectral": True},
        "several_steps": {"discriminator_steps": 3},
        "average": {"average": strengths.average},
        "uniform": {"prior": "uniform"},
        "no_noise": {"prior": "none"},
        "low_momentum": {"momentum": strengths.momentum},
        "slower": {"rate": 0.5},
        "falling_rate": {"falls": True},
        "longer": {"length": LONGER},
    }[name]


def turns(degrees: float) -> Augmentation:
    """Turns each point (n, 2) about the origin by an angle from [-degrees, degrees]."""

    def augmentation(points: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        del step
        end = math.radians(degrees)
        angles = tf.random.stateless_uniform((tf.shape(points)[0],), seed, -end, end)
        x, y = points[:, 0], points[:, 1]
        cos, sin = tf.cos(angles), tf.sin(angles)
        return tf.stack([cos * x - sin * y, sin * x + cos * y], axis=1)

    return augmentation
