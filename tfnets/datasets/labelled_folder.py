"""A person's own pictures in a folder, and a CSV that says what a few of them show."""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from tfnets.datasets.draws import UNKNOWN
from tfnets.datasets.picture_files import FORMATS, read_picture
from tfnets.errors import InputError
from tfnets.files import as_on_disk, inside, same_name

COLUMNS = ("file", "label")
MOST_VALUES = 2**30
"""Numbers of all pictures together (4 GB as float32)."""
MOST_BYTES = 2**23
"""Bytes of the CSV."""


@dataclass(frozen=True, eq=False)
class LabelledFolder:
    """Pictures of one size, of which some are labelled.

    Attributes:
        images: float32 in [0, 1], shape (n, height, width, channels): one channel where no picture
            has colour, else three.
        labels: Class numbers, int32 of shape (n,), `UNKNOWN` where there is none.
        class_names: What the numbers stand for.
        files: The pictures' file names, sorted.
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    files: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything, which tells whether a folder is still the same."""
        said = hashlib.sha256(repr((self.images.shape, self.class_names, self.files)).encode())
        said.update(self.images)
        said.update(self.labels)
        return said.hexdigest()


def read_labelled_folder(folder: Path | str, labels: Path | str) -> LabelledFolder:
    """Reads all pictures of a folder and the labels of some of them.

    Pictures are the files whose name ends like a picture's (`read_picture`) and does not begin with
    a dot; sub-folders are not entered. The CSV is UTF-8 with a heading; its columns `file` and
    `label` are read, others are not. A file name is that of a picture of the folder; a label is any
    text, and an empty one says that the class is not known, as if the row were missing. Classes are
    numbered in the order of their names, of their numbers where all are whole numbers. Names and
    labels that differ in their Unicode form only are the same.

    Raises:
        InputError: No such folder or file, no pictures, pictures of different sizes or that cannot
            be read, or a CSV that is empty, not UTF-8, lacks a column, names more pictures than
            there are or one that is not in the folder, contradicts itself, or has fewer than two
            classes.
    """
    folder, labels = as_on_disk(folder), as_on_disk(labels)
    files = picture_names(folder)
    known = read_labels(labels)
    _require_known_files(known, files, folder, labels)
    names = _class_names(known, labels)
    numbers = {"": UNKNOWN} | {name: number for number, name in enumerate(names)}
    return LabelledFolder(
        images=read_images([folder / file for file in files]),
        labels=np.array([numbers[known.get(same_name(file), "")] for file in files], np.int32),
        class_names=names,
        files=files,
    )


def picture_names(folder: Path) -> tuple[str, ...]:
    """Returns the names of the pictures in a folder, sorted; sub-folders are not entered.

    Raises:
        InputError: There is no such folder or no picture in it, one is a link that leads out, or
            two have one name in two Unicode forms.
    """
    folder = as_on_disk(folder)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}; give the folder that holds the pictures.")
    try:
        files = sorted(place.name for place in folder.iterdir() if _is_picture(place))
    except OSError as error:
        raise InputError(
            f"The folder {folder} cannot be read ({error.strerror}); change its permissions."
        ) from error
    if not files:
        raise InputError(
            f"There is no picture in {folder}; put PNG, JPEG or TIFF files there (sub-folders are "
            "not read)."
        )
    first: dict[str, str] = {}
    for file in files:
        if first.setdefault(same_name(file), file) != file:
            raise InputError(
                f"{folder} holds {first[same_name(file)]!a} and {file!a}, one name in "
                "two Unicode forms; rename one of them."
            )
        if (folder / file).is_symlink():
            inside(folder, file)
    return tuple(files)


