"""How near a picture is to another: PSNR and SSIM."""

import numpy as np
from skimage import metrics


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
