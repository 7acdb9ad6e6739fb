"""Denoisers of scikit-image and SciPy that restorations of any images are measured beside."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage import restoration


@dataclass(frozen=True)
class Baseline:
    """A well-known denoiser with one strength to be chosen from a grid, named for figures.

    It takes a noisy image (height, width, channels), a strength and the noise's standard deviation.
    """

    title: str
    strengths: tuple[float, ...]
    denoise: Callable[[np.ndarray, float, float], np.ndarray]


def median(image: np.ndarray, strength: float, sigma: float) -> np.ndarray:
    """Median over a square window of `strength` pixels, each channel on its own."""
    del sigma
    return ndimage.median_filter(image, size=(int(strength), int(strength), 1), mode="nearest")


def total_variation(image: np.ndarray, strength: float, sigma: float) -> np.ndarray:
    """Chambolle's total variation with the Gaussian likelihood: weight = strength * sigma."""
    return restoration.denoise_tv_chambolle(
        image, weight=strength * sigma, eps=1e-6, max_num_iter=500, channel_axis=-1
    )


def non_local_means(image: np.ndarray, strength: float, sigma: float) -> np.ndarray:
    """Non-local means with filter width h = strength * sigma and known sigma."""
    found = restoration.denoise_nl_means(
        image, patch_size=5, patch_distance=6, h=strength * sigma, sigma=sigma, fast_mode=True,
        channel_axis=-1,
    )  # fmt: skip
    return found.reshape(image.shape)


BASELINES = {
    "median": Baseline("median filter", (3.0, 5.0, 7.0), median),
    "chambolle": Baseline(
        "total variation (scikit-image)", (0.8, 1.0, 1.25, 1.6, 2.0), total_variation
    ),
    "non_local_means": Baseline("non-local means", (0.4, 0.6, 0.8, 1.0, 1.2), non_local_means),
}
