"""How to choose settings with nothing but the few labels: do two halves of them agree?"""

from collections.abc import Callable

import numpy as np

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError


def halves(labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits known labels into two disjoint sets with equally many of each class.

    Args:
        labels: Class numbers (n,), `UNKNOWN` where there is none; of a class with an odd number
            of labels, one is left out.
        seed: Seed of the split.

    Returns:
        Two arrays like `labels`.

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

    Args:
        labels: Class numbers (n,), `UNKNOWN` where there is none.
        answer: From such labels to answers (m,).
        splits: How many different halvings.
        seed: Seed of the halvings.

    Returns:
        Share of equal answers of each halving, in [0, 1].
    """
    pairs = [halves(labels, seed + place) for place in range(splits)]
    return [float(np.mean(answer(first) == answer(second))) for first, second in pairs]
