"""Images as points of an encoder's space, joined to their neighbours there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tfnets.methods.labels.graph import Neighbours, smoothed_prior
from tfnets.methods.labels.plan import Plan

Encode = Callable[[np.ndarray], np.ndarray]  # images (n, h, w, c) -> features (n, d)


@dataclass(frozen=True)
class Space:
    """An encoder and the graph of the n images that it was asked about."""

    encode: Encode
    graph: Neighbours

    @classmethod
    def of(cls, images: np.ndarray, encode: Encode, neighbours: int) -> "Space":
        """Encodes images (n, h, w, c) and joins each to its nearest neighbours."""
        return cls(encode, Neighbours.of(encode(images), neighbours))

    def spread(self, labels: np.ndarray, classes: int, plan: Plan) -> np.ndarray:
        """Shares (n, classes) from labels (n,), `UNKNOWN` where there is none."""
        prior = smoothed_prior(labels, classes, plan.pseudo_count)
        return self.graph.spread(labels, classes, plan.alpha, prior)

    def answers(self, images: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Shares (m, classes) of other images (m, h, w, c), from shares (n, classes) of the n."""
        return self.graph.answers(self.encode(images), shares)
