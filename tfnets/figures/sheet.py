"""Small images side by side, enlarged until they can be read, as one array of pixels."""

import math

import numpy as np
from numpy.typing import ArrayLike

from tfnets.figures import checks
from tfnets.figures.grid import tile

READABLE = 56
"""Pixels: the least edge of an enlarged image."""


def sheet(images: ArrayLike, columns: int) -> checks.Floats:
    """Sets images side by side in one array, row by row, each pixel enlarged to a square.

    Args:
        images: Shape (n, height, width, channels), grey or RGB, floats in [0, 1].
        columns: Images per row.

    Returns:
        One image (height', width', channels), white between the images and in empty places.

    Raises:
        ValueError: Wrong images, or no column.
    """
    array = checks.images(images)
    factor = enlargement(array)
    return np.repeat(np.repeat(tile(array, columns), factor, axis=0), factor, axis=1)


def enlargement(images: np.ndarray) -> int:
    """The least whole factor that makes images (n, height, width, channels) `READABLE`."""
    return max(1, math.ceil(READABLE / min(images.shape[1:3])))
