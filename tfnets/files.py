"""Writing files whole, keeping names inside their folder, and hashing."""

import contextlib
import csv
import errno
import hashlib
import os
import shutil
import unicodedata
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
    # Unlike `resolve`, this takes links in a circle.
    root, target = (Path(os.path.realpath(place)) for place in (folder, joined))
    if not name or target == root or not target.is_relative_to(root):
        raise InputError(
            f"The file name {name!r} leads out of {folder}; give a plain name inside that folder."
        )
    return joined


def same_name(text: str) -> str:
    """Returns what the spellings of a name in all four Unicode forms have in common."""
    return unicodedata.normalize("NFKC", text)


def as_on_disk(path: Path | str) -> Path:
    """Returns a path as the disk spells it, if it is there in another Unicode form only."""
    path = Path(path)
    if not os.path.lexists(path) and path.name:
        parent, name = as_on_disk(path.parent), same_name(path.name)
        path = parent / path.name
        with contextlib.suppress(OSError, ValueError):
            (path,) = (place for place in parent.iterdir() if same_name(place.name) == name)
    return path


def digest(path: Path | str, algorithm: str = "sha256") -> str:
    """Returns the hexadecimal digest of a file's bytes (`algorithm` as in `hashlib`)."""
    if Path(path).exists() and not Path(path).is_file():  # A pipe would be waited for.
        raise OSError(errno.EINVAL, "It is not a plain file", str(path))
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


_REFUSALS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EFBIG: "let files be larger (`ulimit -f`)",
    errno.EROFS: "give a place that can be written to",
    errno.EACCES: "change its permissions",
    errno.EPERM: "change its permissions",
    errno.EIO: "look at the disk",
    errno.ENOMEM: "give it more memory, or fewer --jobs",
}
"""What a person can do about what the system refuses."""


def refusal(error: BaseException) -> tuple[str, str] | None:
    """What the system has refused, and what can be done; None if the error is another one.

    Libraries raise errors of their own with the system's words in them.
    """
    if isinstance(error, MemoryError):
        return os.strerror(errno.ENOMEM), _REFUSALS[errno.ENOMEM]
    for number, advice in _REFUSALS.items():
        if getattr(error, "errno", None) == number or os.strerror(number) in str(error):
            return os.strerror(number), advice
    return refusal(error.__cause__) if error.__cause__ else None


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Says in one sentence what ended the work in a run folder, where a person can mend it.

    Raises:
        InputError: The folder is gone, the disk is full or cannot be written to, or there is no
            memory left.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if not (folder / "config.json").exists():
            raise InputError(
                f"The run folder {folder}, or its config.json, has gone while it was worked in; "
                "start the run again in another folder."
            ) from error
        if (refused := refusal(error)) is None:
            raise
        raise InputError(
            f"The work in {folder} has ended ({refused[0]}); {refused[1]}, and go on with "
            f"`tfnets resume {folder}`. What was finished is kept."
        ) from error


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
