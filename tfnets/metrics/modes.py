"""Which modes of a known mixture a sample covers."""

import numpy as np
from scipy.stats import entropy


def label_histogram(
    labels: np.ndarray, reference: np.ndarray, classes: int, minimum_share: float = 0.1
) -> dict[str, float | int | list[float]]:
    """Counts the classes of a generated sample against those of the data.

    Args:
        labels: Judged labels (n,) of the sample, in [0, classes).
        reference: Labels (m,) of the data.
        classes: Number of classes.
        minimum_share: A class ("mode") is covered when its share of the sample is at least this
            part of its share of the data: a few stray judgements in 10,000 are no coverage.

    Returns:
        `modes` (int), `kl` (KL divergence sample || data in nats; infinite if the sample has a
        class that the data lack), `histogram` (list of shares), `n`.

    Raises:
        ValueError: No labels, labels that are not integers, or outside [0, classes).
    """
    shares, expected = (_shares(values, classes) for values in (labels, reference))
    covered = (shares > 0) & (shares >= minimum_share * expected) & (expected > 0)
    return {
        "modes": int(covered.sum()),
        "kl": float(entropy(shares, expected)),
        "histogram": [float(share) for share in shares],
        "n": len(labels),
    }


def _shares(labels: np.ndarray, classes: int) -> np.ndarray:
    labels = np.asarray(labels)
    whole = labels.ndim == 1 and labels.size > 0 and np.issubdtype(labels.dtype, np.integer)
    if not whole or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"Labels must be one or more whole numbers in [0, {classes}).")
    return np.bincount(labels, minlength=classes) / labels.size


MINIMUM_SHARE = 0.1
"""A covered mode has at least this share of the points an even sample would put there."""


def mode_coverage(
    points: np.ndarray, centres: np.ndarray, stddev: float
) -> dict[str, float | int | list[float]]:
    """Counts the modes a sample reaches, and how evenly (Srivastava et al. 2017, section 4.1).

    A point belongs to the nearest centre, and is of high quality within three standard deviations
    of it. VEEGAN counts a mode as soon as one point of high quality belongs to it (`modes_hit`);
    a sample that sweeps from mode to mode passes that easily, so `modes` wants a tenth of the even
    share, 0.1 n / k points, as `label_histogram` does with classes.

    Args:
        points: Sample (n, d), n >= 1, finite.
        centres: The k modes (k, d).
        stddev: Standard deviation of each mode along every axis, above 0.

    Returns:
        `modes` and `modes_hit` (int, 0 to k), `kl` (KL divergence, in nats, of the shares of all
        points over the modes to the even share; 0 to log k; Lin et al. 2018, "reverse KL"),
        `high_quality` (share of points in [0, 1]), `histogram` (list of k shares of all points),
        `n`.

    Raises:
        ValueError: Shapes that do not fit, no point, values that are not finite, a `stddev` that
            is not above 0.
    """
    points, centres = np.asarray(points, np.float64), np.asarray(centres, np.float64)
    fits = points.ndim == centres.ndim == 2 and points.shape[1] == centres.shape[1]
    if not fits or 0 in (len(points), len(centres)):
        raise ValueError(
            "Points must be (n, d) and centres (k, d) with n, k >= 1, but are "
            f"{points.shape} and {centres.shape}."
        )
    if not (np.isfinite(points).all() and np.isfinite(centres).all()):
        raise ValueError("Points and centres must be finite; some are NaN or infinite.")
    if not stddev > 0:
        raise ValueError(f"The standard deviation is {stddev}; it must be above 0.")
    distances = np.linalg.norm(points[:, None] - centres[None], axis=2)
    nearest = distances.argmin(axis=1)
    good = distances.min(axis=1) <= 3 * stddev
    n, k = len(points), len(centres)
    reached = np.bincount(nearest[good], minlength=k)
    shares = np.bincount(nearest, minlength=k) / n
    return {
        "modes": int(((reached > 0) & (reached >= MINIMUM_SHARE * n / k)).sum()),
        "modes_hit": int((reached > 0).sum()),
        "kl": float(entropy(shares, np.full(k, 1 / k))),
        "high_quality": float(good.mean()),
        "histogram": [float(share) for share in shares],
        "n": n,
    }
