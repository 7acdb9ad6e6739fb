"""What every latent prior is, and checks that several share."""

from typing import Any, Protocol

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
    """Returns vectors as float32 (n, dim).

    Args:
        values: Array of numbers.
        what: What they are, for the message.

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
    """Returns a latent size, or refuses what is not a whole number of at least 1.

    Raises:
        InputError: Another value.
    """
    if not isinstance(dim, int | np.integer) or dim < 1:
        raise InputError(f"The latent size is {dim!r}; give a whole number of at least 1.")
    return int(dim)


def spread(value: float, what: str) -> float:
    """Returns a standard deviation, or refuses one that is negative or not finite.

    Raises:
        InputError: The value is not a finite number of at least 0.
    """
    if not (isinstance(value, int | float | np.floating) and 0 <= value < np.inf):
        raise InputError(f"The {what} is {value!r}; give a finite number of at least 0.")
    return float(value)


def fold(seed: Seed, number: int) -> tf.Tensor:
    """Returns another seed, so that one draw can take independent numbers several times."""
    return tf.random.experimental.stateless_fold_in(seed, number)


def given(value: Any) -> Any:
    """Returns an array that Keras's saving has made a dictionary of; anything else as it is."""
    if isinstance(value, dict):
        value = value.get("config", {}).get("value")
    return value
