"""Means over seeds or draws with 95 % intervals, the paired test, and the verdict rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval over n repetitions; `f"{estimate:.3f}"` prints both.

    Attributes:
        mean: The mean.
        low: Lower end; equal to the mean when all values agree.
        high: Upper end.
        n: Number of repetitions; one alone has no interval, both ends are the mean.
    """

    mean: float
    low: float
    high: float
    n: int

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Reads what `as_json` returned, other keys aside; without `ci95`, both ends are the mean.

        Raises:
            KeyError: There is no `mean`, or an interval without `n`.
        """
        mean = values["mean"]
        if "ci95" not in values:
            return cls(mean, mean, mean, values.get("n", 1))
        return cls(mean, *values["ci95"], values["n"])

    @property
    def ci95(self) -> list[float]:
        """Both ends, as a claim takes them."""
        return [self.low, self.high]

    @property
    def bar(self) -> tuple[float, float, float]:
        """Mean and both ends, as figures of bars and intervals take them."""
        return self.mean, self.low, self.high

    def as_json(self) -> dict[str, float | list[float] | int]:
        """Returns `{"mean", "ci95": [low, high], "n"}`."""
        return {"mean": self.mean, "ci95": self.ci95, "n": self.n}

    def __format__(self, spec: str) -> str:
        """Writes `mean [low, high]`, each number by the format; of one repetition the mean."""
        mean, low, high = (format(number, spec or ".4g") for number in self.bar)
        return f"{mean} [{low}, {high}]" if self.n > 1 else mean

    def __str__(self) -> str:
        """Writes it with four digits."""
        return format(self)


@dataclass(frozen=True)
class Paired:
    """Mean difference a - b of pairs, its 95 % interval, and the two-sided p value."""

    difference: Estimate
    p_value: float


def mean_ci95(values: np.ndarray | list[float]) -> Estimate:
    """Mean and 95 % t interval of repeated measurements; ValueError for one, or not finite ones."""
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError("An interval needs at least two repetitions in one dimension.")
    if not np.isfinite(values).all():
        raise ValueError("An interval needs finite values; some are NaN or infinite.")
    if np.ptp(values) == 0:
        return Estimate(*[float(values[0])] * 3, len(values))
    mean = float(values.mean())
    low, high = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=stats.sem(values))
    return Estimate(mean, float(low), float(high), len(values))


def proportion(hits: np.ndarray, method: str = "wilson") -> Estimate:
    """Share of hits among n tries (n,) with its 95 % interval: both ends lie in [0, 1], too.

    The method is `wilson` (1927), or `exact` for Clopper and Pearson's (1934), which is wider.

    Raises:
        ValueError: There are no tries.
    """
    hits = np.asarray(hits, bool)
    interval = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(0.95, method)
    return Estimate(float(hits.mean()), float(interval.low), float(interval.high), len(hits))


def paired_test(a: np.ndarray, b: np.ndarray) -> Paired:
    """Paired t test of a against b (two-sided), with the interval of the mean difference.

    Differences that agree up to rounding have an interval of width 0, and p = 0 (or 1, where they
    are 0).

    Raises:
        ValueError: The lengths differ or are below two, or values are not finite.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"Pairs need equal lengths, but these are {a.shape} and {b.shape}.")
    difference = mean_ci95(a - b)
    rounding = 64 * np.finfo(np.float64).eps * max(np.abs(a).max(), np.abs(b).max())
    if np.ptp(a - b) > rounding:
        return Paired(difference, float(stats.ttest_rel(a, b).pvalue))
    mean = difference.mean if abs(difference.mean) > rounding else 0.0
    return Paired(Estimate(mean, mean, mean, len(a)), 1.0 if mean == 0 else 0.0)


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
