"""Whether generated images are of the class that was asked for, and how much of it they cover."""

from typing import Any

import numpy as np

from tfnets.metrics.frechet import check_features
from tfnets.metrics.intervals import proportion
from tfnets.metrics.neighbours import prdc


def label_agreement(asked: np.ndarray, judged: np.ndarray) -> dict[str, Any]:
    """Share of images (n,) that the judge gives the label from 0 that was asked for.

    Intervals are Wilson's (1927): they stay within [0, 1] and have a width where all agree, too.
    They hold for one generator and further latents, not for a generator of another seed.

    Returns:
        `mean`, `ci95` ([low, high]), `n`, and `per_class`, a list with the same for each label that
        was asked for, in order, beside its `label`.

    Raises:
        ValueError: No labels, labels that are not whole numbers from 0, or lengths that differ.
    """
    asked, judged = _labels(asked), _labels(judged)
    _require_equal_lengths(asked, judged)
    agree = asked == judged
    return proportion(agree).as_json() | {
        "per_class": [
            {"label": int(label)} | proportion(agree[asked == label]).as_json()
            for label in np.unique(asked)
        ]
    }


def coverage_per_class(
    real: np.ndarray, real_labels: np.ndarray, fake: np.ndarray, asked: np.ndarray, k: int = 5
) -> list[dict[str, float | int]]:
    """Coverage of each class by the images that were generated for it (see `prdc`).

    The share of a class's real images that have one of its generated images within the distance of
    their k-th nearest real neighbour of the class (Naeem et al. 2020, within classes). It grows
    with the number of generated images: compare it with the value of as many real ones.

    Args:
        real: Features (n, d) of real images.
        real_labels: Their labels (n,).
        fake: Features (m, d) of generated images.
        asked: Labels (m,) that they were generated for.
        k: Neighbours that set a real image's radius; each class has more images on both sides.

    Returns:
        For each label of the real images, in order: `label`, `coverage`, and how many are `real`
        and `fake`.

    Raises:
        ValueError: Wrong shapes, values that are not finite, or a class with k images or fewer.
    """
    real, fake = check_features(real, fake)
    real_labels, asked = _labels(real_labels), _labels(asked)
    for labels, features in ((real_labels, real), (asked, fake)):
        _require_equal_lengths(labels, features)
    rows = []
    for label in np.unique(real_labels):
        ours, theirs = real[real_labels == label], fake[asked == label]
        if min(len(ours), len(theirs)) <= k:
            raise ValueError(
                f"Class {label} has {len(ours)} real and {len(theirs)} generated images; coverage "
                f"needs more than k={k} of each."
            )
        numbers = {"coverage": prdc(ours, theirs, k).coverage, "real": len(ours)}
        rows.append({"label": int(label), **numbers, "fake": len(theirs)})
    return rows


def _labels(values: np.ndarray) -> np.ndarray:
    labels = np.asarray(values)
    whole = labels.ndim == 1 and labels.size > 0 and np.issubdtype(labels.dtype, np.integer)
    if not whole or labels.min() < 0:
        raise ValueError("Labels must be one or more whole numbers from 0, of shape (n,).")
    return labels


def _require_equal_lengths(first: np.ndarray, second: np.ndarray) -> None:
    if len(first) != len(second):
        raise ValueError(
            f"Each image needs one label, but there are {len(first)} and {len(second)}."
        )
