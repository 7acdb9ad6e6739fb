"""Paths of images between two classes, as a judge sees them: how gradual, how far, how sure.

A path is m points in order; the judge gives each point probabilities of the classes and a feature
vector. Everything is a number per path, so that paths with the same ends can be compared in pairs.
"""

import numpy as np
from scipy.special import entr

from tfnets.metrics.distances import nearest_distances

SURE = 0.9
"""Probability from which the judge counts as sure."""

NUMBERS = (
    "confidence", "sag", "unsure", "entropy", "third", "width", "largest_step", "length",
)  # fmt: skip
"""What `path_numbers` returns."""


def path_numbers(probabilities: np.ndarray, features: np.ndarray) -> dict[str, np.ndarray]:
    """Measures n paths of m >= 3 evenly spaced points: (n, m, classes) and features (n, m, d).

    Returns:
        By name, arrays (n,). Over the points between the ends: `confidence`, the mean of the
        largest probability; `sag`, by how much that is below its mean at the two ends; `unsure`,
        the share of points where it is below `SURE`; `entropy` in nats, the mean; `third`, the
        share of points whose most probable class is neither end's.
        Over the whole path: `width`, see `transition_width`; `largest_step` and `length`, see
        `step_numbers`.

    Raises:
        ValueError: Other shapes, or probabilities that are not.
    """
    probabilities = _probabilities(probabilities)
    features = np.asarray(features, np.float64)
    if features.ndim != 3 or features.shape[:2] != probabilities.shape[:2]:
        raise ValueError(
            f"features must have the shape (n, m, d) of the same paths as the probabilities "
            f"{probabilities.shape}, but have {features.shape}."
        )
    between = probabilities[:, 1:-1]
    largest, ends = between.max(axis=2), probabilities[:, [0, -1]].argmax(axis=2)
    other = (between.argmax(axis=2)[:, :, None] != ends[:, None]).all(axis=2)
    confidence = largest.mean(axis=1)
    return {
        "confidence": confidence,
        "sag": probabilities[:, [0, -1]].max(axis=2).mean(axis=1) - confidence,
        "unsure": (largest < SURE).mean(axis=1),
        "entropy": entr(between).sum(axis=2).mean(axis=1),
        "third": other.mean(axis=1),
        "width": transition_width(probabilities),
        **step_numbers(features),
    }


def transition_width(probabilities: np.ndarray, level: float = SURE) -> np.ndarray:
    """How much of the path lies between the class at its start and the class at its end.

    It is the share of the path from where the first end's class falls below `level` for the first
    time to where the last end's class reaches it for good, linear between the points: 0.8 where the
    probability moves evenly from one class to the other, 0.8 / (m - 1) where it jumps between two
    points, and 1 where neither end is held with `level`.

    Probabilities (n, m, classes) are those of evenly spaced points; the level is above 0.5.

    Returns:
        Shares (n,) in [0, 1]; 0 where a path stays sure of one class.

    Raises:
        ValueError: Other shapes, values that are no probabilities, or a level outside (0.5, 1).
    """
    probabilities = _probabilities(probabilities)
    if not 0.5 < level < 1:
        raise ValueError(f"The level is {level}; it must be above 0.5 and below 1.")
    paths = np.arange(len(probabilities))
    first, last = (probabilities[:, end].argmax(axis=1) for end in (0, -1))
    left = _crossing(probabilities[paths, :, first], level)
    arrived = 1 - _crossing(probabilities[paths, ::-1, last], level)
    return np.maximum(0, arrived - left)


def step_numbers(features: np.ndarray) -> dict[str, np.ndarray]:
    """How evenly and how straight paths (n, m, d) lead through a feature space.

    Returns:
        `largest_step`: the longest step over the mean step, from 1 (even) to m - 1 (one jump).
        `length`: the sum of the steps over the distance of the ends, from 1 (straight). Arrays
        (n,); both 1 where nothing moves.
    """
    steps = np.linalg.norm(np.diff(features, axis=1), axis=2)
    straight = np.linalg.norm(features[:, -1] - features[:, 0], axis=1)
    return {
        "largest_step": _ratio(steps.max(axis=1), steps.mean(axis=1)),
        "length": _ratio(steps.sum(axis=1), straight),
    }


def nearest_ratio(points: np.ndarray, known: np.ndarray, unit: float) -> np.ndarray:
    """Distance of each path's points (n, m, d) to the nearest known one (k, d), mean over points.

    Returns (n,) in multiples of `unit`, for instance the mean distance of test images.
    """
    n, m, _ = points.shape
    return nearest_distances(points.reshape(n * m, -1), known).reshape(n, m).mean(axis=1) / unit


def _crossing(values: np.ndarray, level: float) -> np.ndarray:
    """Where (n, m) values first fall below a level, in [0, 1] of the path; 1 where they do not."""
    below = values < level
    index = np.where(below.any(axis=1), below.argmax(axis=1), values.shape[1] - 1)
    rows = np.arange(len(values))
    before, at = values[rows, np.maximum(index - 1, 0)], values[rows, index]
    fallen = before - at
    share = np.where(fallen > 0, (before - level) / np.where(fallen > 0, fallen, 1), 0)
    place = np.where(index > 0, index - 1 + np.clip(share, 0, 1), 0)
    return np.where(below.any(axis=1), place / (values.shape[1] - 1), 1)


def _ratio(values: np.ndarray, unit: np.ndarray) -> np.ndarray:
    return np.divide(values, unit, out=np.ones_like(values), where=unit > 0)


def _probabilities(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, np.float64)
    if values.ndim != 3 or len(values) == 0 or values.shape[1] < 3:
        raise ValueError(
            f"probabilities must have the shape (n, m, classes) with at least one path of 3 "
            f"points, but have {values.shape}."
        )
    if not (values.min() >= 0 and np.allclose(values.sum(axis=2), 1, atol=1e-3)):
        raise ValueError("probabilities must be at least 0 and add up to 1 at every point.")
    return values
