import numpy as np
import pytest
from scipy.spatial.distance import pdist

from tfnets.metrics import diversity


def test_two_points_are_as_diverse_as_they_are_far():
    assert diversity(np.array([[1.0, 1], [4, 5]])) == pytest.approx(5)


def test_a_square():
    corners = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    assert diversity(corners) == pytest.approx((4 + 2 * np.sqrt(2)) / 6)


def test_equals_the_mean_over_all_pairs():
    sample = np.random.default_rng(0).normal(size=(200, 7))
    assert diversity(sample) == pytest.approx(pdist(sample).mean())


def test_scales_with_the_sample_and_does_not_move_with_it():
    sample = np.random.default_rng(0).normal(size=(50, 3))
    assert diversity(3 * sample + 1000) == pytest.approx(3 * diversity(sample))


def test_normal_points_in_the_plane_are_root_pi_apart():
    sample = np.random.default_rng(1).normal(size=(2000, 2))
    assert diversity(sample) == pytest.approx(np.sqrt(np.pi), rel=0.02)


@pytest.mark.parametrize("place", [0.0, 0.1, 1e6])
def test_one_output_has_no_diversity(place):
    assert diversity(np.full((100, 784), place)) == 0


@pytest.mark.parametrize("sample", [np.zeros(4), np.zeros((1, 4)), np.zeros((2, 2, 2))])
def test_shapes_without_pairs_of_rows_are_refused(sample):
    with pytest.raises(ValueError, match="n >= 2"):
        diversity(sample)


def test_values_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        diversity(np.array([[0.0], [np.inf]]))


def test_a_small_distance_far_from_the_origin_is_not_lost():
    assert diversity(np.array([[1e9, 1e9], [1e9 + 3, 1e9 + 4]])) == pytest.approx(5)
