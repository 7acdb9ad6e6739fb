"""What the figure functions accept: the checks they share. `name` is what a message calls it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]


def images(values: ArrayLike, name: str = "images") -> Floats:
    """Returns images (n, height, width, 1 or 3) as an array, n >= 1, floats in [0, 1].

    Raises:
        ValueError: Another shape, no image, not floats, or a value outside [0, 1].
    """
    array = np.asarray(values)
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or array.size == 0:
        raise ValueError(
            f"{name} must have the shape (n, height, width, 1 or 3) with n >= 1, "
            f"but have {array.shape}."
        )
    if not np.issubdtype(array.dtype, np.floating):
        raise ValueError(
            f"{name} must be floats in [0, 1], but are {array.dtype}; divide 8-bit images by 255."
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):
        raise ValueError(f"{name} must lie in [0, 1], but lie in [{low:.4g}, {high:.4g}].")
    return array


def points(values: ArrayLike, name: str = "points") -> np.ndarray:
    """Returns points (n, 2) as floats; a `ValueError` if there are none or some are not finite."""
    array = np.asarray(values, float)
    if array.ndim != 2 or array.shape[1] != 2 or len(array) == 0:
        raise ValueError(f"{name} must have the shape (n, 2) with n >= 1, not {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, but some are NaN or infinite.")
    return array


def same_length(name: str, got: int, wanted: int) -> None:
    """Refuses `got` entries where `wanted` were needed, with a `ValueError`."""
    if got != wanted:
        raise ValueError(f"{name} must have {wanted} entries, but has {got}.")


def class_labels(values: ArrayLike, names: Sequence[str], name: str = "labels") -> NDArray:
    """Returns class indices (n,) into `names` as an array, n >= 1.

    Raises:
        ValueError: Another shape, no label, not integers, or an index without a name.
    """
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0 or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"{name} must be integers of shape (n,) with n >= 1, "
            f"but are {array.dtype} of shape {array.shape}."
        )
    if array.min() < 0 or array.max() >= len(names):
        raise ValueError(
            f"{name} must lie in [0, {len(names)}), one class name each, "
            f"but lie in [{array.min()}, {array.max()}]."
        )
    return array


def estimate(values: Sequence[float], name: str) -> tuple[float, float, float]:
    """Returns (value, low, high) as floats.

    Raises:
        ValueError: Not three finite numbers with low <= value <= high.
    """
    triple = tuple(float(value) for value in values)
    if len(triple) != 3 or not np.all(np.isfinite(triple)):
        raise ValueError(f"{name} must be three finite numbers (value, low, high), not {values!r}.")
    value, low, high = triple
    if not low <= value <= high:
        raise ValueError(
            f"{name} must have low <= value <= high, but is {value:.4g} in [{low:.4g}, {high:.4g}]."
        )
    return value, low, high
