import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.training.mismatches import exchanged, wrong_labels


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 12), st.integers(0, 1000))
def test_no_wrong_label_is_right(classes, seed):
    labels = tf.constant(np.arange(200) % classes, tf.int32)
    (wrong,) = wrong_labels(classes)((labels,), tf.constant([seed, 0]))
    assert wrong.dtype == labels.dtype
    assert (wrong.numpy() != labels.numpy()).all()
    assert wrong.numpy().min() >= 0
    assert wrong.numpy().max() < classes


def test_the_other_labels_are_equally_frequent():
    labels = tf.fill((9000,), 4)
    (wrong,) = wrong_labels(10)((labels,), (0, 1))
    counts = np.bincount(wrong, minlength=10)
    assert counts[4] == 0
    assert np.delete(counts, 4) == pytest.approx(1000, rel=0.12)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(0, 1000))
def test_exchanging_moves_every_row_and_keeps_rows_together(n, seed):
    rows = tf.range(n)
    first, second = exchanged()((rows, tf.stack([rows, rows + 100], axis=1)), (seed, 0))
    assert (first.numpy() != rows.numpy()).all()
    assert sorted(first.numpy()) == list(range(n))
    np.testing.assert_array_equal(second, np.stack([first, first + 100], axis=1))


def test_same_seed_same_mismatch():
    labels = (tf.range(50) % 10,)
    for mismatch in (wrong_labels(10), exchanged()):
        a, b, c = (mismatch(labels, (seed, 3))[0].numpy() for seed in (1, 1, 2))
        assert (a == b).all()
        assert (a != c).any()


def test_one_class_is_refused():
    with pytest.raises(InputError, match="2 classes or more"):
        wrong_labels(1)
