import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tfnets.inputs.attacks import levels

UNIT = st.floats(0, 1, width=32)
IMAGES = arrays(np.float32, (2, 3, 2, 1), elements=UNIT)
EPSILON = st.one_of(st.floats(1e-4, 2), st.integers(1, 30).map(lambda k: k / 255))


def test_every_level_survives_the_way_there_and_back():
    every = np.arange(256, dtype=np.uint8)
    assert (levels.to_levels(levels.from_levels(every)) == every).all()
    assert (levels.from_levels(every) == every.astype(np.float32) / np.float32(255)).all()


@given(IMAGES)
def test_the_grid_is_the_nearest_and_stays_where_it_is(images):
    rounded = levels.to_8bit_grid(images)
    assert rounded.dtype == np.float32
    assert np.abs(rounded - images).max() <= 0.5 / 255 + 1e-7
    assert (levels.to_8bit_grid(rounded) == rounded).all()


@given(IMAGES, EPSILON)
def test_the_box_is_never_left_and_as_large_as_float32_allows(originals, epsilon):
    exact = originals.astype(np.float64)
    for bound, wanted in zip(
        levels.box(originals, epsilon),
        (np.maximum(exact - epsilon, 0), np.minimum(exact + epsilon, 1)),
        strict=True,
    ):
        assert bound.dtype == np.float32
        assert bound.min() >= 0 and bound.max() <= 1  # noqa: PT018
        assert np.abs(bound - exact).max() <= epsilon
        assert np.abs(bound - wanted).max() <= 2e-7


@given(IMAGES, IMAGES, EPSILON)
def test_rounding_never_leaves_the_linf_ball(images, originals, epsilon):
    originals = levels.to_8bit_grid(originals)
    low, high = levels.box(originals, epsilon)
    inside = np.clip(images, low, high)
    rounded = levels.round_in_linf(inside, originals, epsilon)
    moved = levels.to_levels(rounded).astype(int) - levels.to_levels(originals)
    assert np.abs(moved).max() <= epsilon * 255 + 1e-4
    assert rounded.min() >= 0 and rounded.max() <= 1  # noqa: PT018
    # Nearest: less than a level away, and only half of one where the ball allows it.
    free = np.abs(np.rint(inside * 255) - levels.to_levels(originals)) <= epsilon * 255
    assert np.abs(rounded - inside)[free].max(initial=0) <= 0.5 / 255 + 1e-6


@given(IMAGES, IMAGES, EPSILON)
def test_rounding_never_leaves_the_l2_ball(images, originals, epsilon):
    originals = levels.to_8bit_grid(originals)
    inside = levels.into_l2_ball(images, originals, epsilon)
    rounded = levels.round_in_l2(inside, originals, epsilon)
    change = levels.to_levels(rounded).astype(int) - levels.to_levels(originals)
    assert (np.sum(change**2, axis=(1, 2, 3)) <= (epsilon * 255) ** 2 * (1 + 1e-6)).all()
    assert rounded.min() >= 0 and rounded.max() <= 1  # noqa: PT018
    assert np.abs(rounded - inside).max() <= 1 / 255 + 1e-6


@given(IMAGES, IMAGES, EPSILON)
def test_the_l2_ball_is_never_left_and_what_is_inside_stays(images, originals, epsilon):
    shrunk = levels.into_l2_ball(images, originals, epsilon)
    lengths = [
        np.linalg.norm(change) for change in shrunk.astype(np.float64) - originals.astype(float)
    ]
    assert max(lengths) <= epsilon
    for before, after, original in zip(images, shrunk, originals, strict=True):
        length = np.linalg.norm(before.astype(np.float64) - original)
        if length <= epsilon:
            assert (before == after).all()
        else:
            assert np.linalg.norm(after.astype(np.float64) - original) >= 0.999 * epsilon - 1e-7


def test_l2_rounding_spends_the_budget_on_the_largest_fractions():
    originals = levels.from_levels(np.full((1, 1, 4, 1), 100))
    images = originals + np.array([0.9, 0.6, 0.55, 0.2]).reshape(1, 1, 4, 1) / 255
    two = levels.round_in_l2(images, originals, np.sqrt(2.5) / 255)
    assert (levels.to_levels(two) - 100).ravel().tolist() == [1, 1, 0, 0]
    all_ = levels.round_in_l2(images, originals, 10 / 255)
    assert (levels.to_levels(all_) - 100).ravel().tolist() == [1, 1, 1, 0]


def test_a_change_is_measured_in_whole_levels():
    originals = np.zeros((2, 2, 2, 3), np.float32)
    images = originals.copy()
    images[0, 0, 0] = 3 / 255, 0, 4 / 255
    images[0, 1, 1] = 0, 1, 0
    change = levels.Change.between(originals, images)
    assert change.linf.tolist() == [1, 0]
    assert change.l2 == pytest.approx([np.sqrt(9 + 16 + 255**2) / 255, 0])
    assert change.pixels.tolist() == [2, 0]
    assert change.values.tolist() == [3, 0]
