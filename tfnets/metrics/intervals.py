"""Means over seeds or draws with 95 % intervals, the paired test, and the verdict rule."""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval (Student's t) over n repetitions.

    Attributes:
        mean: The mean.
        low: Lower end; NaN-free: equal to the mean when all values agree.
        high: Upper end.
        n: Number of repetitions.
    """

    mean: float
    low: float
    high: float
    n: int

    def as_json(self) -> dict[str, float | list[float] | int]:
        """Returns `{"mean", "ci95": [low, high], "n"}`."""
        return {"mean": self.mean, "ci95": [self.low, self.high], "n": self.n}


@dataclass(frozen=True)
class Paired:
    """Mean difference a - b of pairs, its 95 % interval, and the two-sided p value."""

    difference: Estimate
    p_value: float


def mean_ci95(values: np.ndarray | list[float]) -> Estimate:
    """Mean and 95 % t interval of repeated measurements.

    Raises:
        ValueError: Fewer than two values, from which no interval follows.
    """
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError("An interval needs at least two repetitions in one dimension.")
    mean, error = float(values.mean()), float(stats.sem(values))
    if error == 0:
        return Estimate(mean, mean, mean, len(values))
    low, high = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=error)
    return Estimate(mean, float(low), float(high), len(values))


def paired_test(a: np.ndarray, b: np.ndarray) -> Paired:
    """Paired t test of a against b (two-sided), with the interval of the mean difference.

    Args:
        a: Values (n,), one per pair.
        b: Values (n,) of the same pairs.

    Raises:
        ValueError: The lengths differ or are below two.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"Pairs need equal lengths, but these are {a.shape} and {b.shape}.")
    difference = mean_ci95(a - b)
    if difference.low == difference.high:
        return Paired(difference, 1.0 if difference.mean == 0 else 0.0)
    return Paired(difference, float(stats.ttest_rel(a, b).pvalue))


def verdict(estimate: Estimate, threshold: float = 0.0) -> str:
    """Judges the claim "the quantity is above the threshold" by its 95 % interval.

    Returns:
        `confirmed` if the whole interval lies above, `not confirmed` if it lies below or the
        interval's upper end touches it, `not decidable` if the interval holds the threshold.
    """
    if estimate.low > threshold:
        return "confirmed"
    if estimate.high <= threshold:
        return "not confirmed"
    return "not decidable"
