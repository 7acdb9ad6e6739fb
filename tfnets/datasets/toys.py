"""Mixtures of Gaussians in the plane, whose modes are known, and the unit disc.

With known modes, what collapses is seen and counted.

The two sizes are the usual ones: the ring of Metz et al. (2017, appendix A) and the grid of
Srivastava et al. (2017, VEEGAN) with the numbers of Lin et al. (2018, PacGAN).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Toy:
    """Gaussians of equal weight and spread.

    Attributes:
        name: Key in `TOYS`.
        centres: The modes, float32 (k, 2).
        stddev: Standard deviation of each Gaussian along both axes.
    """

    name: str
    centres: np.ndarray
    stddev: float

    def points(self, n: int, seed: int) -> np.ndarray:
        """Draws float32 (n, 2), n >= 1; each point's mode is drawn, too."""
        rng = np.random.default_rng(seed)
        modes = rng.integers(len(self.centres), size=n)
        noise = rng.normal(0, self.stddev, (n, 2))
        return (self.centres[modes] + noise).astype(np.float32)

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Returns the index of the nearest centre of each point (n, 2), int32 (n,)."""
        squares = ((points[:, None] - self.centres[None]) ** 2).sum(axis=2)
        return squares.argmin(axis=1).astype(np.int32)


def _ring(modes: int, radius: float) -> np.ndarray:
    angles = 2 * np.pi * np.arange(modes) / modes
    return (radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float32)


def _grid(side: int, spacing: float) -> np.ndarray:
    ticks = spacing * (np.arange(side, dtype=np.float32) - (side - 1) / 2)
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)


RING = Toy("ring", _ring(8, 2.0), 0.02)
"""Eight Gaussians of standard deviation 0.02 on a circle of radius 2 (Metz et al. 2017)."""

GRID = Toy("grid", _grid(5, 2.0), 0.05)
"""25 Gaussians of standard deviation 0.05 at (-4 + 2i, -4 + 2j) (Lin et al. 2018)."""

TOYS = {toy.name: toy for toy in (RING, GRID)}


ring, grid = RING.points, GRID.points
"""Draw float32 (n, 2) points of `RING` and of `GRID`, for n and a seed."""


def disc(n: int, seed: int) -> np.ndarray:
    """Draws float32 (n, 2) points, uniform on the unit disc: r^2 is uniform on [0, 1]."""
    rng = np.random.default_rng(seed)
    radius, angle = np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)
