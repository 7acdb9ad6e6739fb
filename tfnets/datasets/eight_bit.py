"""Images as everyone else gets them: rounded to 8 bits, through a PNG file, on disk."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from tfnets import files
from tfnets.errors import InputError


def to_8bit(images: np.ndarray) -> np.ndarray:
    """Rounds floats in [0, 1] to the 256 values of an 8-bit picture, uint8; else InputError."""
    images = np.asarray(images)
    if not np.issubdtype(images.dtype, np.floating):
        raise InputError(f"The images are {images.dtype}; give floats in [0, 1].")
    if images.size and not (images.min() >= 0 and images.max() <= 1):
        raise InputError(
            f"The images lie in [{images.min():.4g}, {images.max():.4g}]; "
            "clip them to [0, 1] first."
        )
    return np.rint(images * 255).astype(np.uint8)


def png_round_trip(images: np.ndarray) -> np.ndarray:
    """Encodes images (n, height, width, 1 or 3) as 8-bit PNG files and reads them again.

    What anyone sees who is sent the files, float32 in [0, 1].

    Raises:
        InputError: Another shape, or as in `to_8bit`.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise InputError(f"The images have shape {images.shape}; give (n, height, width, 1 or 3).")
    back = np.empty(images.shape, np.float32)
    for row, image in zip(back, to_8bit(images), strict=True):
        file = io.BytesIO()
        _encode(image).save(file, "PNG")
        with Image.open(file, formats=["PNG"]) as decoded:
            row[...] = unit(np.asarray(decoded)).reshape(row.shape)
    return back


def write_picture(path: Path | str, image: np.ndarray) -> Path:
    """Writes an image (height, width, 1 or 3) in [0, 1] as 8-bit PNG, whole or not at all.

    Raises:
        InputError: A path that does not end in .png, another shape, or as in `to_8bit`.
    """
    path, image = Path(path), np.asarray(image)
    if path.suffix.lower() != ".png":
        raise InputError(f"The picture's name is {path.name!r}; it must end in .png.")
    if image.ndim != 3 or image.shape[-1] not in (1, 3) or image.size == 0:
        raise InputError(f"The picture has shape {image.shape}; give (height, width, 1 or 3).")
    encoded = _encode(to_8bit(image))
    with files.atomic(path) as temporary:
        encoded.save(temporary, "PNG")
    return path


def unit(array: np.ndarray, white: int = 255) -> np.ndarray:
    """Returns whole numbers as float32, `white` becoming exactly 1."""
    return np.divide(array, np.float32(white), dtype=np.float32)


def _encode(image: np.ndarray) -> Image.Image:
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
