"""Labels that travel over a graph of similar images (Zhou et al. 2004).

First `graph = Neighbours.of(features, k)`, then `graph.spread(labels, classes)` for the images in
the graph and `graph.answers(other_features, shares)` for others. All are computed by one thread, so
that sums, and the order of neighbours at equal distance, are the same on every machine.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError

FARTHEST = 50.0
"""Squared distances count up to so many times the scale, so that no weight is rounded to 0."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of n points on the unit sphere, as a symmetric weighted graph.

    Two points are joined if one is among the k nearest of the other; the weight falls with the
    square of their distance as exp(-d^2 / s^2), s^2 the mean square of the distances to the k-th
    neighbour.
    """

    index: NearestNeighbors  # the points, for looking up neighbours of others
    weights: sparse.csr_array  # (n, n)
    scale: float  # s^2

    @classmethod
    @threadpool_limits.wrap(limits=1)
    def of(cls, features: np.ndarray, k: int = 10) -> "Neighbours":
        """Joins points (n, d), whose lengths do not count, to k neighbours each.

        Raises:
            InputError: There are no more points than neighbours.
        """
        if not 1 <= k < len(features):
            raise InputError(
                f"A graph of {k} neighbours was asked for {len(features)} images; there must be "
                "more images than neighbours."
            )
        index = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(normalize(features))
        one_way = index.kneighbors_graph(mode="distance")
        squares = one_way.data**2
        scale = float(squares.reshape(-1, k).max(axis=1).mean())
        one_way.data = _weights(squares, scale)
        return cls(index, sparse.csr_array(one_way.maximum(one_way.T)), scale)

    @threadpool_limits.wrap(limits=1)
    def spread(
        self,
        labels: np.ndarray,
        classes: int,
        alpha: float = 0.99,
        prior: np.ndarray | None = None,
        tolerance: float = 1e-8,
    ) -> np.ndarray:
        """Spreads known labels: the solution of (1 - alpha S) F = Y, each row scaled to sum 1.

        S is the graph with both sides scaled by the root of the degrees (Zhou et al. 2004,
        equation 4), solved by conjugate gradients to a tolerance of the relative residual; `alpha`
        is the share of each point's answer that comes from its neighbours, in (0, 1). With a prior
        (classes,), each class's whole mass is first scaled to it (class mass normalisation; Zhu et
        al. 2003, section 4). Of labels (n,), `UNKNOWN` where there is none, it makes shares of the
        classes (n, classes), even ones where no label arrives.

        Raises:
            InputError: No label at all, a label out of range, or `alpha` out of its range.
        """
        labels = np.asarray(labels)
        known = self._checked(labels, classes, alpha)
        start = np.zeros((len(labels), classes))
        start[known, labels[known]] = 1
        root = np.sqrt(np.asarray(self.weights.sum(axis=1)).ravel())
        scaled = sparse.dia_array((1 / root[None], [0]), shape=self.weights.shape)
        system = sparse.eye_array(len(root)) - alpha * (scaled @ self.weights @ scaled)
        columns = [_solved(system, column, tolerance) for column in start.T]
        shares = np.maximum(np.column_stack(columns), 0)
        if prior is not None:
            masses = shares.sum(axis=0)
            shares *= np.divide(prior, masses, out=np.zeros(classes), where=masses > 0)
        sums = shares.sum(axis=1, keepdims=True)
        even = np.full_like(shares, 1 / classes)
        return np.divide(shares, sums, out=even, where=sums > 0)

    @threadpool_limits.wrap(limits=1)
    def answers(self, features: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """What the nearest points of the graph say of others: (m, d) -> (m, classes)."""
        distances, nearest = self.index.kneighbors(normalize(features))
        weights = _weights(distances**2, self.scale)
        summed = np.einsum("mk,mkc->mc", weights, shares[nearest])
        return summed / weights.sum(axis=1, keepdims=True)

    def _checked(self, labels: np.ndarray, classes: int, alpha: float) -> np.ndarray:
        """Places of the known labels."""
        if labels.shape != (self.weights.shape[0],):
            raise InputError(
                f"There are labels of shape {labels.shape} for {self.weights.shape[0]} images; "
                "give one per image."
            )
        known = set(labels[labels != UNKNOWN].tolist())
        if not known or not known <= set(range(classes)):
            raise InputError(
                f"The known labels are {sorted(known)}; give at least one, all from 0 to "
                f"{classes - 1}."
            )
        if not 0 < alpha < 1:
            raise InputError(f"The alpha of spreading is {alpha}; give a number between 0 and 1.")
        return np.flatnonzero(labels != UNKNOWN)


def smoothed_prior(labels: np.ndarray, classes: int, count: float) -> np.ndarray:
    """Expected shares of the classes: those of the known labels, with `count` more of each class.

    Few labels (n,) say little of how frequent classes are; added counts draw the shares together.
    """
    counts = np.bincount(labels[labels != UNKNOWN], minlength=classes) + count
    return counts / counts.sum()


def _weights(squares: np.ndarray, scale: float) -> np.ndarray:
    """Weights in (0, 1] of squared distances; 1 throughout if all points are the same."""
    if scale <= 0:
        return np.ones_like(squares)
    return np.exp(-np.minimum(squares / scale, FARTHEST))


def _solved(system: sparse.sparray, start: np.ndarray, tolerance: float) -> np.ndarray:
    solution, failed = cg(system, start, rtol=tolerance) if start.any() else (start, 0)
    if failed:
        raise RuntimeError("Conjugate gradients did not converge on a graph.")
    return solution
