"""How far the answers from a few labels can be trusted, told by those few labels alone."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.datasets.draws import UNKNOWN
from tfnets.methods.labels.halves import split_half_agreement
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.space import Space

FOLDS = 5
SPLITS = 5
Answer = Callable[[np.ndarray], np.ndarray]
"""Labels (n,), `UNKNOWN` where there is none -> answers (n,)."""


def trust(space: Space, labels: np.ndarray, classes: int, plan: Plan, seed: int) -> dict[str, Any]:
    """Hides some of the labels (n,), spreads the others, and compares.

    The labels are class numbers, `UNKNOWN` where there is none; the seed is that of what is hidden
    together.

    Returns:
        `held_out`: of the labelled images of classes with two labels or more, the share that get
        their label from the others' (a fifth is hidden at a time), with Wilson's interval, and
        `answers`, the class that each got, by its place; `split_half`: the share of all images for
        which two halves of the labels give the same answer, `mean` and `splits`. Either is None
        where too few labels leave it open.
    """

    def answer(shown: np.ndarray) -> np.ndarray:
        return space.spread(shown, classes, plan).argmax(axis=1)

    counts = np.bincount(labels[labels != UNKNOWN], minlength=classes)
    return {
        "held_out": _held_out(labels, answer, seed) if counts.max() > 1 else None,
        "split_half": _split_half(labels, answer, seed) if counts.min() > 1 else None,
    }


def folds(labels: np.ndarray, seed: int) -> np.ndarray:
    """Which fold hides each label, (n,) from 0 to `FOLDS` - 1; -1 for those never hidden.

    Labels of a class are dealt out in turn, so that no fold hides all of a class; the only label of
    a class is never hidden.
    """
    rng = np.random.default_rng(seed)
    found = np.full(len(labels), -1)
    for label in np.unique(labels[labels != UNKNOWN]):
        places = rng.permutation(np.flatnonzero(labels == label))
        if len(places) > 1:
            found[places] = np.arange(len(places)) % FOLDS
    return found


def _held_out(labels: np.ndarray, answer: Answer, seed: int) -> dict[str, Any]:
    fold = folds(labels, seed)
    answers = np.full(len(labels), UNKNOWN)
    for number in range(fold.max() + 1):
        hidden = fold == number
        answers[hidden] = answer(np.where(hidden, UNKNOWN, labels))[hidden]
    asked = np.flatnonzero(fold >= 0)
    found = metrics.label_agreement(labels[asked], answers[asked])
    return {name: found[name] for name in ("mean", "ci95", "n")} | {
        "answers": {str(place): int(answers[place]) for place in asked}
    }


def _split_half(labels: np.ndarray, answer: Answer, seed: int) -> dict[str, Any]:
    shares = split_half_agreement(labels, answer, SPLITS, seed)
    return {"mean": float(np.mean(shares)), "splits": shares}
