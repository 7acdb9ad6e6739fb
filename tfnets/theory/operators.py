"""The operators of study 6.2 on images (n, h, w, c), with the image bent into a torus.

Each is a function or makes one. Pooling wraps around at the border, so that its windows are all
alike and what breaks shift equivariance is the stride alone.
"""

from itertools import product

import numpy as np

from tfnets.errors import InputError
from tfnets.theory.checks import Operator


def relu(images: np.ndarray) -> np.ndarray:
    """The positive part of each value: shift-equivariant, not linear."""
    return np.maximum(images, 0)


def max_pool(size: int, stride: int = 1) -> Operator:
    """Maximum over windows of size x size: not linear; shift-equivariant with stride 1 only."""
    return lambda images: _windows(images, size, stride).max(axis=0)


def average_pool(size: int, stride: int = 1) -> Operator:
    """Mean over windows of size x size: linear; shift-equivariant with stride 1 only."""
    return lambda images: _windows(images, size, stride).mean(axis=0)


def add_constant(value: float) -> Operator:
    """Adds a number to each value: shift-equivariant and affine, not linear."""
    return lambda images: images + np.float32(value)


def dense_matrix(matrix: np.ndarray) -> Operator:
    """Multiplies the flattened image by a matrix: linear; not shift-equivariant in general.

    InputError unless its shape is (h w c, h w c), so that the result is an image again.
    """
    matrix = np.asarray(matrix, np.float32)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(
            f"The matrix has the shape {matrix.shape}; give a square one, so that its result is "
            "an image again."
        )
    return lambda images: (images.reshape(len(images), -1) @ matrix).reshape(images.shape)


def _windows(images: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Stacks the images shifted by 0..size-1 rows and columns: (size^2, n, h', w', c)."""
    if size < 1 or stride < 1:
        raise InputError(
            f"The window has size {size} and stride {stride}; give numbers of at least 1."
        )
    moved = [
        np.roll(images, (-row, -column), axis=(1, 2))[:, ::stride, ::stride]
        for row, column in product(range(size), repeat=2)
    ]
    return np.stack(moved)
