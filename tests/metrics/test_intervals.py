import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from tfnets.metrics import Estimate, mean_ci95, paired_test, proportion, verdict

values = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20).map(np.array)


def test_interval_of_1_2_3_by_hand():
    # t(.975, 2) = 4.302653, standard error 1 / sqrt 3.
    found = mean_ci95([1, 2, 3])
    assert (found.mean, found.n) == (2, 3)
    assert found.high - 2 == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)
    assert 2 - found.low == pytest.approx(2.4841, abs=1e-4)


@settings(max_examples=50, deadline=None)
@given(values)
def test_interval_equals_scipy(sample):
    assume(np.ptp(sample) > 1e-6)
    interval = stats.ttest_1samp(sample, sample.mean() - 1).confidence_interval(0.95)
    found = mean_ci95(sample)
    assert (found.mean, found.low, found.high, found.n) == pytest.approx(
        (sample.mean(), interval.low, interval.high, len(sample))
    )


@given(st.floats(-1e6, 1e6), st.integers(2, 30))
def test_equal_values_have_an_interval_of_width_0(value, n):
    assert mean_ci95([value] * n) == Estimate(value, value, value, n)


def test_estimate_as_json_and_frozen():
    estimate = Estimate(1.0, 0.5, 1.5, 3)
    assert estimate.as_json() == {"mean": 1.0, "ci95": [0.5, 1.5], "n": 3}
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimate.mean = 2.0


def test_an_estimate_reads_its_json_and_other_keys_beside_it():
    estimate = Estimate(1.0, 0.5, 1.5, 3)
    assert Estimate.from_json(estimate.as_json() | {"p_value": 0.2}) == estimate
    assert Estimate.from_json({"mean": 2.0, "n": 1}) == Estimate(2.0, 2.0, 2.0, 1)
    assert (estimate.ci95, estimate.bar) == ([0.5, 1.5], (1.0, 0.5, 1.5))


def test_an_estimate_prints_itself():
    estimate = Estimate(0.12345678, -0.5, 1234.5678, 3)
    assert f"{estimate:+.2f}" == "+0.12 [-0.50, +1234.57]"
    assert str(estimate) == f"{estimate}" == "0.1235 [-0.5, 1235]"
    assert f"{Estimate.from_json({'mean': 2.0, 'n': 1}):.1f}" == "2.0"


def test_proportions_have_intervals_within_0_and_1():
    """Wilson's for 8 of 10 by hand; Clopper and Pearson's for 5 of 5 is (0.025)^(1/5)."""
    found = proportion(np.array([True] * 8 + [False] * 2))
    assert (found.mean, found.n) == (0.8, 10)
    assert found.ci95 == pytest.approx([0.4902, 0.9433], abs=1e-4)
    assert proportion([True] * 5, "exact").ci95 == pytest.approx([0.025**0.2, 1.0])
    with pytest.raises(ValueError, match="must be"):
        proportion([])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=20))
def test_paired_test_equals_scipy(pairs):
    a, b = np.array(pairs).T
    assume(np.ptp(a - b) > 1e-6)
    expected = stats.ttest_rel(a, b)
    interval = expected.confidence_interval(0.95)
    found = paired_test(a, b)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.difference.mean == pytest.approx((a - b).mean(), abs=1e-12)
    ends = found.difference.low, found.difference.high
    assert ends == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_pairing_removes_what_the_pairs_share():
    a = np.array([0.1, 0.9, 0.5, 0.3])
    found = paired_test(a + np.array([0.10, 0.11, 0.09, 0.10]), a)
    assert found.p_value < 1e-3
    assert found.difference.low > 0.08


def test_the_sign_is_a_minus_b():
    assert paired_test(np.array([3.0, 4.5]), np.array([1.0, 2.0])).difference.mean == 2.25


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=9), st.sampled_from([0, 0.1, -0.3, 7]))
def test_constant_differences_despite_rounding(values, shift):
    a = np.array(values)
    found = paired_test(a + shift, a)
    assert found.p_value == (1.0 if shift == 0 else 0.0)
    assert found.difference.low == found.difference.mean == found.difference.high
    assert found.difference.mean == pytest.approx(shift, abs=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.6, 0.9, "confirmed"),
        (0.1, 0.4, "not confirmed"),
        (0.4, 0.6, "not decidable"),
        (0.1, 0.5, "not confirmed"),
        (0.5, 0.9, "not decidable"),
        (0.5, 0.5, "not confirmed"),
        (np.nan, np.nan, "not decidable"),
    ],
)
def test_verdict_against_a_threshold(low, high, expected):
    assert verdict(Estimate((low + high) / 2, low, high, 3), 0.5) == expected


def test_the_threshold_is_0_if_not_given():
    assert verdict(Estimate(0.1, 0.05, 0.15, 3)) == "confirmed"
    assert verdict(Estimate(-0.1, -0.15, -0.05, 3)) == "not confirmed"


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        ([], "at least two"),
        ([1.0], "at least two"),
        ([[1.0, 2.0]], "one dimension"),
        ([1.0, np.nan], "finite"),
        ([1.0, np.inf], "finite"),
    ],
)
def test_samples_without_an_interval_are_refused(sample, message):
    with pytest.raises(ValueError, match=message):
        mean_ci95(sample)
    with pytest.raises(ValueError, match=message):
        paired_test(np.array(sample), np.zeros_like(sample))


def test_pairs_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        paired_test(np.ones(2), np.ones(3))
