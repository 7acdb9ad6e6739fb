"""How to choose settings with nothing but the few labels: do two halves of them agree?"""

from collections.abc import Callable

import numpy as np

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError


def halves(labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits known labels (n,) at random into two such arrays with equally many of each class.

    Of a class with an odd number of labels, one is left out.

    Raises:
        InputError: A class has one label only.
    """
    rng = np.random.default_rng(seed)
    parts = np.full_like(labels, UNKNOWN), np.full_like(labels, UNKNOWN)
    for label in np.unique(labels[labels != UNKNOWN]):
        places = rng.permutation(np.flatnonzero(labels == label))
        each = len(places) // 2
        if not each:
            raise InputError(
                f"Class {label} has one labelled image; halves need at least two of each class."
            )
        for part, chosen in zip(parts, (places[:each], places[each : 2 * each]), strict=True):
            part[chosen] = label
    return parts


def split_half_agreement(
    labels: np.ndarray, answer: Callable[[np.ndarray], np.ndarray], splits: int, seed: int
) -> list[float]:
    """How often the answers learned from two halves of the labels are the same.

    No image's true label is looked at but those of the few: what one half of them leads to is
    compared on all images with what the other half leads to. It stands in for accuracy when
    settings are chosen.

    Returns the share in [0, 1] of equal answers (m,) of each of so many different halvings.
    """
    pairs = [halves(labels, seed + place) for place in range(splits)]
    return [float(np.mean(answer(first) == answer(second))) for first, second in pairs]
