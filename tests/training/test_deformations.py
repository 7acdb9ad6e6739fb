import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tfnets.errors import InputError
from tfnets.training.deformations import Strength, deformations, resampled

STILL = dict.fromkeys(("degrees", "stretch", "shear", "shift", "bend", "stroke"), 0.0)
IMAGES = np.random.default_rng(0).random((6, 9, 7, 2), dtype=np.float32)
STEP = tf.constant(0, tf.int64)


def deformed(images, seed=0, **strength):
    augmentation = deformations(Strength(**(STILL | strength)))
    return augmentation(tf.constant(images), tf.constant([seed, 0], tf.int64), STEP).numpy()


def test_no_strength_changes_nothing():
    np.testing.assert_allclose(deformed(IMAGES), IMAGES, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_reading_between_pixels_is_bilinear_with_zeros_outside(seed):
    rng = np.random.default_rng(seed)
    places = rng.uniform(-3, 11, (6, 5, 4, 2)).astype(np.float32)
    expected = [
        [
            ndimage.map_coordinates(image[..., channel], np.moveaxis(place, -1, 0), order=1,
                                    mode="grid-constant")
            for channel in range(2)
        ]
        for image, place in zip(IMAGES, places, strict=True)
    ]  # fmt: skip
    expected = np.moveaxis(np.array(expected), 1, -1)
    read = resampled(tf.constant(IMAGES), tf.constant(places))
    np.testing.assert_allclose(read, expected, atol=2e-3)


def test_a_rotation_keeps_the_distance_from_the_centre():
    dots = np.zeros((300, 21, 21, 1), np.float32)
    dots[:, 10, 18] = 1
    turned = deformed(dots, degrees=90.0)
    grid = np.arange(21) - 10.0
    mass = turned[..., 0] / turned[..., 0].sum((1, 2), keepdims=True)
    row, column = (mass.sum(2) * grid).sum(1), (mass.sum(1) * grid).sum(1)
    np.testing.assert_allclose(np.hypot(row, column), 8, atol=0.4)
    angles = np.degrees(np.arctan2(row, column))
    assert angles.min() < -80
    assert angles.max() > 80


def test_a_stretch_changes_area_by_its_factors():
    square = np.zeros((400, 41, 41, 1), np.float32)
    square[:, 13:28, 13:28] = 1
    areas = deformed(square, stretch=0.4).sum((1, 2, 3)) / 15**2
    assert np.log(areas).min() > -0.9
    assert np.log(areas).max() < 0.9
    assert np.log(areas).std() == pytest.approx(0.4 * np.sqrt(2 / 3), rel=0.15)


def test_a_shift_moves_all_images_by_their_own_amount():
    dots = np.zeros((200, 15, 15, 1), np.float32)
    dots[:, 7, 7] = 1
    moved = deformed(dots, shift=3.0)[..., 0]
    rows = (moved.sum(2) * (np.arange(15) - 7.0)).sum(1)
    assert rows.std() == pytest.approx(3 / np.sqrt(3), rel=0.15)
    assert len(np.unique(rows.round(3))) > 190


def test_strokes_get_thinner_and_thicker_and_stay_in_range():
    bar = np.zeros((300, 11, 11, 1), np.float32)
    bar[:, :, 4:7] = 1
    widths = deformed(bar, stroke=1.0)[:, 5].sum((1, 2))
    assert widths.min() < 1.3
    assert widths.max() > 4.7
    made = deformed(IMAGES, stroke=1.0)
    assert made.min() >= 0
    assert made.max() <= 1


def test_the_bending_is_smooth():
    slope = np.tile(np.arange(40, dtype=np.float32)[None, :, None, None], (50, 1, 40, 1))
    moves = (deformed(slope, bend=1.0, knots=5) - slope)[:, 10:-10, 10:-10, 0]
    assert 0.3 < moves.std() < 1.2
    assert np.abs(np.diff(moves, axis=2)).max() < 0.8


def test_the_same_seed_deforms_alike_and_each_image_differently():
    same = np.repeat(IMAGES[:1], 4, axis=0)
    once, again = (deformed(same, 3, degrees=20.0, bend=1.0) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert np.abs(once[0] - once[1]).max() > 0.01
    assert np.abs(deformed(same, 4, degrees=20.0) - deformed(same, 3, degrees=20.0)).max() > 0.01


@pytest.mark.parametrize("wrong", [{"degrees": -1.0}, {"bend": float("nan")}, {"knots": 1}])
def test_bad_strengths_are_one_sentence(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Strength(**wrong)


def test_half_the_strength_has_half_of_every_range_and_as_many_knots():
    half = Strength().scaled(0.5)
    assert (half.degrees, half.bend, half.knots) == (7.5, 0.5, 5)
    np.testing.assert_array_equal(deformations(Strength().scaled(0))(IMAGES, (0, 0), 0), IMAGES)
