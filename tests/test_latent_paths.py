import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.latents.paths import linear, spherical

PLACES = np.linspace(0, 1, 9)
RNG = np.random.default_rng(0)


def pair(n=5, dim=7):
    return RNG.normal(size=(2, n, dim)).astype(np.float32)


@pytest.mark.parametrize("way", [linear, spherical])
def test_a_path_begins_and_ends_at_its_ends(way):
    first, last = pair()
    path = way(first, last, PLACES)
    assert path.shape == (5, 9, 7)
    assert path.dtype == np.float32
    np.testing.assert_allclose(path[:, 0], first, atol=1e-5)
    np.testing.assert_allclose(path[:, -1], last, atol=1e-5)


def test_a_straight_line_goes_evenly():
    first, last = pair()
    steps = np.diff(linear(first, last, PLACES), axis=1)
    np.testing.assert_allclose(steps, np.tile((last - first)[:, None] / 8, (1, 8, 1)), atol=1e-5)


def test_a_quarter_circle_by_hand():
    first, last = np.array([[2.0, 0.0, 0.0]]), np.array([[0.0, 2.0, 0.0]])
    angles = PLACES * np.pi / 2
    expected = 2 * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    np.testing.assert_allclose(spherical(first, last, PLACES)[0], expected, atol=1e-6)
    shifted = spherical(first + 3, last + 3, PLACES, centre=np.full(3, 3.0))
    np.testing.assert_allclose(shifted[0], expected + 3, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.integers(0, 2**31 - 1))
def test_arcs_turn_evenly_and_norms_go_evenly(dim, seed):
    first, last = np.random.default_rng(seed).normal(size=(2, 3, dim)).astype(np.float32)
    path = spherical(first, last, PLACES).astype(np.float64)
    norms = np.linalg.norm(path, axis=2)
    ends = norms[:, [0, -1]]
    np.testing.assert_allclose(norms, ends[:, :1] * (1 - PLACES) + ends[:, 1:] * PLACES, rtol=1e-3)
    units = path / norms[..., None]
    steps = np.linalg.norm(np.diff(units, axis=1), axis=2)
    np.testing.assert_allclose(steps, np.tile(steps.mean(axis=1)[:, None], 8), atol=3e-3)


def test_a_line_between_normal_draws_loses_norm_in_the_middle_and_an_arc_does_not():
    first, last = pair(200, 100)
    middle = {
        way: np.linalg.norm(way(first, last, [0.5]), axis=2).mean() for way in (linear, spherical)
    }
    assert middle[linear] == pytest.approx(np.sqrt(50), rel=0.02)
    assert middle[spherical] == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize("factor", [1.0, 3.0, -1.0])
def test_equal_and_opposite_directions_go_straight(factor):
    first = pair()[0]
    np.testing.assert_allclose(
        spherical(first, factor * first, PLACES), linear(first, factor * first, PLACES), atol=1e-3
    )


@pytest.mark.parametrize(
    ("ends", "places", "sentence"),
    [
        ((np.ones((2, 3)), np.ones((3, 3))), PLACES, "as many vectors of one size"),
        ((np.ones((2, 3)), np.ones((2, 4))), PLACES, "as many vectors of one size"),
        ((np.ones((2, 3)), np.full((2, 3), np.nan)), PLACES, "NaN"),
        ((np.ones((2, 3)), np.ones((2, 3))), [], "needs places"),
        ((np.ones((2, 3)), np.zeros((2, 3))), PLACES, "no direction"),
    ],
)
def test_bad_ends_are_one_sentence(ends, places, sentence):
    with pytest.raises(InputError, match=sentence):
        spherical(*ends, places)
