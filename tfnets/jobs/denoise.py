"""Noise and blur out of a person's own pictures, as `tfnets denoise` takes them.

    network = load_denoiser()                    # the committed one of study `denoising`
    clean = denoise(network, picture.pixels)     # (height, width, channels) in [0, 1]

The network has learned from small white digits on black: it knows strokes a few pixels wide. It can
restore a picture of any size, colour channel by colour channel, but smooths away what is no stroke.
"""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from tfnets.datasets.eight_bit import write_picture
from tfnets.datasets.picture_files import read_picture
from tfnets.files import writable
from tfnets.jobs.own_pictures import Written, checked, is_light, require_background, targets
from tfnets.methods.denoisers.saved import load_denoiser as load_denoiser
from tfnets.models.denoisers import REACH, STRIDE

TILE = 512
"""Rows and columns that are restored at once, so that any picture fits into memory."""

Restored = Written
"""What is told of each file."""


def denoise(network: keras.Model, image: np.ndarray, background: str = "auto") -> np.ndarray:
    """Restores one picture (height, width, channels) in [0, 1] of any size, channel by channel.

    The background is `dark`, `light` (the picture is turned round before and after, because the
    network knows light strokes on dark), or `auto` to go by the picture's edges. Returns float32 of
    the same shape in [0, 1]; another background or kind of array is an `InputError`.
    """
    require_background(background)
    image = checked(image)
    light = is_light(image[np.newaxis], background)
    planes = np.moveaxis(1 - image if light else image, -1, 0)
    found = np.clip(np.stack([_plane(network, plane) for plane in planes], axis=-1), 0, 1)
    return 1 - found if light else found


def denoise_files(
    network: keras.Model, pictures: Sequence[Path | str], out: Path | str, background: str = "auto"
) -> list[Restored]:
    """Restores picture files; `scan.jpg` becomes `scan.png` in `out`.

    All are read once before the first is written, so that a bad one leaves nothing behind. A file
    that is there already is replaced, but never one of the pictures themselves.

    Raises:
        InputError: A picture that cannot be read, two that would get one name, one that would be
            replaced by its own restoration, or a folder that cannot be written.
    """
    sources = list(map(Path, pictures))
    places = targets(sources, Path(out))
    for source in sources:
        read_picture(source)
    writable(out)
    done = []
    for source, target in zip(sources, places, strict=True):
        picture = read_picture(source)
        write_picture(target, denoise(network, picture.pixels, background))
        done.append(Restored(source, target, picture.notes))
    return done


def _plane(network: keras.Model, plane: np.ndarray) -> np.ndarray:
    """Restores (height, width) tile by tile; each tile sees `REACH` pixels around itself."""
    height, width = plane.shape
    bottom, right = -height % STRIDE, -width % STRIDE
    padded = np.pad(plane, ((REACH, REACH + bottom), (REACH, REACH + right)), mode="symmetric")
    found = np.empty((height + bottom, width + right), np.float32)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            rows, columns = slice(top, top + TILE), slice(left, left + TILE)
            tile = padded[top : top + TILE + 2 * REACH, left : left + TILE + 2 * REACH]
            restored = network(tile[np.newaxis, ..., np.newaxis], training=False).numpy()
            found[rows, columns] = restored[0, REACH:-REACH, REACH:-REACH, 0]
    return found[:height, :width]
