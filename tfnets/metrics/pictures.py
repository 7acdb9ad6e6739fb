"""How near a picture is to another: PSNR and SSIM."""

import math

import numpy as np
from numpy.typing import DTypeLike
from skimage.metrics import structural_similarity

WINDOW = 7
"""Rows and columns of SSIM's windows, where the images are as large as that."""


def psnr(
    clean: np.ndarray, images: np.ndarray, where: np.ndarray | None = None, most: float = math.inf
) -> np.ndarray:
    """Peak signal-to-noise ratio -10 log10(mean squared error) in dB of each image, peak 1: (n,).

    That of scikit-image, which knows neither masks nor several images at once.

    Args:
        clean: Originals (n, height, width, channels) in [0, 1].
        images: Images of the same shape.
        where: Pixels that count, bool (n, height, width); None for all.
        most: What is counted at most, where an image may be equal to its original.
    """
    squares = np.square(np.asarray(clean, np.float64) - images)
    if where is None:
        error = squares.mean(axis=(1, 2, 3))
    else:
        error = (squares.mean(axis=-1) * where).sum(axis=(1, 2)) / where.sum(axis=(1, 2))
    return -10 * np.log10(np.maximum(error, 10 ** (-most / 10)))


def ssim(clean: np.ndarray, images: np.ndarray, precision: DTypeLike = np.float64) -> np.ndarray:
    """Structural similarity of each image (Wang et al. 2004), for a range of 1: (n,), at most 1.

    In windows of 7 x 7 pixels; of images that are smaller, in the largest odd ones that fit.
    Images as in `psnr`; `precision` is that of the computation and of the result.
    """
    window = min(WINDOW, *clean.shape[1:3])
    options = {"win_size": window - (window + 1) % 2, "data_range": 1, "channel_axis": -1}
    pairs = zip(np.asarray(clean, precision), np.asarray(images, precision), strict=True)
    return np.array([structural_similarity(*pair, **options) for pair in pairs], precision)


def similarity(images: np.ndarray, partners: np.ndarray) -> dict[str, float]:
    """How similar images are to their partners, pixel by pixel.

    Args:
        images: Grey images (n, height, width, 1) in [0, 1]; beside partners of several channels,
            each is compared with the image.
        partners: Shape (n, height, width, channels) in [0, 1].

    Returns:
        `ssim`: mean structural similarity (1 for equal images, near 0 for unrelated ones, below 0
        where light and dark are exchanged); `distance`: mean absolute difference.
    """
    same = np.broadcast_to(images, partners.shape)
    return {
        "ssim": float(np.mean(ssim(same, partners))),
        "distance": float(np.abs(same - partners).mean()),
    }
