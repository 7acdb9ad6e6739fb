"""Writing files whole, keeping names inside their folder, and hashing."""

import contextlib
import csv
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from tfnets.errors import InputError


@contextlib.contextmanager
def atomic(path: Path | str) -> Iterator[Path]:
    """Yields a temporary path beside `path` and renames it to `path` on success.

    Whatever was written (a file or a folder) is removed when the body raises, so that nothing
    half-written stays. The temporary name keeps the suffix, because Keras and Matplotlib read the
    format from it. Missing parent folders are made. An existing file is replaced; an existing
    folder is not.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:12]}.tmp{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        else:
            temporary.unlink(missing_ok=True)


def write_csv(path: Path | str, rows: Iterable[Iterable[object]]) -> None:
    """Writes rows, the heading first, as CSV in UTF-8; what is not UTF-8 stays as it is."""
    with (
        atomic(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        csv.writer(file, lineterminator="\n").writerows(rows)


def inside(folder: Path | str, name: str) -> Path:
    """Returns `folder / name`, not resolved; the name may have subfolders.

    Raises:
        InputError: The name is empty, absolute, or leads out of the folder (links followed).
    """
    joined = Path(folder) / name
    root, target = Path(folder).resolve(), joined.resolve()
    if not name or target == root or not target.is_relative_to(root):
        raise InputError(
            f"The file name {name!r} leads out of {folder}; give a plain name inside that folder."
        )
    return joined


def digest(path: Path | str, algorithm: str = "sha256") -> str:
    """Returns the hexadecimal digest of a file's bytes (`algorithm` as in `hashlib`)."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def writable(folder: Path | str) -> Path:
    """Makes `folder` and returns it; an `InputError` if it is a file or cannot be written to."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {folder} cannot be made ({error.strerror}); give another place."
        ) from error
    if not os.access(folder, os.W_OK):
        raise InputError(f"The folder {folder} is not writable; give another place.")
    return folder
