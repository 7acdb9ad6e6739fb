"""Distances between sets of images or points: among themselves, to the nearest, to partners."""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.metrics import pairwise_distances_argmin_min, pairwise_distances_chunked


def diversity(features: np.ndarray) -> float:
    """Mean Euclidean distance over all pairs of rows (n, d), n >= 2; 0 if all are the same.

    The time grows with n squared; about a thousand rows estimate the mean well.

    Raises:
        ValueError: Not (n, d) with n >= 2, or values that are not finite.
    """
    features = np.asarray(features, np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"Features must be (n, d) with n >= 2, but are {features.shape}.")
    if not np.isfinite(features).all():
        raise ValueError("Features must be finite; some are NaN or infinite.")
    n = len(features)
    # Shifting to the mean keeps the squared-norm formula exact where all rows lie far from 0.
    total = sum(block.sum() for block in pairwise_distances_chunked(features - features.mean(0)))
    return float(total / (n * (n - 1)))


def nearest_distances(points: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Euclidean distances (n,), float64, of points (n, d) to the nearest of those known (m, d).

    Both are float32, or are taken as float64, which is half as fast.

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


def partner_match(made: np.ndarray, partners: np.ndarray) -> dict[str, float]:
    """Mean absolute distance of images (n, ...) to their true partners, beside that to others.

    Returns:
        `distance`: mean absolute difference from the true partner. `relative`: that, divided by the
        mean absolute difference of two true partners: 0 is exact, 1 what a partner drawn at random
        would give. `rank`: the share of the other partners that are nearer than the true one
        (ties by half): 0 where the true one is nearest, 0.5 is chance.

    Raises:
        ValueError: Shapes that differ, or fewer than two images.
    """
    if made.shape != partners.shape or len(made) < 2:
        raise ValueError(
            f"Two or more images need a partner each, but the shapes are {made.shape} and "
            f"{partners.shape}."
        )
    n = len(made)
    flat, others = (images.reshape(n, -1).astype(np.float64) for images in (made, partners))
    distances = cdist(flat, others, "cityblock") / flat.shape[1]
    true = np.diag(distances)
    nearer = (distances < true[:, None]).sum(axis=1)
    ties = (distances == true[:, None]).sum(axis=1) - 1
    chance = cdist(others, others, "cityblock").sum() / (n * (n - 1)) / flat.shape[1]
    return {
        "distance": float(true.mean()),
        "relative": float(true.mean() / chance) if chance else 0.0,
        "rank": float(((nearer + ties / 2) / (n - 1)).mean()),
    }
