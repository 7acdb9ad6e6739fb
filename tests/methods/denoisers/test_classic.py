import numpy as np
import pytest

from tfnets.methods.denoisers.classic import BASELINES
from tfnets.metrics.pictures import psnr


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_removes_noise_from_a_simple_image(name):
    rng = np.random.default_rng(0)
    clean = np.full((32, 32, 3), 0.25, np.float32)
    clean[8:24, 8:24] = [0.8, 0.5, 0.3]
    noisy = (clean + rng.normal(0, 0.1, clean.shape)).astype(np.float32)
    baseline = BASELINES[name]
    gains = [
        psnr(clean[None], baseline.denoise(noisy, strength, 0.1)[None])[0]
        for strength in baseline.strengths
    ]
    assert max(gains) > psnr(clean[None], noisy[None])[0] + 5


def test_the_median_takes_channels_one_by_one_and_keeps_edges():
    image = np.zeros((9, 9, 2))
    image[:, 5:, 1] = 1
    image[4, 4, 0] = 1
    found = BASELINES["median"].denoise(image, 3.0, 0.1)
    assert (found[..., 0] == 0).all()
    assert (found[..., 1] == image[..., 1]).all()
