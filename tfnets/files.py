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
    format from it. Missing parent folders are made.

    Args:
        path: The final place. An existing file is replaced; an existing folder is not.

    Yields:
        The temporary path to write to.
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
    """Writes rows, the heading first, as CSV in UTF-8; file names that are none stay as they are.

    Args:
        path: The final place, see `atomic`.
        rows: Cells, written as text.
    """
    with (
        atomic(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        csv.writer(file, lineterminator="\n").writerows(rows)


def inside(folder: Path | str, name: str) -> Path:
    """Returns `folder / name`, refusing a name that leads out of the folder.

    Args:
        folder: The folder that must contain the result.
        name: A relative file name, which may have subfolders.

    Returns:
        The joined path, not resolved.

    Raises:
        InputError: The name is empty, absolute, or leads out of the folder (links followed).
    """
    folder = Path(folder)
    joined = folder / name
    root = folder.resolve()
    target = joined.resolve()
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
    """Makes `folder` and returns it, or says in one sentence that it cannot be written.

    Raises:
        InputError: The path is a file, or cannot be made or written to.
    """
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
