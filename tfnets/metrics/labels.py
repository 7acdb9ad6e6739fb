"""Which classes a sample covers, by the labels that a judge gives."""

import numpy as np
from scipy.stats import entropy


def label_histogram(
    labels: np.ndarray, reference: np.ndarray, classes: int, minimum_share: float = 0.1
) -> dict[str, float | int | list[float]]:
    """Counts the classes of a generated sample against those of the data.

    A class ("mode") counts as covered when its share of the sample is at least `minimum_share` of
    its share of the data: a handful of stray judgements in 10,000 is no coverage.

    Args:
        labels: Judged labels (n,) of the sample, in [0, classes).
        reference: Labels (m,) of the data.
        classes: Number of classes.
        minimum_share: Share of the expected count that a covered class must reach.

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
