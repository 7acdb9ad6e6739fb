"""Priors with independent coordinates."""

from typing import Self

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.latents.prior import Seed, whole


@keras.saving.register_keras_serializable("tfnets")
class Uniform:
    """z ~ U[low, high)^dim, the origin's prior with low = -1 and high = 1."""

    def __init__(self, dim: int, low: float = -1.0, high: float = 1.0) -> None:
        """Takes the latent size and the interval's two ends.

        Raises:
            InputError: A size below 1, or ends that are not numbers or not low < high.
        """
        ends = all(isinstance(end, int | float | np.number) for end in (low, high))
        if not (ends and -np.inf < low < high < np.inf):
            raise InputError(
                f"The ends of a uniform prior are {low!r} and {high!r}; give low < high."
            )
        self.dim, self.low, self.high = whole(dim), low, high

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
        """Takes the latent size.

        Raises:
            InputError: A size below 1.
        """
        self.dim = whole(dim)

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
