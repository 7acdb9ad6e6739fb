"""A person's pictures of the job `find_anomalies`: normal ones, and those to score."""

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from tfnets.datasets.labelled_folder import picture_names, read_images
from tfnets.errors import InputError
from tfnets.jobs.find_anomalies.settings import Settings
from tfnets.jobs.own_pictures import require_same

FEWEST = 20
"""Normal pictures without which nothing can be learned."""
SIDE = 64
"""Pixels of the longer side at most; larger pictures are made smaller."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Normal pictures and those to score, (n, height, width, channels) in [0, 1].

    Beside them the file names of those to score, and height and width of the files.
    """

    normal: np.ndarray
    test: np.ndarray
    files: tuple[str, ...]
    size: tuple[int, int]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything, which tells whether the folders are still the same."""
        said = hashlib.sha256(repr((self.normal.shape, self.files, self.size)).encode())
        said.update(self.normal)
        said.update(self.test)
        return said.hexdigest()


def read(settings: Settings, digest: str | None = None) -> Pictures:
    """Reads both folders, whose digest was that at the run's start.

    Raises:
        InputError: A folder is missing or holds no picture, a picture cannot be read, they are of
            different sizes, the normal ones are too few, or they have changed.
    """
    if not (settings.train and settings.test):
        raise InputError(
            "No folders were given; start with `tfnets anomaly --train DIR --test DIR`."
        )
    folders = [Path(settings.train), Path(settings.test)]
    normal, test = (picture_names(folder) for folder in folders)
    if len(normal) < FEWEST:
        raise InputError(
            f"{settings.train} holds {len(normal)} pictures; give at least {FEWEST} normal ones to "
            "learn from."
        )
    paths = [*(folders[0] / name for name in normal), *(folders[1] / name for name in test)]
    images = read_images(paths)
    small = reduced(images)
    found = Pictures(small[: len(normal)], small[len(normal) :], test, images.shape[1:3])
    require_same(digest, found.digest, f"{settings.train} or {settings.test}")
    return found


def reduced(images: np.ndarray) -> np.ndarray:
    """Averages square blocks so that neither side is longer than `SIDE`."""
    height, width = images.shape[1:3]
    block = math.ceil(max(height, width) / SIDE)
    if block == 1:
        return images
    rest = [(0, 0), (0, -height % block), (0, -width % block), (0, 0)]
    padded = np.pad(images, rest, mode="edge")
    n, tall, wide, channels = padded.shape
    blocks = padded.reshape(n, tall // block, block, wide // block, block, channels)
    return blocks.mean(axis=(2, 4), dtype=np.float32)
