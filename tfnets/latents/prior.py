"""What every latent prior is, and those that there are: independent values, clouds, vectors."""

from typing import Any, Protocol, Self

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError

Seed = tf.Tensor | tuple[int, int]


class Prior(Protocol):
    """A latent prior.

    Attributes:
        dim: Size of a latent vector.
    """

    dim: int

    def __call__(self, n: int | tf.Tensor, seed: Seed) -> tf.Tensor:
        """Draws float32 (n, dim); `seed` is a pair of integers."""

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments: JSON values and NumPy arrays."""


def rows(values: Any, what: str) -> np.ndarray:
    """Returns vectors as float32 (n, dim); `what` they are is for the message.

    Raises:
        InputError: Not two axes, an axis of length 0, or values that are not finite.
    """
    try:
        array = np.asarray(values, np.float32)
    except (TypeError, ValueError) as error:
        raise InputError(f"The {what} are not numbers; give an array (n, dim).") from error
    if array.ndim != 2 or not array.size:
        raise InputError(f"The {what} have the shape {array.shape}; give an array (n, dim).")
    if not np.isfinite(array).all():
        raise InputError(f"Some of the {what} are NaN or infinite; give finite numbers.")
    return array


def whole(dim: Any) -> int:
    """Returns a latent size, or refuses what is not a whole number of at least 1."""
    if not isinstance(dim, int | np.integer) or dim < 1:
        raise InputError(f"The latent size is {dim!r}; give a whole number of at least 1.")
    return int(dim)


def spread(value: float, what: str) -> float:
    """Returns a standard deviation, or refuses one that is negative or not finite."""
    if not (isinstance(value, int | float | np.floating) and 0 <= value < np.inf):
        raise InputError(f"The {what} is {value!r}; give a finite number of at least 0.")
    return float(value)


def fold(seed: Seed, number: int) -> tf.Tensor:
    """Returns another seed, so that one draw can take independent numbers several times."""
    return tf.random.experimental.stateless_fold_in(seed, number)


class _Saved:
    """What Keras's saving asks of a prior."""

    KEPT: tuple[str, ...] = ("dim",)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the prior that `get_config` describes; Keras makes dictionaries of its arrays."""
        arrays = {key: value for key, value in config.items() if isinstance(value, dict)}
        return cls(**config | {k: v.get("config", {}).get("value") for k, v in arrays.items()})

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this prior again: JSON values and NumPy arrays."""
        return {name: getattr(self, name) for name in self.KEPT}


@keras.saving.register_keras_serializable("tfnets")
class Uniform(_Saved):
    """z ~ U[low, high)^dim, the origin's prior with low = -1 and high = 1."""

    KEPT = ("dim", "low", "high")

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


@keras.saving.register_keras_serializable("tfnets")
class Normal(_Saved):
    """z ~ N(0, 1)^dim."""

    def __init__(self, dim: int) -> None:
        """Takes the latent size, at least 1."""
        self.dim = whole(dim)

    def __call__(self, n: int | tf.Tensor, seed: Seed) -> tf.Tensor:
        """Draws float32 (n, dim); `seed` is a pair of integers."""
        return tf.random.stateless_normal((n, self.dim), seed)


@keras.saving.register_keras_serializable("tfnets")
class GaussianMixture(_Saved):
    """z ~ the mean of N(centre, stddev^2) over centres: the origin's second prior (study 3.2).

    Attributes:
        dim: Size of a latent vector.
        centres: float32 (components, dim).
        stddev: Standard deviation of each coordinate around its centre.
    """

    KEPT = ("dim", "stddev", "centres")

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

        `components` centres are drawn from U[-1, 1]^dim by `seed`, if no `centres` (k, dim) are
        given in their place.

        Raises:
            InputError: A number out of its range, or centres that are not finite or of another
                size.
        """
        self.dim, self.stddev = whole(dim), spread(stddev, "standard deviation of a mixture")
        if centres is None:
            if components < 1:
                raise InputError(f"A mixture of {components} centres is none; give at least 1.")
            centres = np.random.default_rng(seed).uniform(-1, 1, (components, self.dim))
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


@keras.saving.register_keras_serializable("tfnets")
class Encoded(_Saved):
    """z ~ a stored vector chosen at random, plus Gaussian jitter (study 3.2).

    Attributes:
        dim: Size of a latent vector.
        vectors: float32 (m, dim).
        jitter: Standard deviation of what is added to each value; at 0 they are drawn themselves.
    """

    KEPT = ("vectors", "jitter")

    def __init__(self, vectors: Any, jitter: float = 0.0) -> None:
        """Takes the vectors to draw from, for instance `encoder.predict(images)`.

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
