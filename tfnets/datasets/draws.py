"""Which few examples are labelled, or shown: repeatable choices of indices."""

import numpy as np

from tfnets.errors import InputError

UNKNOWN = -1
"""What stands for a label that is not known, as in scikit-learn."""


def few_label_draws(
    labels: np.ndarray, count: int, draws: int, seed: int, balanced: bool = True
) -> np.ndarray:
    """Draws `draws` times `count` of the labels (n,): indices (draws, count), int64.

    No example is repeated inside a draw, whose order is random. Draw i is a function of (seed, i)
    alone: 20 draws are the first 20 of 100. If `balanced`, each class in `labels` gets equally many
    examples; otherwise each set of `count` examples is equally likely.

    Raises:
        InputError: A number is out of its range, there are fewer than `count` examples, or (if
            balanced) `count` is no multiple of the number of classes or a class is too small.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise InputError(f"The labels have shape {labels.shape}; give one label per example.")
    if count < 1 or draws < 1 or seed < 0:
        raise InputError(
            f"The count is {count}, the number of draws {draws} and the seed {seed}; "
            "count and draws must be at least 1 and the seed at least 0."
        )
    if count > len(labels):
        raise InputError(f"A draw of {count} was asked for, but there are {len(labels)} examples.")
    pools = _pools(labels, count) if balanced else [np.arange(len(labels))]
    each = count // len(pools)
    return np.stack([_draw(pools, each, np.random.default_rng([seed, i])) for i in range(draws)])


def one_of_each(labels: np.ndarray, most: int = 8) -> np.ndarray:
    """Indices of the first example of each class, ascending, at most so many."""
    return np.sort(np.unique(labels, return_index=True)[1])[:most]


def _pools(labels: np.ndarray, count: int) -> list[np.ndarray]:
    """Returns the indices of each class, checked to be enough for a balanced draw."""
    classes, sizes = np.unique(labels, return_counts=True)
    each, rest = divmod(count, len(classes))
    if rest:
        raise InputError(
            f"A balanced draw of {count} from {len(classes)} classes is impossible; "
            f"choose a multiple of {len(classes)}."
        )
    if sizes.min() < each:
        raise InputError(
            f"A balanced draw of {count} needs {each} examples per class, but class "
            f"{classes[sizes.argmin()]} has {sizes.min()}; choose a smaller count."
        )
    return [np.flatnonzero(labels == label) for label in classes]


def _draw(pools: list[np.ndarray], each: int, rng: np.random.Generator) -> np.ndarray:
    """Returns `each` indices of every pool, mixed."""
    chosen = [rng.choice(pool, each, replace=False) for pool in pools]
    return rng.permutation(np.concatenate(chosen)).astype(np.int64)
