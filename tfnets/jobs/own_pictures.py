"""What the jobs on a person's own pictures share: backgrounds, and where results go."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfnets.errors import InputError, choices, printable
from tfnets.files import inside

BACKGROUNDS = ("auto", "dark", "light")
_LETTERS = 18


def light_edges(images: np.ndarray) -> bool:
    """Whether the pixels along the edges of images (n, h, w, c) are light by their median."""
    edges = [images[:, [0, -1]].ravel(), images[:, :, [0, -1]].ravel()]
    return bool(np.median(np.concatenate(edges)) > 0.5)


def is_light(images: np.ndarray, background: str) -> bool:
    """Whether images (n, h, w, c) are on a light background; `auto` goes by their edges."""
    return light_edges(images) if background == "auto" else background == "light"


def require_background(background: str) -> None:
    """Refuses, with an `InputError`, a background that is none of `BACKGROUNDS`."""
    if background not in BACKGROUNDS:
        raise InputError(
            f"There is no background {background!r}; {choices(background, BACKGROUNDS)}."
        )


def checked(image: np.ndarray, channels: Collection[int] = ()) -> np.ndarray:
    """Returns a picture (height, width, channels) in [0, 1] as float32.

    Raises:
        InputError: Another kind of array, or another number of channels than those, if any.
    """
    image = np.asarray(image, np.float32)
    whole = (
        image.ndim == 3 and 0 not in image.shape and image.shape[-1] in (channels or image.shape)
    )
    if not whole or not (image.min() >= 0 and image.max() <= 1):
        last = " or ".join(map(str, channels)) or "channels"
        raise InputError(f"A picture must be (height, width, {last}) with values in [0, 1].")
    return image


def require_same(digest: str | None, now: str, pictures: str) -> None:
    """Refuses, with an `InputError`, pictures whose digest is another than when a run started."""
    if digest not in (None, now):
        raise InputError(
            f"The pictures in {pictures} have changed since the run was started; start a new run "
            "with another --out."
        )


def short(name: str) -> str:
    """A name as a figure can show it, where a dollar sign would begin a formula."""
    name = printable(name)
    text = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
    return text.replace("$", r"\$")


@dataclass(frozen=True)
class Written:
    """A picture that was made of another.

    Attributes:
        source: Where that came from.
        path: Where it is.
        notes: What was converted, and what to doubt.
    """

    source: Path
    path: Path
    notes: tuple[str, ...]


def targets(sources: Sequence[Path], out: Path) -> list[Path]:
    """Returns the file of each picture's result: `scan.jpg` becomes `scan.png` in `out`.

    A file that is there already will be replaced, but never one of the pictures themselves.

    Raises:
        InputError: Two pictures would get one name, or one would be replaced by a result.
    """
    found: dict[Path, Path] = {}
    given = set(map(os.path.realpath, sources))
    for source in sources:
        target = out / f"{source.stem}.png"
        if target in found:
            raise InputError(
                f"{found[target]} and {source} would both become {target}; write them into "
                "different folders."
            )
        if os.path.realpath(target) in given:
            raise InputError(
                f"{target} is one of the pictures and would be replaced; give another --out."
            )
        found[target] = source
    if out.is_dir():
        for target in found:
            inside(out, target.name)
    return list(found)
