"""PSNR and SSIM, and denoisers of scikit-image and SciPy that restorations are measured beside."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage import metrics, restoration


@dataclass(frozen=True)
class Baseline:
    """A well-known denoiser with one strength to be chosen.

    Attributes:
        title: How figures and tables call it.
        strengths: The grid that its strength is chosen from.
        denoise: Noisy image (height, width, channels), strength, the noise's standard deviation ->
            image of the same shape.
    """

    title: str
    strengths: tuple[float, ...]
    denoise: Callable[[np.ndarray, float, float], np.ndarray]


def psnr(clean: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio in dB of each image, for a peak of 1.

    Args:
        clean: Originals (n, height, width, channels) in [0, 1].
        images: Images of the same shape.

    Returns:
        -10 log10(mean squared error), shape (n,), float64.
    """
    error = np.square(np.asarray(clean, np.float64) - images).mean(axis=(1, 2, 3))
    return -10 * np.log10(error)


def ssim(clean: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Structural similarity of each image (Wang et al. 2004, windows of 7 x 7), for a range of 1.

    Args:
        clean: Originals (n, height, width, channels) in [0, 1], at least 7 x 7.
        images: Images of the same shape.

    Returns:
        At most 1, shape (n,), float64.
    """
    pairs = zip(np.asarray(clean, np.float64), np.asarray(images, np.float64), strict=True)
    return np.array(
        [metrics.structural_similarity(*pair, data_range=1, channel_axis=-1) for pair in pairs]
    )


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
