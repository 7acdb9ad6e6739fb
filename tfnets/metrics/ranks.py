"""Tests and correlations that see ranks only."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import permutation_test, rankdata


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation in [-1, 1] of finite a, b (n,); ties get the mean of their ranks.

    0 where all values of `a` or of `b` are equal. Where `a` takes few values, as -1, 0 and 1, it
    stays below 1 however well `b` follows: with two equally often, at most the root of 3/4, 0.866.

    Raises:
        ValueError: Fewer than two pairs, lengths that differ, or values that are not finite.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2:
        raise ValueError(
            f"A rank correlation needs two pairs or more, but the shapes are {a.shape} and "
            f"{b.shape}."
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("A rank correlation needs finite values; some are NaN or infinite.")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


EXACT = 8
"""Pairs up to which every permutation is counted (8! = 40,320); beyond, as many are drawn."""


@dataclass(frozen=True)
class RankTest:
    """Spearman's rank correlation of n pairs, its interval, and its p values.

    Attributes:
        rho: The correlation.
        low: Lower end of the 95 % interval.
        high: Upper end.
        p_greater: Share of the permutations of one side with a correlation at least as high.
        p_less: Share with one at least as low.
        n: Number of pairs.
    """

    rho: float
    low: float
    high: float
    p_greater: float
    p_less: float
    n: int

    @property
    def p_value(self) -> float:
        """Two-sided: twice the smaller of both, at most 1."""
        return min(1.0, 2 * min(self.p_greater, self.p_less))

    def as_json(self) -> dict[str, float | int | list[float]]:
        """Returns `{"rho", "ci95": [low, high], "p_value", "p_greater", "p_less", "n"}`."""
        ends = {"rho": self.rho, "ci95": [self.low, self.high], "p_value": self.p_value}
        return ends | {"p_greater": self.p_greater, "p_less": self.p_less, "n": self.n}


def rank_test(a: np.ndarray, b: np.ndarray) -> RankTest:
    """Tests a rank correlation by permutations; the interval is Fisher's.

    The p values are exact up to `EXACT` pairs. The interval is tanh(artanh(rho) +- 1.96 * 1.03 /
    sqrt(n - 3)) (Fieller, Hartley & Pearson 1957), which is rough for few pairs.

    Raises:
        ValueError: Fewer than four pairs, or what `rank_correlation` refuses.
    """
    rho = rank_correlation(a, b)
    n = len(a)
    if n < 4:
        raise ValueError(f"The interval of a rank correlation needs 4 pairs, but there are {n}.")
    sums, known = _permuted(a, b)
    p_greater, p_less = (sums >= known - 1e-9).mean(), (sums <= known + 1e-9).mean()
    reach = 1.96 * 1.03 / math.sqrt(n - 3)
    middle = math.atanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    low, high = (math.tanh(middle + sign * reach) for sign in (-1, 1))
    return RankTest(rho, low, high, float(p_greater), float(p_less), n)


def _permuted(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, float]:
    """Products of the centred ranks under permutations, and as they are."""
    ranks, others = (rankdata(values) - (len(values) + 1) / 2 for values in (a, b))
    found = permutation_test(
        (ranks,), lambda order, axis: np.sum(order * others, axis=axis), vectorized=True,
        permutation_type="pairings", n_resamples=math.factorial(EXACT), rng=0,
    )  # fmt: skip
    sums = found.null_distribution
    # Where not all are counted, the one that is there is not among the drawn ones.
    return np.append(sums, found.statistic) if len(ranks) > EXACT else sums, found.statistic
