import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.metrics import label_histogram

UNIFORM = np.repeat(np.arange(10), 100)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_the_data_against_themselves(labels):
    found = label_histogram(np.array(labels), np.array(labels), 5)
    assert found["kl"] == pytest.approx(0, abs=1e-12)
    assert found["modes"] == len(set(labels))
    assert found["histogram"] == [labels.count(c) / len(labels) for c in range(5)]
    assert found["n"] == len(labels)


@pytest.mark.parametrize("modes", [1, 2, 5, 10])
def test_kl_of_a_sample_that_has_some_of_ten_equal_modes(modes):
    found = label_histogram(np.repeat(np.arange(modes), 7), UNIFORM, 10)
    assert found["modes"] == modes
    assert found["kl"] == pytest.approx(np.log(10 / modes))


def test_kl_is_of_the_sample_from_the_data():
    sample, data = np.array([0, 0, 0, 1]), np.array([0, 1])
    expected = 0.75 * np.log(0.75 / 0.5) + 0.25 * np.log(0.25 / 0.5)
    assert label_histogram(sample, data, 2)["kl"] == pytest.approx(expected)


def test_a_class_that_the_data_lack():
    found = label_histogram(np.array([0, 1]), np.array([0, 0]), 2)
    assert found["kl"] == np.inf
    assert found["modes"] == 1


@pytest.mark.parametrize(("count", "modes"), [(9, 1), (10, 2), (11, 2)])
def test_a_mode_counts_from_a_tenth_of_its_share_of_the_data(count, modes):
    # Half of the data are 1s, so 5 % of 200 labels, 10, is where coverage begins.
    sample = np.repeat([0, 1], [200 - count, count])
    assert label_histogram(sample, np.array([0, 1]), 2)["modes"] == modes


def test_the_minimum_share_is_a_setting():
    sample, data = np.repeat([0, 1], [97, 3]), np.array([0, 1])
    modes = [label_histogram(sample, data, 2, minimum_share=m)["modes"] for m in (0, 0.06, 0.07)]
    assert modes == [2, 2, 1]


def test_a_class_that_nobody_has_is_no_mode():
    assert label_histogram(np.array([0]), np.array([0]), 3, minimum_share=0)["modes"] == 1


@pytest.mark.parametrize(
    "labels", [[], [-1, 0], [0, 10], [0.5, 1.0], [[0, 1]], [True, False]], ids=str
)
def test_bad_labels_are_refused_on_either_side(labels):
    for pair in ((np.array(labels), UNIFORM), (UNIFORM, np.array(labels))):
        with pytest.raises(ValueError, match=r"whole numbers in \[0, 10\)"):
            label_histogram(*pair, 10)
