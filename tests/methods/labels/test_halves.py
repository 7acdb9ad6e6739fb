import numpy as np
import pytest

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError
from tfnets.methods.labels.halves import halves, split_half_agreement

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, -1, -1, 2, 2])


def test_halves_are_disjoint_even_and_keep_their_labels():
    for seed in range(20):
        first, second = halves(LABELS, seed)
        for part in (first, second):
            known = part != UNKNOWN
            np.testing.assert_array_equal(part[known], LABELS[known])
            np.testing.assert_array_equal(np.bincount(part[known]), [2, 1, 1])
        assert not ((first != UNKNOWN) & (second != UNKNOWN)).any()


def test_another_seed_splits_otherwise():
    assert len({halves(LABELS, seed)[0].tobytes() for seed in range(20)}) > 5


def test_agreement_counts_equal_answers():
    def answer(labels):
        """Three answers that are always the same, and one that no other half can give."""
        return np.array([7, 8, 9, np.flatnonzero(labels != UNKNOWN)[0]])

    assert split_half_agreement(LABELS, lambda _: np.arange(4), 3, seed=0) == [1, 1, 1]
    assert split_half_agreement(LABELS, answer, 4, seed=0) == [0.75] * 4


def test_one_label_of_a_class_cannot_be_halved():
    with pytest.raises(InputError, match="Class 1 has one labelled image"):
        halves(np.array([0, 0, 1, -1]), 0)
