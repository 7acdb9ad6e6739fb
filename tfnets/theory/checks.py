"""What a check of an operator returns, and how errors are scaled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfnets.errors import InputError

Operator = Callable[[np.ndarray], Any]
"""Images (n, h, w, c), float32 -> an array (n, ...), NumPy or TensorFlow. A Keras model is one."""

TOLERANCE = 1e-4
"""Largest relative error that passes as rounding of float32.

On a GPU that multiplies in TF32 (10 bits of mantissa), rounding alone comes to about 1e-3; give a
larger tolerance there, or switch TF32 off in `tf.config.experimental`.
"""


@dataclass(frozen=True, eq=False)
class Counterexample:
    """Inputs for which the two sides of an identity differ.

    Attributes:
        statement: The identity, with the numbers of this case.
        inputs: The images of this case, each (h, w, c).
        left: Left side of the identity, without the batch axis.
        right: Right side, like `left`.
        shift: Rows and columns that the image was moved by, for shift equivariance.
    """

    statement: str
    inputs: tuple[np.ndarray, ...]
    left: np.ndarray
    right: np.ndarray
    shift: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Check:
    """The outcome of a check.

    Attributes:
        error: Largest relative error of all trials; at most 2, or infinite if an output was not
            finite.
        tolerance: The largest error that passes.
        worst: The trial with that error.
    """

    error: float
    tolerance: float
    worst: Counterexample

    @property
    def passes(self) -> bool:
        """Whether the identity held up to the tolerance in every trial."""
        return self.error <= self.tolerance

    @property
    def counterexample(self) -> Counterexample | None:
        """The worst trial if the check fails, else None."""
        return None if self.passes else self.worst


def relative_error(left: np.ndarray, right: np.ndarray, *terms: np.ndarray) -> float:
    """Returns max |left - right|, relative to the size of what was added up on either side.

    The size is the larger of max |left| and the maximum of the sum of the absolute `terms`, which
    `right` is the sum of (itself if there are none; all are of one shape), so that terms which
    nearly cancel do not make rounding look large. The result is at most 2, 0 if everything is 0,
    and infinite if a value is not finite.
    """
    size = max(np.abs(left).max(), sum(np.abs(term) for term in terms or (right,)).max())
    difference = np.abs(left - right).max()
    if not np.isfinite(size) or not np.isfinite(difference):
        return float("inf")
    return float(difference / size) if size else 0.0


def worst_of(cases: list[tuple[float, Counterexample]], tolerance: float) -> Check:
    """Makes a check of the case with the largest error."""
    error, worst = max(cases, key=lambda case: case[0])
    return Check(error, tolerance, worst)


def apply(operator: Operator, images: np.ndarray) -> np.ndarray:
    """Applies an operator to images (n, h, w, c); float64 (n, ...), else InputError."""
    outputs = np.asarray(operator(np.asarray(images, np.float32)), np.float64)
    if outputs.ndim == 0 or len(outputs) != len(images) or outputs.size == 0:
        raise InputError(
            f"The operator made {outputs.shape} of {len(images)} images; expected an array whose "
            "first axis is that of the images."
        )
    return outputs


def draw(
    shape: tuple[int, int, int], count: int, rng: np.random.Generator, images: np.ndarray | None
) -> np.ndarray:
    """Draws `count` float32 images of a shape (h, w, c) from those given (n, h, w, c).

    If there are none, standard normal noise whose scale goes evenly from 1e-3 to 1e3, so that an
    operator that is linear near 0 or far from it only is found out.

    Raises:
        InputError: No trial, a shape that is not (h, w, c), or images of another shape.
    """
    if count < 1 or len(shape) != 3 or min(shape) < 1:
        raise InputError(
            f"The check got {count} trials on images of shape {tuple(shape)}; give at least one "
            "trial and a shape (height, width, channels)."
        )
    if images is None:
        scales = np.logspace(-3, 3, count) if count > 1 else np.ones(1)
        noise = rng.standard_normal((count, *shape)) * scales[:, None, None, None]
        return noise.astype(np.float32)
    if images.shape[1:] != tuple(shape) or len(images) == 0:
        raise InputError(
            f"The images to test on have the shape {images.shape}; expected (n, *{tuple(shape)})."
        )
    return np.asarray(images[rng.integers(0, len(images), count)], np.float32)
