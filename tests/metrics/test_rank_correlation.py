import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from tfnets.metrics import rank_correlation


def test_any_growing_curve_has_correlation_one():
    x = np.random.default_rng(0).random(50)
    assert rank_correlation(x, np.exp(9 * x)) == pytest.approx(1)
    assert rank_correlation(x, -(x**3)) == pytest.approx(-1)


def test_two_values_that_separate_the_others_reach_the_root_of_three_quarters():
    wanted, measured = np.repeat([-1, 1], 5000), np.arange(10_000)
    assert rank_correlation(wanted, measured) == pytest.approx(np.sqrt(3) / 2, abs=1e-4)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=2, max_size=30))
def test_equals_scipys_with_ties(pairs):
    a, b = np.array(pairs).T
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert rank_correlation(a, b) == 0
    else:
        assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)


@pytest.mark.parametrize(
    ("a", "b"), [([1], [2]), ([1, 2], [1, 2, 3]), ([1, np.nan], [1, 2]), ([[1, 2]], [[1, 2]])]
)
def test_what_has_no_correlation_is_refused(a, b):
    with pytest.raises(ValueError, match="rank correlation needs"):
        rank_correlation(a, b)
