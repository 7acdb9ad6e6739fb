"""Figures and animations as files, written whole."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image

from tfnets.figures import checks
from tfnets.files import atomic

_SHORTEST = 20  # milliseconds; browsers slow anything faster down to 100


def save_png(figure: Figure, path: Path | str) -> Path:
    """Writes a figure as PNG at its own resolution; the same figure gives the same bytes.

    Args:
        figure: Any figure.
        path: Where to; must end in .png.

    Returns:
        The path.

    Raises:
        ValueError: Another ending.
    """
    path = _ending(path, ".png")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=figure.dpi, metadata={"Software": None})
    return path


def save_gif(frames: ArrayLike, path: Path | str, *, milliseconds: int, scale: int = 1) -> Path:
    """Writes frames as a GIF that plays for ever.

    Grey frames keep all 256 levels. An RGB frame is reduced to its own best 256 colours. GIF joins
    equal frames that follow each other into one that is shown longer.

    Args:
        frames: Shape (time, height, width, channels), grey or RGB, floats in [0, 1].
        path: Where to; must end in .gif.
        milliseconds: How long each frame is shown, at least 20; GIF rounds down to tens.
        scale: How many times to enlarge, each pixel becoming a square.

    Returns:
        The path.

    Raises:
        ValueError: Wrong frames, another ending, too short a time, or a scale below 1.
    """
    array = checks.images(frames, "frames")
    path = _ending(path, ".gif")
    if milliseconds < _SHORTEST or scale < 1:
        raise ValueError(
            f"milliseconds must be at least {_SHORTEST} and scale at least 1, "
            f"not {milliseconds} and {scale}."
        )
    bytes_ = np.rint(array * 255).astype(np.uint8).repeat(scale, axis=1).repeat(scale, axis=2)
    first, *others = [_indexed(frame) for frame in bytes_]
    with atomic(path) as temporary:
        first.save(temporary, save_all=True, append_images=others, duration=milliseconds, loop=0)
    return path


def _ending(path: Path | str, suffix: str) -> Path:
    path = Path(path)
    if path.suffix.lower() != suffix:
        raise ValueError(f"the path must end in {suffix}, but is {path.name!r}.")
    return path


def _indexed(frame: np.ndarray) -> Image.Image:
    if frame.shape[-1] == 1:
        return Image.fromarray(frame[..., 0])
    return Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE)
