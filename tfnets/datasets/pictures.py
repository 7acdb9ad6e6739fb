"""Pictures by name or path, and what is done with them: the front door.

Photographs that come installed with scikit-image and scikit-learn need no download; those of the
catalogue of files (`tfnets.datasets.sources.assets`) are fetched once.
"""

import difflib
import importlib.util
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from tfnets.datasets.eight_bit import png_round_trip, to_8bit, write_picture
from tfnets.datasets.picture_files import Picture, read_picture
from tfnets.datasets.sources.asset_catalog import ASSETS
from tfnets.datasets.sources.assets import asset
from tfnets.datasets.sources.photo_catalog import INSTALLED, PREFIX
from tfnets.errors import InputError, choices, printable
from tfnets.files import as_on_disk

__all__ = [
    "PHOTOS", "Picture", "photo", "photo_file", "photos", "picture", "png_round_trip",
    "read_picture", "to_8bit", "write_picture",
]  # fmt: skip

LOGGER = logging.getLogger("tfnets.datasets")
_FETCHED = tuple(name.removeprefix(PREFIX) for name in ASSETS if name.startswith(PREFIX))
PHOTOS: tuple[str, ...] = (*INSTALLED, *_FETCHED)
"""Names of the photographs, those that are installed first."""


def photo(name: str, data_dir: Path | str | None = None) -> Picture:
    """Returns a photograph in `PHOTOS`, such as `"astronaut"`, fetching it when it is not there.

    `data_dir` is the data cache; None for the default.

    Raises:
        InputError: The name is unknown, or the photograph cannot be had.
    """
    return read_picture(photo_file(name, data_dir))


def photos(names: Iterable[str], data_dir: Path | str | None = None) -> tuple[Picture, ...]:
    """Returns several photographs as `photo` does, in the order of their names."""
    return tuple(photo(name, data_dir) for name in names)


def photo_file(name: str, data_dir: Path | str | None = None) -> Path:
    """Returns the file of a photograph of the catalogue; arguments and errors as in `photo`."""
    if name in INSTALLED:
        return _installed(name)
    if name in _FETCHED:
        return asset(f"{PREFIX}{name}", data_dir)
    raise InputError(f"There is no photo called {name!r}; {choices(name, PHOTOS)}.")


def picture(text: str, data_dir: Path | str | None = None, *, quiet: bool = False) -> Picture:
    """Returns a photograph by its name, or a person's picture by its path.

    What is converted in a person's picture is told in the log as well, one line each.

    Args:
        text: A name in `PHOTOS` (also as in `ASSETS`, `"photo_jellyfish"`), else a path. A file
            that is called like a photograph is reached as `./jellyfish`.
        data_dir: The data cache; None for the default.
        quiet: Whether to leave the log alone, where it was told before.

    Raises:
        InputError: Neither a known name nor a picture file that can be read.
    """
    name = text.removeprefix(PREFIX)
    if name in PHOTOS:
        return photo(name, data_dir)
    # A text that leads to no file may have been meant as a photograph's name.
    path = as_on_disk(text)
    plain = Path(text).name == text and (
        not Path(text).suffix or difflib.get_close_matches(name.lower(), PHOTOS)
    )
    if text.strip() and (os.path.lexists(path) or not plain):
        found = read_picture(path)
        for note in () if quiet else found.notes:
            LOGGER.warning("%s: %s.", printable(text), note)
        return found
    raise InputError(
        f"There is neither a picture file nor a photo called {text!r}; {choices(name, PHOTOS)}."
    )


def _installed(name: str) -> Path:
    """Returns the file of a photograph that came with a library, which is not imported."""
    library, place = INSTALLED[name]
    found = importlib.util.find_spec(library)
    path = Path(found.origin).parent / place if found and found.origin else None
    if path is None or not path.is_file():
        title = {"skimage": "scikit-image", "sklearn": "scikit-learn"}[library]
        raise InputError(
            f"The photo {name} comes with {title}, which is not installed or has it no more; "
            f"install {title} or choose another photo."
        )
    return path