def read_images(paths: Sequence[Path]) -> np.ndarray:
    """Reads pictures of one size: (n, h, w, 1) where none has colour, else (n, h, w, 3).

    Raises:
        InputError: A picture cannot be read or has another size than the first, or all together are
            more than memory should hold.
    """
    pictures: list[np.ndarray] = []
    for path in paths:
        pixels = read_picture(path).pixels
        grey = pixels[..., :1]
        pictures.append(np.ascontiguousarray(grey) if (pixels == grey).all() else pixels)
        (height, width), (first_height, first_width) = pixels.shape[:2], pictures[0].shape[:2]
        if (height, width) != (first_height, first_width):
            raise InputError(
                f"{path} has {width}x{height} pixels, but {paths[0]} has "
                f"{first_width}x{first_height}; bring all pictures to one size."
            )
        if len(paths) * pictures[-1].size > MOST_VALUES:
            raise InputError(
                f"{len(paths)} pictures of {width}x{height} pixels are more than memory should "
                "hold; make them smaller, for instance 64x64."
            )
    shape = (height, width, max(picture.shape[-1] for picture in pictures))
    return np.stack([np.broadcast_to(picture, shape) for picture in pictures])


def read_labels(path: Path) -> dict[str, str]:
    """Reads the CSV: `same_name` of a file -> label, which is empty where it is not known.

    Raises:
        InputError: The file is missing, not UTF-8, empty, lacks a column, has a row of another
            length or without a file name, or gives a file two labels.
    """
    known: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for line, file, label in _rows(path):
        if not file:
            raise InputError(f"Line {line} of {path} names no file; fill it in or delete the line.")
        file = same_name(file)
        label = spelled.setdefault(same_name(label), unicodedata.normalize("NFC", label))
        if label and known.get(file) and known[file] != label:
            raise InputError(
                f"{path} gives {file} two labels, {known[file]!r} and {label!r}; keep one of them."
            )
        known[file] = label or known.get(file, "")
    if not known:
        raise InputError(f"{path} labels no picture; add lines such as scan1.png,7.")
    return known


def _rows(path: Path) -> list[tuple[int, str, str]]:
    """Line number, file and label of each row."""
    if not path.is_file():
        raise InputError(f"There is no file {path}; give a CSV with the columns file and label.")
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path} has more than {MOST_BYTES >> 20} MiB; give a CSV of file names.")
    try:
        # Spreadsheets begin UTF-8 with a mark, which the second codec leaves out.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            heading = [name.strip() for name in next(rows, [])]
            _require_columns(heading, path)
            places = [heading.index(name) for name in COLUMNS]
            found = []
            for row in rows:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(heading):
                    raise InputError(
                        f"There are {len(row)} values in line {rows.line_num} of {path}, where "
                        f"the heading has {len(heading)}; put values that hold a comma in double "
                        "quotes."
                    )
                found.append((rows.line_num, *(row[place].strip() for place in places)))
            return found
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise InputError(
            f"{path} is not a CSV that can be read ({error}); save it as CSV in UTF-8."
        ) from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); change its permissions."
        ) from error


def _require_columns(heading: Sequence[str], path: Path) -> None:
    if not heading:
        raise InputError(f"{path} is empty; its first line must be file,label.")
    if missing := [name for name in COLUMNS if heading.count(name) != 1]:
        raise InputError(
            f"{path} has the columns {', '.join(map(repr, heading))}, where {missing[0]} was "
            "expected once; begin it with the line file,label, separated by commas."
        )


def _require_known_files(
    known: Mapping[str, str], files: Sequence[str], folder: Path, path: Path
) -> None:
    """Names of the CSV are looked up among the folder's, so that none can lead out of it."""
    if len(known) > len(files):
        raise InputError(
            f"{path} lists {len(known)} pictures, but {folder} holds {len(files)}; add the missing "
            "pictures, or delete their lines."
        )
    there = set(map(same_name, files))
    if missing := [file for file in known if file not in there]:
        raise InputError(
            f"{path} lists {missing[0]!r}, which is no picture in {folder}; give plain file names "
            "of pictures in that folder."
        )


def _class_names(known: Mapping[str, str], path: Path) -> tuple[str, ...]:
    names = sorted({label for label in known.values() if label})
    if len(names) < 2:
        raise InputError(
            f"{path} has {len(names)} {'class' if len(names) == 1 else 'classes'}; label pictures "
            "of at least two."
        )
    if all(re.fullmatch(r"[+-]?[0-9]{1,18}", name) for name in names):
        names.sort(key=int)
    return tuple(names)


def _is_picture(place: Path) -> bool:
    return (
        not place.name.startswith(".")
        and Image.registered_extensions().get(place.suffix.lower()) in FORMATS
        and not place.is_dir()
    )
