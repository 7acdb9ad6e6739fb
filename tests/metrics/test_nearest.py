import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tfnets.metrics import nearest_distances

RNG = np.random.default_rng(0)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 7), st.integers(1, 9), st.integers(1, 5), st.sampled_from([4, 8]))
def test_it_is_the_smallest_of_all_distances(n, m, d, size):
    points, known = (RNG.normal(size=(k, d)).astype(f"f{size}") for k in (n, m))
    found = nearest_distances(points, known)
    np.testing.assert_allclose(found, cdist(points, known).min(axis=1), rtol=1e-4, atol=1e-5)
    assert found.dtype == np.float64


def test_a_known_point_is_at_distance_0():
    known = RNG.normal(size=(30, 4))
    np.testing.assert_allclose(nearest_distances(known[3:6], known), 0, atol=1e-6)


@pytest.mark.parametrize(
    ("points", "known", "sentence"),
    [
        (np.zeros((2, 3)), np.zeros((2, 4)), r"are \(2, 3\) and \(2, 4\)"),
        (np.zeros(3), np.zeros((2, 3)), "must be"),
        (np.full((1, 2), np.nan), np.zeros((1, 2)), "NaN"),
    ],
)
def test_what_cannot_be_measured_is_refused(points, known, sentence):
    with pytest.raises(ValueError, match=sentence):
        nearest_distances(points, known)
