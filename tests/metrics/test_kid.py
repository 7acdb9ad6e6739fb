import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import polynomial_kernel

from tfnets.metrics import kernel_distance

seeds = st.integers(0, 2**32 - 1)


def features(shape, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=shape) + shift


def direct(x, y):
    """The unbiased estimator as the sum over pairs that it is."""
    n, m = len(x), len(y)

    def k(a, b):
        return polynomial_kernel(a[None], b[None], degree=3, gamma=1 / len(a), coef0=1)[0, 0]

    within = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    within += sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return within - 2 * sum(k(a, b) for a in x for b in y) / (n * m)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 7), st.integers(1, 6), seeds, st.floats(-3, 3))
def test_one_subset_of_all_rows_is_the_direct_sum(n, d, seed, shift):
    x, y = features((n, d), seed), features((n, d), seed + 1, shift)
    found = kernel_distance(x, y)
    assert (found.subsets, found.size, found.deviation) == (1, n, 0)
    assert found.mean == pytest.approx(direct(x, y), rel=1e-9, abs=1e-9)


def test_by_hand():
    """In one dimension: k(a, b) = (ab + 1)^3."""
    x, y = np.array([[0.0], [1]]), np.array([[1.0], [2]])
    within_x, within_y = 1, 27
    across = (1 + 1 + 8 + 27) / 4
    assert kernel_distance(x, y).mean == pytest.approx(within_x + within_y - 2 * across)


def test_the_mean_over_subsets_is_that_of_the_direct_sums():
    x, y = features((40, 3)), features((30, 3), 1, 0.5)
    found = kernel_distance(x, y, subsets=5, size=8, seed=4)
    rng = np.random.default_rng(4)
    sums = [
        direct(x[rng.choice(40, 8, replace=False)], y[rng.choice(30, 8, replace=False)])
        for _ in range(5)
    ]
    assert found.mean == pytest.approx(np.mean(sums))
    assert found.deviation == pytest.approx(np.std(sums))
    assert (found.subsets, found.size) == (5, 8)


def test_without_bias_whatever_the_size_and_negative_about_half_the_time():
    """Two samples of one distribution: the mean over many pairs is 0 within its error."""
    for n in (4, 40):
        values = np.array(
            [
                kernel_distance(features((n, 2), 2 * i), features((n, 2), 2 * i + 1)).mean
                for i in range(400)
            ]
        )
        assert abs(values.mean()) < 4 * values.std() / 20
        assert 0.4 < (values < 0).mean() < 0.8


def test_the_expectation_for_a_shift_is_the_closed_form():
    """Two points apart: E k(x,x') + E k(y,y') - 2 E k(x,y) of point masses at 0 and at c."""
    x, y = np.zeros((5, 4)), np.full((5, 4), 2.0)  # x.y / d = 4 within y, 0 elsewhere
    assert kernel_distance(x, y).mean == pytest.approx(1 + 5**3 - 2)


def test_it_grows_with_the_shift_and_is_symmetric_for_whole_samples():
    x = features((60, 5))
    found = [kernel_distance(x, features((60, 5), 1, s)).mean for s in (0, 0.5, 1, 2)]
    assert found == sorted(found)
    y = features((60, 5), 1, 1)
    assert kernel_distance(y, x).mean == pytest.approx(kernel_distance(x, y).mean)


def test_subsets_follow_the_seed_and_are_no_larger_than_the_smaller_side():
    x, y = features((50, 3)), features((20, 3), 1)
    first, again, other = (kernel_distance(x, y, subsets=4, seed=s) for s in (0, 0, 1))
    assert first == again
    assert first.mean != other.mean
    assert (first.size, first.subsets) == (20, 4)


def test_torch_fidelity_computes_the_same_from_the_same_rows():
    theirs = pytest.importorskip("torch_fidelity.metric_kid")
    x, y = features((50, 6)), features((50, 6), 1, 0.3)
    kernels = [theirs.kernel_poly(a, b) for a, b in ((x, x), (x, y), (y, y))]
    assert kernel_distance(x, y).mean == pytest.approx(theirs.mmd2(*kernels))


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        (np.ones((5, 2)), np.ones((5, 3)), {}, "equal d"),
        (np.ones((1, 2)), np.ones((5, 2)), {}, "two rows"),
        (np.full((5, 2), np.nan), np.ones((5, 2)), {}, "finite"),
        (np.ones((5, 2)), np.ones((5, 2)), {"subsets": 0}, "at least 1"),
        (np.ones((5, 2)), np.ones((5, 2)), {"size": 1}, "at least 2 rows"),
    ],
)
def test_bad_input_is_refused(x, y, options, message):
    with pytest.raises(ValueError, match=message):
        kernel_distance(x, y, **options)
