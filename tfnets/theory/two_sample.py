"""Do two samples come from one distribution? (study 6.7).

The classifier two-sample test (Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests",
arXiv:1610.06545): half of both samples trains a classifier to tell them apart, the other half is
judged. If the distributions are equal, no classifier is right more often than chance, and the
number of right answers is at most as spread as coin tosses, so the binomial p value is valid
whatever the classifier. The accuracy is also an effect size: 1/2 plus half the total variation
distance is the best that can be reached.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn.base import ClassifierMixin, clone
from sklearn.neighbors import KNeighborsClassifier

from tfnets.errors import InputError


@dataclass(frozen=True)
class TwoSample:
    """The outcome of a classifier two-sample test.

    Attributes:
        accuracy: Share of the held-out points whose sample the classifier named.
        low: Lower end of its 95 % interval (Clopper and Pearson 1934).
        high: Upper end.
        n: Held-out points.
        p_value: Probability of at least so many right answers by tossing coins.
    """

    accuracy: float
    low: float
    high: float
    n: int
    p_value: float


def classifier_test(
    first: np.ndarray,
    second: np.ndarray,
    *,
    seed: int,
    classifier: ClassifierMixin | None = None,
    cross_fit: bool = False,
) -> TwoSample:
    """Tries to tell two samples apart.

    Args:
        first: Points (n, dim) or (n, ...), independent of each other; n >= 4.
        second: Points of the same kind; as many, or the larger sample is thinned at random.
        seed: Seed of the split.
        classifier: A scikit-learn classifier, which is copied; None for the paper's k nearest
            neighbours with k the root of the number of training points.
        cross_fit: Whether each half is judged by the classifier of the other one, so that all
            points are judged. The two results depend on each other: the p value is then twice the
            smaller of both, which is valid, and the interval is that of independent points, which
            is an approximation.

    Returns:
        Accuracy, interval and p value.

    Raises:
        InputError: Points of other shapes, too few, or not finite.
    """
    x, y = _together(first, second, seed)
    half = _halves(y, seed)
    judged = [(half, ~half)] + [(~half, half)] * cross_fit
    right = [
        int(np.sum(_fitted(classifier, x[train], y[train]).predict(x[test]) == y[test]))
        for train, test in judged
    ]
    sizes = [int(test.sum()) for _, test in judged]
    pairs = zip(right, sizes, strict=True)
    p = min(float(stats.binom.sf(k - 1, n, 0.5)) for k, n in pairs) * len(judged)
    hits, n = sum(right), sum(sizes)
    found = stats.binomtest(hits, n).proportion_ci(0.95, method="exact")
    return TwoSample(hits / n, float(found.low), float(found.high), n, min(1.0, p))


def ks_tests(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """Compares samples (n, dim), (m, dim) one number at a time, by Kolmogorov and Smirnov's test.

    Returns:
        P values of each coordinate, `x1`, `x2`, ..., and of the distance from the origin, `radius`.

    Raises:
        InputError: As in `classifier_test`.
    """
    first, second = _checked(first, second)
    columns = {f"x{i + 1}": (first[:, i], second[:, i]) for i in range(first.shape[1])}
    columns["radius"] = tuple(np.linalg.norm(one, axis=1) for one in (first, second))
    return {name: float(stats.ks_2samp(*pair).pvalue) for name, pair in columns.items()}


def _fitted(classifier: ClassifierMixin | None, x: np.ndarray, y: np.ndarray) -> ClassifierMixin:
    if classifier is None:
        return KNeighborsClassifier(max(1, int(len(x) ** 0.5))).fit(x, y)
    return clone(classifier).fit(x, y)


def _together(first: np.ndarray, second: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Equally many of both, the first labelled 0 and the second 1."""
    both = _checked(first, second)
    n = min(map(len, both))
    rng = np.random.default_rng((seed, 0))
    x = np.concatenate([one[rng.permutation(len(one))[:n]] for one in both])
    return x, np.repeat([0, 1], n)


def _halves(y: np.ndarray, seed: int) -> np.ndarray:
    """Marks half of each label for training."""
    rng = np.random.default_rng((seed, 1))
    half = np.zeros(len(y), bool)
    for label in (0, 1):
        places = np.flatnonzero(y == label)
        half[rng.permutation(places)[: len(places) // 2]] = True
    return half


def _checked(*samples: np.ndarray) -> list[np.ndarray]:
    """Two samples as float64 (n, dim)."""
    checked = []
    for name, points in zip(("first", "second"), samples, strict=True):
        points = np.asarray(points, np.float64)
        if points.ndim < 2 or len(points) < 4 or not np.isfinite(points).all():
            raise InputError(
                f"The {name} sample has the shape {points.shape}; give at least four finite "
                "points, (n, dim)."
            )
        checked.append(points.reshape(len(points), -1))
    if checked[0].shape[1] != checked[1].shape[1]:
        raise InputError(
            f"The points have {checked[0].shape[1]} and {checked[1].shape[1]} numbers; give "
            "samples of the same kind."
        )
    return checked
