"""Orders in which the blocks of an image are taken away or brought back (study 2.4).

An order is a plane of ranks: 0 for the pixels of the first block, 1 for those of the second, and so
on. Pixels go in blocks, so that a map is compared with random orders of the same grain.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfnets.errors import InputError
from tfnets.inputs.covering.windows import windows

Ranks = NDArray[np.int32]


def map_ranks(heat: ArrayLike, block: int | Sequence[int]) -> Ranks:
    """Orders blocks by a map: the block with the largest mean comes first.

    Blocks at the right and the bottom edge are cut off there; equal blocks go row by row.

    The map is finite and (height, width), `block` the height and width of a block, or one number
    for both; the ranks are int32 (height, width).

    Raises:
        InputError: Not one finite map, or a block larger than it.
    """
    values = np.asarray(heat, np.float64)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise InputError(f"The map has the shape {values.shape}; give one finite (height, width).")
    cells, count = _cells(values.shape, block)
    means = np.bincount(cells.ravel(), values.ravel(), count) / np.bincount(cells.ravel())
    return _ranks(cells, np.argsort(-means, kind="stable"))


def random_ranks(
    plane: tuple[int, int], block: int | Sequence[int], count: int, seed: int
) -> Ranks:
    """Draws `count` random orders of the same blocks: int32 (count, height, width).

    `plane` is height and width, `block` as in `map_ranks`; order i is the same whatever `count` is.

    Raises:
        InputError: A block larger than the plane, or no order.
    """
    if count < 1:
        raise InputError(f"{count} random orders say nothing; give 1 or more.")
    cells, blocks = _cells(plane, block)
    draws = [np.random.default_rng((seed, i)).permutation(blocks) for i in range(count)]
    return np.stack([_ranks(cells, draw) for draw in draws])


def _cells(plane: tuple[int, int], block: int | Sequence[int]) -> tuple[NDArray[np.int64], int]:
    """Returns the number of each pixel's block, row by row, and how many blocks there are."""
    grid = windows(plane, block, block)
    axes = (grid.rows, grid.columns)
    places = [np.repeat(np.arange(len(ends)), ends[:, 1] - ends[:, 0]) for ends in axes]
    return places[0][:, None] * len(grid.columns) + places[1], len(grid.rows) * len(grid.columns)


def _ranks(cells: NDArray[np.int64], order: NDArray[np.int64]) -> Ranks:
    """Ranks (height, width) of the blocks `order[0]`, `order[1]`, ..."""
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks[cells]
