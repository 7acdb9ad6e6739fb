import numpy as np
import pytest
from scipy import ndimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from tfnets.metrics.pictures import psnr, similarity, ssim

RNG = np.random.default_rng(0)
CLEAN, NOISY = RNG.uniform(0, 1, (2, 3, 9, 8, 3))
WHERE = RNG.random((3, 9, 8)) < 0.3


def test_psnr_of_a_known_error():
    clean = np.zeros((2, 4, 4, 3), np.float32)
    noisy = np.stack([np.full((4, 4, 3), 0.1), np.full((4, 4, 3), 0.01)]).astype(np.float32)
    assert psnr(clean, noisy) == pytest.approx([20.0, 40.0], abs=1e-5)


def test_psnr_is_that_of_scikit_image():
    theirs = [
        peak_signal_noise_ratio(a, b, data_range=1) for a, b in zip(CLEAN, NOISY, strict=True)
    ]
    assert psnr(CLEAN, NOISY) == pytest.approx(theirs)


def test_only_the_asked_pixels_count():
    theirs = [
        peak_signal_noise_ratio(a[one], b[one], data_range=1)
        for a, b, one in zip(CLEAN, NOISY, WHERE, strict=True)
    ]
    assert psnr(CLEAN, NOISY, WHERE) == pytest.approx(theirs)


def test_an_image_equal_to_its_original_has_the_most_that_is_counted():
    images = CLEAN.copy()
    images[0] += 0.1
    assert psnr(CLEAN, images, most=60.0) == pytest.approx([20, 60, 60])
    assert psnr(CLEAN, images, np.ones_like(WHERE), 60.0) == pytest.approx([20, 60, 60])


@pytest.mark.parametrize(("size", "window"), [(8, 7), (7, 7), (6, 5), (3, 3)])
def test_ssim_is_that_of_scikit_image_in_the_largest_odd_windows_up_to_seven(size, window):
    clean, noisy = CLEAN[:, :size], NOISY[:, :size]
    theirs = [
        structural_similarity(a, b, win_size=window, data_range=1, channel_axis=-1)
        for a, b in zip(clean, noisy, strict=True)
    ]
    np.testing.assert_array_equal(ssim(clean, noisy), theirs)


def test_ssim_is_one_for_the_original_and_falls_with_noise():
    found = [ssim(CLEAN, CLEAN + level * (NOISY - CLEAN)).mean() for level in (0.1, 0.5)]
    assert 1 > found[0] > found[1] > 0
    np.testing.assert_allclose(ssim(CLEAN, CLEAN), [1, 1, 1])


def test_ssim_is_computed_in_the_asked_precision():
    images = [values.astype(np.float32) for values in (CLEAN, NOISY)]
    theirs = [
        structural_similarity(a, b, data_range=1, channel_axis=-1)
        for a, b in zip(*images, strict=True)
    ]
    found = ssim(*images, np.float32)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, theirs)


def test_similarity_of_known_pairs():
    smooth = ndimage.gaussian_filter(RNG.random((5, 28, 28, 1)), (0, 2, 2, 0)).astype(np.float32)
    same = similarity(smooth, smooth)
    assert same == {"ssim": pytest.approx(1), "distance": 0}
    three = similarity(smooth, np.repeat(smooth, 3, axis=-1))
    assert three == {"ssim": pytest.approx(1), "distance": 0}
    other = similarity(smooth, 1 - smooth)
    assert other["ssim"] < 0
    assert other["distance"] == pytest.approx(float(np.abs(1 - 2 * smooth).mean()), rel=1e-5)
