"""Kernel distance between two sets of features (KID)."""

from dataclasses import dataclass

import numpy as np

from tfnets.metrics.frechet import check_features


@dataclass(frozen=True)
class KernelDistance:
    """Kernel distance of two samples.

    Attributes:
        mean: Mean over the subsets; 0 in expectation where the distributions agree, and so negative
            about half the time there.
        deviation: Standard deviation over the subsets; 0 for a single one.
        subsets: Number of subsets.
        size: Rows of each side in a subset.
    """

    mean: float
    deviation: float
    subsets: int
    size: int


def kernel_distance(
    real: np.ndarray, fake: np.ndarray, *, subsets: int = 100, size: int = 1000, seed: int = 0
) -> KernelDistance:
    """Squared maximum mean discrepancy with the kernel (x.y / d + 1)^3, without bias.

    The estimator of Binkowski et al. (2018): means over subsets drawn without replacement. Its
    expectation does not depend on the number of rows, unlike that of the Frechet distance.

    Args:
        real: Features (n, d), n >= 2.
        fake: Features (m, d), m >= 2.
        subsets: How many subsets are drawn; where a subset is the whole of both sides, one is
            enough and one is taken.
        size: Rows of each side in a subset; all rows of the smaller side if that has fewer.
        seed: Seed of the subsets.

    Raises:
        ValueError: Wrong shapes, values that are not finite, no subset, or subsets of one row.
    """
    real, fake = check_features(real, fake)
    if subsets < 1 or size < 2:
        raise ValueError(f"{subsets} subsets of {size} rows; give at least 1 of at least 2 rows.")
    size = min(size, len(real), len(fake))
    if size == len(real) == len(fake):
        subsets = 1
    rng = np.random.default_rng(seed)
    values = [
        _discrepancy(*(side[rng.choice(len(side), size, replace=False)] for side in (real, fake)))
        for _ in range(subsets)
    ]
    return KernelDistance(float(np.mean(values)), float(np.std(values)), subsets, size)


def _discrepancy(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased squared discrepancy of as many rows each (Gretton et al. 2012, lemma 6)."""
    n = len(x)
    squares = [_kernel(side, side) for side in (x, y)]
    within = sum(square.sum() - np.trace(square) for square in squares)
    return within / (n * (n - 1)) - 2 * _kernel(x, y).mean()


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    base = x @ y.T / x.shape[1] + 1
    return base * base * base
