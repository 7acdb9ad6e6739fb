"""Pictures of 256 levels per value: rounding to them, inside a ball, and measuring changes."""

from dataclasses import dataclass

import numpy as np

LEVELS = 255
_ROUNDING = 1e-4  # of a level: multiples of 1/255 are no exact binary numbers
_FLOAT32 = 1e-7  # relative: an epsilon that was float32 once


def to_levels(images: np.ndarray) -> np.ndarray:
    """Rounds images in [0, 1] to whole levels from 0 to 255, as int16 (of the same shape)."""
    return np.rint(np.asarray(images, np.float64) * LEVELS).astype(np.int16)


def from_levels(levels: np.ndarray) -> np.ndarray:
    """Returns level / 255 as float32."""
    return (np.asarray(levels) / LEVELS).astype(np.float32)


def to_8bit_grid(images: np.ndarray) -> np.ndarray:
    """Rounds images in [0, 1] to the nearest multiples of 1/255, float32 as before."""
    return from_levels(to_levels(images))


def box(originals: np.ndarray, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the lowest and the highest images within epsilon (L-inf) of originals and in [0, 1].

    float32 values, and never an ulp further away: |bound - original| <= epsilon holds exactly.

    Originals are float32 in [0, 1] of any shape, epsilon is above 0.
    """
    exact = originals.astype(np.float64)
    low = np.maximum(exact - epsilon, 0).astype(np.float32)
    high = np.minimum(exact + epsilon, 1).astype(np.float32)
    low = np.where(exact - low > epsilon, np.nextafter(low, np.float32(2)), low)
    high = np.where(high - exact > epsilon, np.nextafter(high, np.float32(-1)), high)
    return low, high


def into_l2_ball(images: np.ndarray, originals: np.ndarray, epsilon: float) -> np.ndarray:
    """Shrinks each change (n, ...) to a length of at most epsilon, after float32 rounding too."""
    exact = originals.astype(np.float64)
    images = np.array(images, np.float32)
    for index, image in enumerate(images):
        change = image - exact[index]
        length, shorter = np.linalg.norm(change), 1.0
        while np.linalg.norm(images[index] - exact[index]) > epsilon:
            shorter -= 1e-6
            images[index] = exact[index] + change * (shorter * epsilon / length)
    return images


def round_in_linf(images: np.ndarray, originals: np.ndarray, epsilon: float) -> np.ndarray:
    """Rounds images (n, ...) to the nearest levels that stay within epsilon of 8-bit originals.

    Changes are at most epsilon's whole number of levels.
    """
    start, most = to_levels(originals), int(epsilon * LEVELS * (1 + _FLOAT32))
    return from_levels(np.clip(to_levels(images), start - most, start + most))


def round_in_l2(images: np.ndarray, originals: np.ndarray, epsilon: float) -> np.ndarray:
    """Rounds to 8 bits without leaving the L2 ball around 8-bit originals.

    Values are rounded towards the original first, which never leaves the ball; then those that the
    nearest level lies beyond are moved on, the largest fractions first, while the ball allows it.

    Images (n, ...) are in [0, 1] and inside the ball, of radius epsilon over all values.
    """
    start = to_levels(originals)
    change = np.asarray(images, np.float64) * LEVELS - start
    # A change of 0.9999999 levels is a whole level that lost an ulp.
    sure = np.trunc(change + np.sign(change) * _ROUNDING)
    rounded = np.stack(
        [_spend(c, s, (epsilon * LEVELS) ** 2) for c, s in zip(change, sure, strict=True)]
    )
    return from_levels(start + rounded)


def _spend(change: np.ndarray, sure: np.ndarray, budget: float) -> np.ndarray:
    """Adds single levels to the truncated changes while their sum of squares allows it."""
    sure = np.where(np.sum(sure**2) > budget * (1 + 1e-9), np.trunc(change), sure)
    fraction = np.abs(change) - np.abs(sure)
    order = np.argsort(-fraction, axis=None, kind="stable")
    order = order[fraction.flat[order] >= 0.5]
    cost = np.cumsum(2 * np.abs(sure.flat[order]) + 1)
    chosen = order[cost <= budget * (1 + 1e-9) - np.sum(sure**2)]
    rounded = sure.copy()
    rounded.flat[chosen] += np.sign(change.flat[chosen])
    return rounded


@dataclass(frozen=True)
class Change:
    """How far 8-bit images are from their originals, exactly (each attribute has shape (n,)).

    Attributes:
        linf: Largest change of a value, in pixel units from 0 to 1.
        l2: Root of the sum of squared changes over all values, same unit.
        pixels: Number of pixels of which any channel has changed.
        values: Number of values (pixel and channel) that have changed.
    """

    linf: np.ndarray
    l2: np.ndarray
    pixels: np.ndarray
    values: np.ndarray

    @classmethod
    def between(cls, originals: np.ndarray, images: np.ndarray) -> "Change":
        """Measures images (n, height, width, channels) against originals of the same shape."""
        change = to_levels(images).astype(np.int64) - to_levels(originals)
        linf = np.abs(change).max(axis=(1, 2, 3)) / LEVELS
        l2 = np.sqrt(np.sum(change**2, axis=(1, 2, 3))) / LEVELS
        pixels = np.any(change, axis=3).sum(axis=(1, 2))
        return cls(linf, l2, pixels, np.count_nonzero(change, axis=(1, 2, 3)))
