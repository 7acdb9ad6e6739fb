"""Whether one quantity grows with another, whatever the shape of the curve."""

import numpy as np
from scipy.stats import rankdata


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation; ties get the mean of their ranks.

    Where `a` takes few values, as -1, 0 and 1, it stays below 1 however well `b` follows: with two
    values equally often, at most the root of 3/4, 0.866.

    Args:
        a: Numbers (n,), finite.
        b: Numbers (n,), finite.

    Returns:
        A number in [-1, 1]; 0 where all values of `a` or of `b` are equal.

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
