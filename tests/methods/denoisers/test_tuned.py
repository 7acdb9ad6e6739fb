import numpy as np
import pytest

from tfnets.methods.denoisers.spoiling import blur_case, noise_case
from tfnets.methods.denoisers.tuned import DEBLURRERS, DENOISERS, Candidate, candidates, chosen
from tfnets.metrics.pictures import psnr

CLEAN = np.zeros((2, 28, 28, 1), np.float32)
CLEAN[:, 6:22, 8:12] = CLEAN[:, 6:10, 8:20] = 1


@pytest.mark.parametrize("method", DENOISERS)
def test_denoisers_gain_much_on_a_simple_image(method):
    case = noise_case(0.2)
    spoilt = case.spoilt(CLEAN, 0)
    best, tried = chosen(candidates(method, case), CLEAN, spoilt)
    found = best.images(spoilt)
    assert found.shape == CLEAN.shape
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1
    assert psnr(CLEAN, found).mean() == max(tried.values()) == pytest.approx(tried[best.label])
    assert max(tried.values()) > psnr(CLEAN, spoilt).mean() + 6


@pytest.mark.parametrize("method", DEBLURRERS)
def test_deblurrers_undo_a_blur_that_they_know(method):
    case, other = blur_case(1.5, 0.005), blur_case(0.7, 0.005)
    spoilt = case.spoilt(CLEAN, 0)
    right, wrong = (
        max(chosen(candidates(method, told), CLEAN, spoilt)[1].values()) for told in (case, other)
    )
    assert right > psnr(CLEAN, spoilt).mean() + 4
    assert right > wrong + 1


def test_the_best_on_average_is_chosen():
    grid = [Candidate(str(value), lambda image, v=value: image * v) for value in (0.5, 1.6, 1.0)]
    assert chosen(grid, CLEAN, CLEAN * 0.5)[0].label == "1.6"
