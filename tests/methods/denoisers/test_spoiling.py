import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from tfnets.methods.denoisers import spoiling
from tfnets.methods.denoisers.spoiling import (
    blur_case,
    blurred,
    clipped_case,
    kernel,
    noise_case,
    spoil,
)

IMAGES = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)


@pytest.mark.parametrize("blur", [0.5, 1.5, 2.0])
def test_the_blur_is_that_of_scipy(blur):
    sigma = (0, blur, blur, 0)
    theirs = ndimage.gaussian_filter(IMAGES.astype(float), sigma, mode="constant", truncate=8)
    np.testing.assert_allclose(blurred(IMAGES, blur), theirs, atol=1e-6)


def test_the_kernel_is_what_becomes_of_one_light_pixel():
    point = np.zeros((1, 41, 41, 1), np.float32)
    point[0, 20, 20] = 1
    found = kernel(1.5, 15)
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(blurred(point, 1.5)[0, 13:28, 13:28, 0], found, atol=1e-5)


def test_noise_has_its_level_and_may_leave_the_range():
    case = noise_case(0.4)
    added = case.spoilt(np.zeros((9, 28, 28, 1)), seed=1)
    assert added.std() == pytest.approx(0.4, rel=0.03)
    assert added.mean() == pytest.approx(0, abs=0.02)
    assert added.dtype == np.float32
    np.testing.assert_array_equal(added, case.spoilt(np.zeros((9, 28, 28, 1)), seed=1))


def test_clipped_noise_is_the_same_noise_clipped():
    found = clipped_case(0.4).spoilt(IMAGES, seed=2)
    np.testing.assert_array_equal(found, np.clip(noise_case(0.4).spoilt(IMAGES, seed=2), 0, 1))


def test_a_blurred_image_has_the_noise_on_top():
    case = blur_case(1.5, 0.02)
    assert (case.spoilt(IMAGES, 1) - blurred(IMAGES, 1.5)).std() == pytest.approx(0.02, rel=0.1)


class TestSpoil:
    """What the networks see in training."""

    SEED = tf.constant([3, 4], tf.int64)

    def test_the_same_seed_spoils_alike(self):
        first, again = spoil(tf.constant(IMAGES), self.SEED), spoil(tf.constant(IMAGES), self.SEED)
        np.testing.assert_array_equal(first, again)
        assert (first != spoil(tf.constant(IMAGES), self.SEED + 1)).numpy().any()

    def test_without_noise_images_are_as_they_were_or_blurred_as_by_scipy(self, monkeypatch):
        monkeypatch.setattr(spoiling, "NOISE", 0.0)
        monkeypatch.setattr(spoiling, "BLURRED_NOISE", 0.0)
        image = np.zeros((64, 28, 28, 1), np.float32)
        image[:, 8:20, 10:14] = 1
        found = spoil(tf.constant(image), self.SEED).numpy()
        plain = (found == image).all(axis=(1, 2, 3))
        assert 0.6 < plain.mean() < 0.9
        for one in found[~plain]:
            errors = [np.abs(blurred(image[:1], b)[0] - one).max() for b in np.linspace(0.5, 2, 61)]
            assert min(errors) < 0.02

    def test_levels_are_spread_over_the_range_and_half_are_clipped(self):
        image = tf.zeros((400, 28, 28, 1)) + 0.5
        found = spoil(image, self.SEED).numpy()
        clipped = (found.min(axis=(1, 2, 3)) >= 0) & (found.max(axis=(1, 2, 3)) <= 1)
        assert 0.5 < clipped.mean() < 0.8  # Faint noise stays in the range anyway.
        levels = found[~clipped].std(axis=(1, 2, 3))
        assert 0.6 < levels.max() <= 0.75
