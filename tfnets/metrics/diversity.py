"""How far the members of a sample lie apart."""

import numpy as np
from sklearn.metrics import pairwise_distances_chunked


def diversity(features: np.ndarray) -> float:
    """Mean Euclidean distance over all pairs of different rows.

    0 if all rows are the same. The time grows with n squared: draw about a thousand rows, which
    estimate the mean well.

    Args:
        features: Features or points (n, d), n >= 2.

    Returns:
        The mean distance in the features' unit.

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
