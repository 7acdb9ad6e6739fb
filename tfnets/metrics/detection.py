"""How well a score tells odd images from normal ones."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score


def detection(normal: np.ndarray, odd: np.ndarray) -> dict[str, float]:
    """Area under the ROC curve and average precision of scores (n,), odd ones expected higher.

    Returns:
        `auroc` (0.5: chance) and `average_precision` (chance: m / (n + m)).

    Raises:
        ValueError: One of them is empty, or a score is not finite.
    """
    normal, odd = np.asarray(normal, np.float64), np.asarray(odd, np.float64)
    if not (normal.size and odd.size):
        raise ValueError("A detection needs scores of both kinds.")
    truth = np.repeat([0, 1], [len(normal), len(odd)])
    scores = np.concatenate([normal, odd])
    return {
        "auroc": float(roc_auc_score(truth, scores)),
        "average_precision": float(average_precision_score(truth, scores)),
    }


def conformal_p(scores: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Share of held-out normal scores (m,) that are at least as high, each score (n,) one more.

    For a picture that is as normal as the held-out ones, of which nothing was learned, this p value
    is at most p with probability at most p, whatever the score (Vovk et al. 2005; Bates et al.
    2023): (1 + how many of the held-out are at least as high) / (1 + m).
    """
    ordered = np.sort(np.asarray(held_out, np.float64))
    below = np.searchsorted(ordered, np.asarray(scores, np.float64), side="left")
    return (1 + len(ordered) - below) / (1 + len(ordered))
