"""The two eyes of a real portrait, cut out at the scale of the drawn ones."""

from pathlib import Path

import numpy as np
from skimage.transform import resize

from tfnets.datasets import pictures
from tfnets.datasets.eyes import HEIGHT, WIDTH, Eyes, with_red_pupil

PHOTO = "astronaut"  # comes with scikit-image
PLACES = ((101, 204), (103, 247))  # row and column of the photograph in the middle of each cut
PUPILS = ((15.5, 23.0), (16.0, 23.5))  # row and column of each pupil in its cut, read off by eye
ZOOM = 2  # the photograph's eyes are about half as wide as the drawn ones
RADIUS = 3.2  # of the pupil that is painted in, in pixels of the cut


def portrait_eyes(data_dir: Path | str | None = None) -> Eyes:
    """Both eyes of the photograph, as they are and with red pupils painted in."""
    photo = pictures.photo(PHOTO, data_dir).pixels
    clean = np.stack([_cut(photo, *place) for place in PLACES])
    painted = [
        with_red_pupil(image, *place, RADIUS, brightness)
        for image, place, brightness in zip(clean, PUPILS, (0.35, 0.75), strict=True)
    ]
    flash, pupils = (np.stack(part) for part in zip(*painted, strict=True))
    return Eyes(clean, flash, pupils)


def _cut(photo: np.ndarray, row: int, column: int) -> np.ndarray:
    half_height, half_width = HEIGHT // 2 // ZOOM, WIDTH // 2 // ZOOM
    rows = slice(row - half_height, row + half_height)
    cut = photo[rows, column - half_width : column + half_width]
    return np.clip(resize(cut, (HEIGHT, WIDTH), order=3), 0, 1).astype(np.float32)
