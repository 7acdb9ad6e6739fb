import numpy as np
import pytest
from scipy import stats

from tfnets.datasets.toys import GRID, RING, TOYS, disc, grid, ring

EACH = pytest.mark.parametrize("toy", TOYS.values(), ids=list(TOYS))


def test_ring_is_eight_centres_evenly_on_a_circle():
    assert RING.centres.shape == (8, 2)
    np.testing.assert_allclose(np.linalg.norm(RING.centres, axis=1), 2, rtol=1e-6)
    turned = RING.centres @ np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    gaps = np.linalg.norm(RING.centres[:, None] - turned[None], axis=2).min(axis=1)
    np.testing.assert_allclose(gaps, 0, atol=1e-6)


def test_grid_is_all_pairs_of_five_numbers():
    ticks = (-4, -2, 0, 2, 4)
    assert sorted(map(tuple, GRID.centres.tolist())) == [(x, y) for x in ticks for y in ticks]


@EACH
def test_points_are_gaussians_of_equal_weight_around_their_centres(toy):
    points = toy.points(50_000, seed=1)
    labels = toy.labels(points)
    k = len(toy.centres)
    offsets = points - toy.centres[labels]
    even = len(points) / k
    assert (points.shape, points.dtype, labels.dtype) == ((50_000, 2), np.float32, np.int32)
    assert np.abs(np.bincount(labels, minlength=k) - even).max() < 5 * np.sqrt(even)
    np.testing.assert_allclose(offsets.std(axis=0), toy.stddev, rtol=0.02)
    np.testing.assert_allclose(offsets.mean(axis=0), 0, atol=toy.stddev / 40)
    assert abs(np.corrcoef(offsets.T)[0, 1]) < 0.02


@EACH
def test_the_seed_fixes_the_points(toy):
    np.testing.assert_array_equal(toy.points(9, 3), toy.points(9, 3))
    assert (toy.points(9, 3) != toy.points(9, 4)).all()


@EACH
def test_each_centre_has_its_own_label(toy):
    assert toy.labels(toy.centres).tolist() == list(range(len(toy.centres)))


def test_functions_draw_from_the_toys_of_their_names():
    np.testing.assert_array_equal(ring(7, 2), RING.points(7, 2))
    np.testing.assert_array_equal(grid(7, 2), GRID.points(7, 2))
    assert {name: toy.name for name, toy in TOYS.items()} == {"ring": "ring", "grid": "grid"}


def test_the_disc_is_even():
    points = disc(20_000, 0)
    assert (points.shape, points.dtype) == ((20_000, 2), np.float32)
    squares = np.sum(points.astype(float) ** 2, axis=1)
    assert stats.kstest(squares, "uniform").pvalue > 0.01
    for column in points.T:
        assert stats.kstest(column, stats.semicircular().cdf).pvalue > 0.01
    np.testing.assert_array_equal(disc(9, 3), disc(9, 3))
    assert (disc(9, 3) != disc(9, 4)).all()
