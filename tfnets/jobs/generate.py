"""Pictures from a generator that a study has saved, as `tfnets generate` makes them.

    made = generate("runs/caption_to_digit", Wish(prompt="a thick slanted seven"))
    made.images          # float32 (16, 28, 28, 1) in [0, 1]
    made.unknown         # words of the prompt that the generator has never seen
    save(made, "seven.png")

What a generator can be asked for depends on what it was trained with: see `saved_generator`.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tfnets import figures
from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.errors import InputError
from tfnets.files import atomic
from tfnets.methods.gans.saved import chosen

MOST = 10_000
"""Pictures at once."""

ENDINGS = (".png", ".npz", ".gif")
"""What can be written: all pictures side by side, their array `images`, one after the other."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a generator: a digit or a prompt, so many pictures (1 to `MOST`), a seed.

    With neither digit nor prompt, a conditional generator draws the digits in turn. The seed, from
    0, is that of the latent vectors; the same seed, the same pictures.
    """

    digit: int | None = None
    prompt: str | None = None
    count: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        if self.digit is not None and self.prompt is not None:
            raise InputError("A digit and a prompt were given; give one of the two.")
        if not 1 <= self.count <= MOST:
            raise InputError(f"The count is {self.count}; give a whole number from 1 to {MOST}.")
        if not 0 <= self.seed < 2**31:
            raise InputError(f"The seed is {self.seed}; give a whole number from 0 to 2147483647.")


@dataclass(frozen=True)
class Generated:
    """Images (count, height, width, channels), float32 in [0, 1], and which generator made them.

    `asked` is what was asked of all pictures: `digit`, and perhaps attributes; `unknown` are words
    of the prompt that were left out.
    """

    images: np.ndarray = field(repr=False)
    generator: str
    asked: dict[str, int]
    unknown: tuple[str, ...] = ()


def generate(run: Run | Path | str, wish: Wish, generator: str | None = None) -> Generated:
    """Makes pictures with a generator of a run (see `reference.opened`); same wish, same pictures.

    The generator is one of `methods.gans.saved.names(run)`, the first if None.

    Raises:
        InputError: No run folder, no generator in it or none of that name, files that are damaged,
            or a wish that it cannot read.
    """
    saved = chosen(reference.opened(run), generator)
    condition = saved.condition(wish.digit, wish.prompt, wish.count)
    images = saved.draw(condition.rows, wish.count, wish.seed)
    return Generated(images, saved.name, condition.asked, condition.unknown)


def save(made: Generated, path: Path | str) -> Path:
    """Writes pictures as the ending of the path says (see `ENDINGS`); an existing file is replaced.

    Raises:
        InputError: Another ending, or a place that cannot be written.
    """
    path = require_ending(path)
    try:
        if path.suffix.lower() == ".npz":
            with atomic(path) as temporary:
                np.savez_compressed(temporary, images=made.images)
        elif path.suffix.lower() == ".gif":
            frames = np.stack([figures.sheet(image[None], 1) for image in made.images])
            figures.save_gif(frames, path, seconds_per_frame=0.5)
        else:
            # Ten columns, so that digits in turn stand below each other, or else eight.
            columns = min(len(made.images), 8 if made.asked else 10)
            write_picture(path, figures.sheet(made.images, columns))
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}); give another place."
        ) from error
    return path


def require_ending(path: Path | str) -> Path:
    """Returns the path of a file that `save` can write; another ending is an `InputError`."""
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"The file to write is {path.name!r}; give a name that ends in {', '.join(ENDINGS)}."
        )
    return path
