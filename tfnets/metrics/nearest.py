"""The distance to the nearest of many points."""

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min


def nearest_distances(points: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Euclidean distance of each point to the nearest known one.

    Args:
        points: Shape (n, d).
        known: Shape (m, d); both float32, or both are taken as float64, which is half as fast.

    Returns:
        Shape (n,), float64.

    Raises:
        ValueError: Wrong shapes, or values that are not finite.
    """
    points, known = np.asarray(points), np.asarray(known)
    if points.ndim != 2 or known.ndim != 2 or points.shape[1:] != known.shape[1:]:
        raise ValueError(
            f"Points must be (n, d) and (m, d), but are {points.shape} and {known.shape}."
        )
    # Scikit-learn refuses NaN and infinity, with ValueError as well.
    return pairwise_distances_argmin_min(points, known)[1].astype(np.float64)
