import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.metrics import steadiness

odd = st.integers(1, 20).map(lambda half: 2 * half + 1)


@settings(max_examples=50, deadline=None)
@given(odd, st.integers(0, 60), st.floats(-5, 5), st.floats(-100, 100))
def test_a_straight_line_is_perfectly_steady(window, more, slope, start):
    line = start + slope * np.arange(window + more)
    assert steadiness(line, window) == pytest.approx(0, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(odd, st.integers(0, 2**32 - 1), st.floats(0.1, 9), st.floats(-3, 3))
def test_a_trend_does_not_count_and_the_unit_does(window, seed, scale, slope):
    noise = np.random.default_rng(seed).normal(size=window + 30)
    trend = slope * np.arange(len(noise)) + 7
    found = steadiness(noise, window)
    assert steadiness(scale * noise + trend, window) == pytest.approx(scale * found, rel=1e-6)
    assert steadiness(noise[::-1], window) == pytest.approx(found)


@pytest.mark.parametrize("window", [3, 9, 25])
@pytest.mark.parametrize("deviation", [0.1, 2.0])
def test_white_noise_has_its_own_standard_deviation(window, deviation):
    """Also above a curve that bends slowly, as losses do."""
    n = 40_000
    noise = deviation * np.random.default_rng(1).normal(size=n)
    curve = 3 * np.exp(-np.arange(n) / 5000)
    assert steadiness(noise + curve, window) == pytest.approx(deviation, rel=0.03)


def test_an_alternating_curve_by_hand():
    """Window 3 around +a: the mean is -a / 3, the rest 4 a / 3, times the root of 3 / 2."""
    curve = 0.6 * (-1.0) ** np.arange(50)
    assert steadiness(curve, 3) == pytest.approx(4 / 3 * 0.6 * 1.5**0.5)


def test_a_period_as_long_as_the_window_is_left_whole():
    """The mean over a whole period of a sine is 0: nothing is taken away."""
    window = 25
    sine = 0.8 * np.sin(2 * np.pi * np.arange(10 * window + window - 1) / window)
    expected = 0.8 / 2**0.5 * (window / (window - 1)) ** 0.5
    assert steadiness(sine, window) == pytest.approx(expected)


def test_one_jump_only_counts_where_the_window_sees_it():
    """A step of height 1 and window 3: residuals -1/3 and 1/3 beside it, else 0."""
    step = np.repeat([0.0, 1.0], 10)
    assert steadiness(step, 3) == pytest.approx((2 / 9 / 18 * 1.5) ** 0.5)


def test_the_shortest_curve_is_one_window():
    assert steadiness([0, 3, 0], 3) == pytest.approx(2 * 1.5**0.5)


@pytest.mark.parametrize(
    ("curve", "window", "message"),
    [
        (np.ones(50), 4, "odd number"),
        (np.ones(50), 1, "at least 3"),
        (np.ones(50), -3, "at least 3"),
        (np.ones(24), 25, r"\(24,\); give at least the window's 25"),
        (np.ones((30, 2)), 25, "one dimension"),
        ([0, np.nan, 1], 3, "finite"),
    ],
)
def test_bad_input_is_refused(curve, window, message):
    with pytest.raises(ValueError, match=message):
        steadiness(curve, window)
