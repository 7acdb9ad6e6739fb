import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfnets.metrics import conformal_p, detection


def test_auroc_is_the_share_of_pairs_in_the_right_order():
    found = detection(np.array([0.0, 1.0, 2.0, 3.0]), np.array([2.5, 10.0]))
    assert found["auroc"] == pytest.approx(7 / 8)
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)


def test_perfect_chance_and_reversed():
    low, high = np.arange(5.0), np.arange(5.0) + 10
    assert detection(low, high) == {"auroc": 1, "average_precision": 1}
    assert detection(high, low)["auroc"] == 0
    assert detection(low, low)["auroc"] == pytest.approx(0.5)


@pytest.mark.parametrize(("normal", "odd"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0])])
def test_scores_that_decide_nothing_are_refused(normal, odd):
    with pytest.raises(ValueError):  # noqa: PT011
        detection(np.array(normal), np.array(odd))


def test_p_counts_the_held_out_that_are_at_least_as_odd():
    held_out = np.array([3.0, 1.0, 2.0])
    np.testing.assert_allclose(
        conformal_p(np.array([0, 2, 2.5, 9]), held_out), [1, 0.75, 0.5, 0.25]
    )


@given(st.lists(st.integers(0, 9), min_size=2, max_size=30))
def test_p_is_valid_when_each_takes_its_turn_as_the_new_one(scores):
    """Over all ways to leave one out, p <= a for a share of at most a."""
    scores = np.array(scores, float)
    found = [conformal_p(scores[i : i + 1], np.delete(scores, i))[0] for i in range(len(scores))]
    for level in np.unique(found):
        assert np.mean(np.array(found) <= level) <= level + 1e-12
