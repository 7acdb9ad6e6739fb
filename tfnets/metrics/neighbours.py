"""Precision, recall, density and coverage from k-nearest-neighbour balls."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from tfnets.metrics.frechet import check_features


@dataclass(frozen=True)
class Prdc:
    """Precision, recall, density, coverage; all in [0, 1] but density, which may exceed 1."""

    precision: float
    recall: float
    density: float
    coverage: float


def prdc(real: np.ndarray, fake: np.ndarray, k: int = 5) -> Prdc:
    """Fidelity and diversity of features (Kynkaanniemi et al. 2019; Naeem et al. 2020).

    Precision: share of fakes (m, d) inside some real point's ball, whose radius is the distance of
    its k-th nearest neighbour among the real (n, d). Recall: the same with the roles exchanged.
    Density: mean number of real balls a fake lies in, over k. Coverage: share of real balls with a
    fake inside.

    Raises:
        ValueError: Wrong shapes, values that are not finite, or no more than k rows.
    """
    real, fake = check_features(real, fake)
    if min(len(real), len(fake)) <= k:
        raise ValueError(f"More than k={k} rows are needed on each side.")
    real_radius, fake_radius = _radius(real, k), _radius(fake, k)
    inside_count = np.zeros(len(fake))
    covered = np.zeros(len(real), bool)
    recalled = np.zeros(len(real), bool)
    start = 0
    for block in pairwise_distances_chunked(real, fake):
        rows = slice(start, start + len(block))
        in_real_ball = block <= real_radius[rows, None]
        inside_count += in_real_ball.sum(axis=0)
        covered[rows] = in_real_ball.any(axis=1)
        recalled[rows] = (block <= fake_radius).any(axis=1)
        start += len(block)
    return Prdc(
        precision=float((inside_count > 0).mean()),
        recall=float(recalled.mean()),
        density=float(inside_count.mean() / k),
        coverage=float(covered.mean()),
    )


def _radius(points: np.ndarray, k: int) -> np.ndarray:
    """Distance of each point to its k-th nearest other point."""
    distances, _ = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(points).kneighbors()
    return distances[:, -1]
