import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.datasets import few_label_draws
from tfnets.datasets.draws import one_of_each
from tfnets.errors import InputError

LABELS = np.random.default_rng(0).integers(0, 10, 500)


@settings(deadline=None)
@given(st.integers(1, 10), st.integers(1, 5), st.integers(0, 2**40))
def test_balanced_draws_are_without_repetition_and_equal_per_class(each, draws, seed):
    found = few_label_draws(LABELS, 10 * each, draws, seed, True)
    assert (found.shape, found.dtype) == ((draws, 10 * each), np.int64)
    for draw in found:
        assert len(set(draw)) == 10 * each
        np.testing.assert_array_equal(np.bincount(LABELS[draw], minlength=10), each)


@settings(deadline=None)
@given(st.integers(1, 500), st.integers(1, 5), st.integers(0, 2**40))
def test_uniform_draws_are_without_repetition(count, draws, seed):
    found = few_label_draws(LABELS, count, draws, seed, False)
    assert (found.shape, found.dtype) == ((draws, count), np.int64)
    assert all(len(set(draw)) == count for draw in found)
    assert found.min() >= 0
    assert found.max() < 500


@pytest.mark.parametrize("balanced", [True, False])
def test_twenty_draws_are_the_first_of_a_hundred(balanced):
    hundred = few_label_draws(LABELS, 50, 100, 3, balanced)
    np.testing.assert_array_equal(few_label_draws(LABELS, 50, 20, 3, balanced), hundred[:20])
    assert len({tuple(draw) for draw in hundred}) == 100
    assert (few_label_draws(LABELS, 50, 100, 4, balanced) != hundred).any(axis=1).all()


@pytest.mark.parametrize("balanced", [True, False])
def test_each_example_is_drawn_equally_often(balanced):
    labels = np.repeat([0, 1], 10)
    counts = np.bincount(few_label_draws(labels, 4, 5000, 0, balanced).ravel(), minlength=20)
    # 5,000 draws of 4 from 20: each index 1,000 times, standard deviation 28.
    assert abs(counts - 1000).max() < 5 * 28.3


def test_uniform_draws_have_hypergeometric_class_counts():
    labels = np.repeat([0, 1], [5, 15])
    ones = labels[few_label_draws(labels, 8, 4000, 1, False)].sum(axis=1)
    # Mean 8 * 15/20 = 6; variance 8 * (3/4) * (1/4) * 12/19 = 0.947.
    assert abs(ones.mean() - 6) < 5 * np.sqrt(0.947 / 4000)
    assert abs(ones.var() - 0.947) < 0.1


def test_order_inside_a_balanced_draw_is_mixed():
    first = LABELS[few_label_draws(LABELS, 50, 40, 0, True)[:, 0]]
    assert len(set(first)) > 5


def test_labels_need_not_start_at_zero():
    labels = np.array([7, 3, 7, 3])
    assert sorted(few_label_draws(labels, 4, 1, 0, True)[0]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("labels", "count", "draws", "seed", "balanced", "message"),
    [
        ([0, 1, 0, 1], 3, 1, 0, True, "multiple of 2"),
        ([0, 0, 0, 1], 4, 1, 0, True, "class 1 has 1"),
        ([0, 1], 4, 1, 0, True, "there are 2 examples"),
        ([0, 1], 3, 1, 0, False, "there are 2 examples"),
        ([0, 1], 0, 1, 0, False, "at least 1"),
        ([0, 1], 1, 0, 0, False, "at least 1"),
        ([0, 1], 1, 1, -1, False, "at least 0"),
        ([[0, 1]], 1, 1, 0, False, r"shape \(1, 2\)"),
    ],
)
def test_bad_input_is_refused(labels, count, draws, seed, balanced, message):
    with pytest.raises(InputError, match=message):
        few_label_draws(np.array(labels), count, draws, seed, balanced)


def test_examples_to_show_are_of_different_classes():
    labels = np.array([1, 1, 0, 2, 0, 3])
    assert one_of_each(labels).tolist() == [0, 2, 3, 5]
    assert one_of_each(labels, 2).tolist() == [0, 2]
