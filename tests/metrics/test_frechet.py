import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.metrics import frechet_distance

shapes = st.tuples(st.integers(2, 12), st.integers(1, 8))
seeds = st.integers(0, 2**32 - 1)


def features(shape, seed=0, scale=1.0):
    return np.random.default_rng(seed).normal(size=shape) * scale


@settings(max_examples=60, deadline=None)
@given(shapes, seeds, st.floats(0.01, 100))
def test_a_sample_is_at_distance_0_from_itself(shape, seed, scale):
    x = features(shape, seed, scale)
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-12 * scale**2 * x.size)


@settings(max_examples=60, deadline=None)
@given(shapes, seeds, st.data())
def test_a_shift_costs_its_squared_length(shape, seed, draw):
    x = features(shape, seed)
    c = np.array(draw.draw(st.lists(st.floats(-50, 50), min_size=shape[1], max_size=shape[1])))
    assert frechet_distance(x, x + c) == pytest.approx(c @ c, rel=1e-10, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(2, 12), seeds, st.floats(0.1, 9), st.floats(-9, 9))
def test_in_one_dimension_it_is_the_closed_form(n, m, seed, scale, mean):
    x, y = features((n, 1), seed), features((m, 1), seed + 1) * scale + mean
    expected = (x.mean() - y.mean()) ** 2 + (x.std(ddof=1) - y.std(ddof=1)) ** 2
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_known_gaussians():
    # Four points with mean 0 and covariance diag(a^2, b^2) * 4/3.
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    distance = frechet_distance(corners * [1, 2], corners * [3, 5] + [7, 0])
    assert distance == pytest.approx(49 + 4 / 3 * ((3 - 1) ** 2 + (5 - 2) ** 2))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 8), seeds)
def test_symmetric_not_negative_and_the_same_after_a_rotation(n, m, d, seed):
    x, y = features((n, d), seed), features((m, d), seed + 1, 3) + 1
    distance = frechet_distance(x, y)
    assert distance >= 0
    assert frechet_distance(y, x) == pytest.approx(distance, rel=1e-9)
    rotation, _ = np.linalg.qr(features((d, d), seed + 2))
    assert frechet_distance(x @ rotation, y @ rotation) == pytest.approx(distance, rel=1e-9)


def test_equals_the_formula_with_a_matrix_root():
    mix = features((6, 6), 3)
    x, y = features((300, 6), 1) @ mix, features((200, 6), 2) * np.arange(1, 7) + 2
    s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    offset = x.mean(axis=0) - y.mean(axis=0)
    root = scipy.linalg.sqrtm(s1 @ s2).real
    expected = offset @ offset + np.trace(s1 + s2 - 2 * root)
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("scale", [1, 1000])
def test_singular_covariances_are_exact(scale):
    x = features((10, 50), 0, scale)
    x[:, 3] = 5
    assert frechet_distance(x, x) <= 1e-9 * scale**2
    assert frechet_distance(x, x + 1) == pytest.approx(50, rel=1e-6)


def test_constant_samples():
    assert frechet_distance(np.full((5, 3), 2.0), np.full((4, 3), 4.0)) == 12
    x = features((9, 2), 1)
    expected = x.var(axis=0, ddof=1).sum()
    assert frechet_distance(x, np.tile(x.mean(axis=0), (3, 1))) == pytest.approx(expected)


def test_integers_and_float32_are_taken():
    x = np.arange(12).reshape(6, 2)
    assert frechet_distance(x, x.astype(np.float32) + 3) == pytest.approx(18)


@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (np.ones(5), np.ones(5), r"\(n, d\) with equal d, but are \(5,\) and \(5,\)"),
        (np.ones((5, 2)), np.ones((5, 3)), r"\(5, 2\) and \(5, 3\)"),
        (np.ones((5, 2, 1)), np.ones((5, 2, 1)), "equal d"),
        (np.ones((1, 2)), np.ones((5, 2)), "two rows"),
        (np.ones((5, 2)), np.ones((1, 2)), "two rows"),
        (np.ones((5, 0)), np.ones((5, 0)), "one column"),
        (np.full((5, 2), np.nan), np.ones((5, 2)), "finite"),
        (np.ones((5, 2)), np.full((5, 2), np.inf), "finite"),
    ],
)
def test_bad_features_are_refused(real, fake, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, fake)


def test_equals_the_formula_with_eigenvalues():
    """As torch-fidelity has it: the trace of the root from the eigenvalues of S1 S2."""
    x, y = features((300, 6), 1), features((200, 6), 2) * np.arange(1, 7) + 2
    s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    offset = x.mean(axis=0) - y.mean(axis=0)
    root = np.sqrt(np.linalg.eigvals(s1 @ s2).astype("complex128")).real.sum()
    expected = offset @ offset + np.trace(s1) + np.trace(s2) - 2 * root
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-9)


def test_equals_torch_fidelity():
    theirs = pytest.importorskip("torch_fidelity.metric_fid")
    x, y = features((300, 6), 1), features((200, 6), 2) * np.arange(1, 7) + 2
    statistics = [{"mu": v.mean(axis=0), "sigma": np.cov(v, rowvar=False)} for v in (x, y)]
    found = theirs.fid_statistics_to_metric(*statistics, verbose=False)
    assert frechet_distance(x, y) == pytest.approx(found[theirs.KEY_METRIC_FID], rel=1e-9)
