"""Latent priors: values that draw `(n, dim)` latent vectors from a seed.

Each is callable as `prior(n, seed)`. The draw is a pure function of the seed, so a training step
that hands down (seed, step) needs no random state of its own and repeats to the bit.
"""

from typing import Self

import keras
import tensorflow as tf

Seed = tf.Tensor | tuple[int, int]


@keras.saving.register_keras_serializable("tfnets")
class Uniform:
    """z ~ U[low, high)^dim, the origin's prior with low = -1 and high = 1."""

    def __init__(self, dim: int, low: float = -1.0, high: float = 1.0) -> None:
        """Takes the latent size and the interval's two ends."""
        self.dim, self.low, self.high = dim, low, high

    def __call__(self, n: int | tf.Tensor, seed: Seed) -> tf.Tensor:
        """Draws float32 (n, dim); `seed` is a pair of integers."""
        return tf.random.stateless_uniform((n, self.dim), seed, self.low, self.high)

    @classmethod
    def from_config(cls, config: dict[str, float]) -> Self:
        """Makes the prior that `get_config` describes, for Keras's saving."""
        return cls(**config)

    def get_config(self) -> dict[str, float]:
        """Returns the constructor's arguments."""
        return {"dim": self.dim, "low": self.low, "high": self.high}


@keras.saving.register_keras_serializable("tfnets")
class Normal:
    """z ~ N(0, 1)^dim."""

    def __init__(self, dim: int) -> None:
        """Takes the latent size."""
        self.dim = dim

    def __call__(self, n: int | tf.Tensor, seed: Seed) -> tf.Tensor:
        """Draws float32 (n, dim); `seed` is a pair of integers."""
        return tf.random.stateless_normal((n, self.dim), seed)

    @classmethod
    def from_config(cls, config: dict[str, int]) -> Self:
        """Makes the prior that `get_config` describes, for Keras's saving."""
        return cls(**config)

    def get_config(self) -> dict[str, int]:
        """Returns the constructor's arguments."""
        return {"dim": self.dim}


PRIORS = {"uniform": Uniform, "normal": Normal}
"""The priors by the name that a study's settings use."""
