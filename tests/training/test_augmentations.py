import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.training.augmentations import brightness, instance_noise, sequence, shifts

IMAGES = tf.constant(np.random.default_rng(0).uniform(0.1, 1, (6, 7, 5, 2)), tf.float32)
STEP = tf.constant(0, tf.int64)


def test_noise_has_its_standard_deviation_and_is_of_any_rank():
    for shape in ((4000, 2), (50, 8, 8, 3)):
        noise = instance_noise(0.3)(tf.zeros(shape), (0, 1), STEP).numpy()
        assert noise.std() == pytest.approx(0.3, rel=0.05)
        assert abs(noise.mean()) < 0.02


@pytest.mark.parametrize(("step", "left"), [(0, 1), (25, 0.75), (75, 0.25), (100, 0), (300, 0)])
def test_noise_fades_linearly(step, left):
    full = instance_noise(0.3)(tf.zeros((40, 2)), (0, 1), STEP)
    faded = instance_noise(0.3, fades=100)(tf.zeros((40, 2)), (0, 1), tf.constant(step, tf.int64))
    np.testing.assert_allclose(faded, left * full, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(0, 100))
def test_each_image_is_moved_by_whole_pixels_with_zeros_coming_in(pixels, seed):
    moved = shifts(pixels)(IMAGES, (seed, 0), STEP).numpy()
    padded = np.pad(IMAGES, ((0, 0), *[(pixels, pixels)] * 2, (0, 0)))
    for image, result in zip(padded, moved, strict=True):
        windows = [
            image[top : top + 7, left : left + 5]
            for top in range(2 * pixels + 1)
            for left in range(2 * pixels + 1)
        ]
        assert any((window == result).all() for window in windows)


def test_all_moves_occur_and_differ_within_a_batch():
    dots = np.zeros((600, 5, 5, 1), np.float32)
    dots[:, 2, 2] = 1
    moved = shifts(1)(tf.constant(dots), (0, 0), STEP).numpy()
    places = {tuple(np.argwhere(dot[..., 0])[0]) for dot in moved}
    assert places == {(i, j) for i in (1, 2, 3) for j in (1, 2, 3)}


def test_brightness_is_one_number_per_image():
    change = (brightness(0.2)(IMAGES, (0, 0), STEP) - IMAGES).numpy()
    np.testing.assert_allclose(
        change, np.broadcast_to(change[:, :1, :1, :1], change.shape), atol=1e-6
    )
    assert len(np.unique(change[:, 0, 0, 0].round(4))) == 6
    assert np.abs(change).max() <= 0.2


def test_a_sequence_runs_in_order_with_seeds_of_their_own():
    def double(images, seed, step):
        return 2 * images

    both = sequence(double, instance_noise(0.1))(IMAGES, (0, 0), STEP) - 2 * IMAGES
    assert np.std(both) == pytest.approx(0.1, rel=0.15)
    two = sequence(instance_noise(1), instance_noise(1))(tf.zeros((4000, 1)), (0, 0), STEP)
    assert np.std(two) == pytest.approx(np.sqrt(2), rel=0.05)


@pytest.mark.parametrize(
    "augmentation",
    [instance_noise(0.1), shifts(2), brightness(0.1)],
    ids=["noise", "shifts", "light"],
)
def test_gradients_go_through_and_seeds_decide(augmentation):
    with tf.GradientTape() as tape:
        tape.watch(IMAGES)
        out = augmentation(IMAGES, (3, 0), STEP)
        total = tf.reduce_sum(out)
    gradient = tape.gradient(total, IMAGES).numpy()
    assert set(np.unique(gradient)) <= {0.0, 1.0}
    assert gradient.mean() > 0.3
    np.testing.assert_array_equal(out, augmentation(IMAGES, (3, 0), STEP))
    assert (out.numpy() != augmentation(IMAGES, (4, 0), STEP).numpy()).any()


@pytest.mark.parametrize("make", [instance_noise, shifts, brightness])
def test_numbers_that_are_not_above_0_are_refused(make):
    with pytest.raises(InputError, match="give a number above 0"):
        make(0)
    with pytest.raises(InputError, match="number of steps"):
        instance_noise(0.1, fades=0)
