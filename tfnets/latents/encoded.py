"""A prior of stored latent vectors, such as an encoder's of real images."""

from typing import Any, Self

import keras
import tensorflow as tf

from tfnets.latents.prior import Seed, fold, given, rows, spread


@keras.saving.register_keras_serializable("tfnets")
class Encoded:
    """z ~ a stored vector chosen at random, plus Gaussian jitter (study 3.2).

    Attributes:
        dim: Size of a latent vector.
        vectors: float32 (m, dim).
        jitter: Standard deviation of what is added to each value.
    """

    def __init__(self, vectors: Any, jitter: float = 0.0) -> None:
        """Takes the vectors to draw from, for instance `encoder.predict(images)`.

        Args:
            vectors: Finite numbers (m, dim).
            jitter: Standard deviation of the noise, at least 0; at 0 the stored vectors themselves
                are drawn.

        Raises:
            InputError: Vectors of another shape or not finite, or a negative jitter.
        """
        self.vectors = rows(vectors, "encoded vectors")
        self.jitter = spread(jitter, "jitter of encoded vectors")
        # A tensor, captured by a traced step as it is: an array would be copied into its graph.
        self._tensor = tf.constant(self.vectors)

    @property
    def dim(self) -> int:
        """Size of a latent vector."""
        return self.vectors.shape[1]

    def __call__(self, n: int | tf.Tensor, seed: Seed) -> tf.Tensor:
        """Draws float32 (n, dim), with replacement; `seed` is a pair of integers."""
        count = len(self.vectors)
        chosen = tf.random.stateless_uniform((n,), fold(seed, 0), 0, count, tf.int32)
        drawn = tf.gather(self._tensor, chosen)
        if not self.jitter:
            return drawn
        return drawn + self.jitter * tf.random.stateless_normal((n, self.dim), fold(seed, 1))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the prior that `get_config` describes, for Keras's saving."""
        return cls(**{name: given(value) for name, value in config.items()})

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; the vectors as an array."""
        return {"vectors": self.vectors, "jitter": self.jitter}
