"""Animations: frames as a GIF file, and samples over the epochs of a training as frames."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFont

from tfnets.figures import checks
from tfnets.figures.grid import enlargement, sheet
from tfnets.figures.save import ending
from tfnets.files import atomic

_SHORTEST = 0.02  # seconds; browsers slow anything faster down to 0.1
_TEXT = 15  # pixels: height of the letters
_MARGIN = 6  # pixels around a text


def save_gif(
    frames: ArrayLike, path: Path | str, seconds_per_frame: float = 0.2, *, scale: int = 1
) -> Path:
    """Writes frames as a GIF that plays for ever; the same frames give the same bytes.

    Grey frames keep all 256 levels. An RGB frame is reduced to its own best 256 colours. GIF joins
    equal frames that follow each other into one that is shown longer.

    Args:
        frames: Shape (time, height, width) or (time, height, width, 1 or 3).
        path: Where to; must end in .gif.
        seconds_per_frame: How long each frame is shown, at least 0.02; GIF rounds to hundredths.
        scale: How many times to enlarge, each pixel becoming a square; at least 1.
    """
    array = np.asarray(frames)
    array = checks.images(array[..., None] if array.ndim == 3 else array, "frames")
    path = ending(path, ".gif")
    if not seconds_per_frame >= _SHORTEST or scale < 1:
        raise ValueError(
            f"seconds_per_frame must be at least {_SHORTEST} and scale at least 1, "
            f"not {seconds_per_frame} and {scale}."
        )
    bytes_ = np.rint(array * 255).astype(np.uint8).repeat(scale, axis=1).repeat(scale, axis=2)
    first, *others = [_indexed(frame) for frame in bytes_]
    shown = 10 * round(100 * seconds_per_frame)
    with atomic(path) as temporary:
        first.save(temporary, save_all=True, append_images=others, duration=shown, loop=0)
    return path


def sample_frames(
    samples: ArrayLike,
    columns: int,
    *,
    titles: Sequence[str] | None = None,
    row_labels: Sequence[str] | None = None,
) -> np.ndarray:
    """Tiles the samples of each epoch to a frame, large enough to read, under the epoch's number.

    Args:
        samples: Shape (time, n, height, width, 1 or 3), enlarged as by `sheet`; sample i has the
            same latent vector at all times.
        columns: Samples per row.
        titles: A line above each frame; None for "epoch 1", "epoch 2" and so on.
        row_labels: A text left of each row, for instance the prompt; the same in all frames.

    Returns:
        Frames (time, height', width', channels) for `save_gif`, black on white around the samples.
    """
    array = np.asarray(samples)
    if array.ndim != 5:
        raise ValueError(
            f"samples must have the shape (time, n, height, width, channels), but have "
            f"{array.shape}."
        )
    titles = [f"epoch {i + 1}" for i in range(len(array))] if titles is None else titles
    checks.same_length("titles", len(titles), len(array))
    whole = np.stack([sheet(one, columns) for one in array])
    if row_labels is not None:
        pitch = enlargement(array[0]) * (array.shape[2] + 1)
        whole = _with_labels(whole, row_labels, rows=-(-array.shape[1] // columns), pitch=pitch)
    return _with_titles(whole, titles)


def _with_titles(frames: np.ndarray, titles: Sequence[str]) -> np.ndarray:
    """Frames with a line of text above each, as wide as the widest text needs."""
    missing = max(0, max(map(_width, titles)) - frames.shape[2])
    frames = np.pad(frames, ((0, 0), (0, 0), (0, missing), (0, 0)), constant_values=1)
    shape = (_TEXT + 2 * _MARGIN, frames.shape[2])
    heads = np.stack([_written(title, shape) for title in titles])
    heads = heads[..., None].repeat(frames.shape[3], axis=3).astype(frames.dtype)
    return np.concatenate([heads, frames], axis=1)


def _with_labels(frames: np.ndarray, labels: Sequence[str], *, rows: int, pitch: int) -> np.ndarray:
    """Frames with a column of text at the left, the same in all."""
    checks.same_length("row_labels", len(labels), rows)
    cells = [_written(label, (pitch, max(map(_width, labels)))) for label in labels]
    column = np.concatenate(cells)[: frames.shape[1]].astype(frames.dtype)
    column = np.broadcast_to(column[None, ..., None], (len(frames), *column.shape, frames.shape[3]))
    return np.concatenate([column, frames], axis=2)


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_TEXT)


def _width(text: str) -> int:
    return math.ceil(_font().getlength(text)) + 2 * _MARGIN


def _written(text: str, shape: tuple[int, int]) -> np.ndarray:
    """A text in black on white, (height, width) in [0, 1], at the left and in the middle."""
    canvas = Image.new("L", (shape[1], shape[0]), 255)
    place = (_MARGIN, shape[0] / 2)
    ImageDraw.Draw(canvas).text(place, text, fill=0, font=_font(), anchor="lm")
    return np.asarray(canvas, np.float32) / 255


def _indexed(frame: np.ndarray) -> Image.Image:
    if frame.shape[-1] == 1:
        return Image.fromarray(frame[..., 0])
    return Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE)
