"""A prior of several Gaussian clouds."""

from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.latents.prior import Seed, fold, given, rows, spread, whole


@keras.saving.register_keras_serializable("tfnets")
class GaussianMixture:
    """z ~ the mean of N(centre, stddev^2) over centres: the origin's second prior (study 3.2).

    Attributes:
        dim: Size of a latent vector.
        centres: float32 (components, dim).
        stddev: Standard deviation of each coordinate around its centre.
    """

    def __init__(
        self,
        dim: int,
        *,
        components: int = 10,
        stddev: float = 0.25,
        seed: int = 0,
        centres: Any = None,
    ) -> None:
        """Takes where the clouds lie and how wide they are.

        Args:
            dim: Size of a latent vector, at least 1.
            components: How many centres are drawn.
            stddev: Standard deviation around a centre, at least 0.
            seed: Seed of the centres, drawn from U[-1, 1]^dim.
            centres: Centres (k, dim) in their place; `components` and `seed` then mean nothing.

        Raises:
            InputError: A number out of its range, or centres that are not finite or of another
                size.
        """
        self.dim, self.stddev = whole(dim), spread(stddev, "standard deviation of a mixture")
        if centres is None:
            centres = _drawn(components, self.dim, seed)
        self.centres = rows(centres, "centres of a mixture")
        if self.centres.shape[1] != dim:
            raise InputError(
                f"The centres of a mixture have {self.centres.shape[1]} values each, but the "
                f"latent size is {dim}; give centres (n, {dim})."
            )

    def __call__(self, n: int | tf.Tensor, seed: Seed) -> tf.Tensor:
        """Draws float32 (n, dim), each row around a centre of its own; `seed` is a pair."""
        count = len(self.centres)
        chosen = tf.random.stateless_uniform((n,), fold(seed, 0), 0, count, tf.int32)
        noise = tf.random.stateless_normal((n, self.dim), fold(seed, 1))
        return tf.gather(self.centres, chosen) + self.stddev * noise

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the prior that `get_config` describes, for Keras's saving."""
        return cls(**{name: given(value) for name, value in config.items()})

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this prior again; the centres as an array."""
        return {"dim": self.dim, "stddev": self.stddev, "centres": self.centres}


def _drawn(components: int, dim: int, seed: int) -> np.ndarray:
    if components < 1:
        raise InputError(f"A mixture of {components} centres is none; give at least 1.")
    return np.random.default_rng(seed).uniform(-1, 1, (components, dim))
