"""Numerical inversion of a cumulative function, for many levels at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from tfnets.errors import InputError


def bisect(
    cdf: Callable[[np.ndarray], np.ndarray], p: ArrayLike, low: float, high: float
) -> np.ndarray:
    """Inverts a non-decreasing function by bisection, for all p at once, to the last digit.

    Args:
        cdf: Non-decreasing function of arrays, from 0 at `low` to 1 at `high`.
        p: Levels (...) in [0, 1].
        low: Left end of the support; may be -inf.
        high: Right end; may be inf.

    Returns:
        Up to neighbouring floats the smallest x with cdf(x) >= p; the ends for levels 0 and 1.

    Raises:
        InputError: A level outside [0, 1], or a function that does not come to a level.
    """
    p = np.asarray(p, float)
    if not np.all((p >= 0) & (p <= 1)):
        raise InputError("A level to invert a cumulative function at lies in [0, 1]; mend it.")
    below, above = _bracket(cdf, p, low, high)
    while True:
        middle = below + (above - below) / 2
        moving = (middle > below) & (middle < above)
        if not moving.any():
            break
        reached = np.asarray(cdf(middle)) >= p
        above = np.where(reached & moving, middle, above)
        below = np.where(~reached & moving, middle, below)
    return np.where(p <= 0, low, np.where(p >= 1, high, above))


def _bracket(
    cdf: Callable[[np.ndarray], np.ndarray], p: np.ndarray, low: float, high: float
) -> tuple[np.ndarray, np.ndarray]:
    """Finite ends around each level strictly between 0 and 1: doubled until they hold it."""
    anchor = 0.0 if np.isinf(low) and np.isinf(high) else (high if np.isinf(low) else low)
    inner = (p > 0) & (p < 1)
    below = np.full(p.shape, anchor if np.isinf(low) else low)
    above = np.full(p.shape, anchor if np.isinf(high) else high)
    for step in 2.0 ** np.arange(1024):
        short = inner & (np.asarray(cdf(above)) < p)
        over = inner & (np.asarray(cdf(below)) >= p) & np.isinf(low)
        if not (short | over).any():
            return below, above
        if short.any() and not np.isinf(high):
            break
        above = np.where(short, anchor + step, above)
        below = np.where(over, anchor - step, below)
    raise InputError(
        "The cumulative function does not come to 1 at its upper end or to 0 at its lower one; "
        "give one that does."
    )
