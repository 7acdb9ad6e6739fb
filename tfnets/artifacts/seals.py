"""Whether a file still is what was written: its SHA-256 lies beside it, in `.NAME.sha256`.

The seal is written before the file, so that a kill between the two leaves no file without one. A
file without a seal is of an earlier version, and is taken as it is.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from tfnets.files import atomic, digest


def place_of(path: Path) -> Path:
    """Returns where a file's seal lies."""
    return path.with_name(f".{path.name}.sha256")


def write(path: Path, content: bytes, last: Callable[[], None] = lambda: None) -> None:
    """Writes a file and its seal, each whole; `last` is done just before the file gets its name."""
    with atomic(place_of(path)) as temporary:
        temporary.write_text(hashlib.sha256(content).hexdigest(), encoding="ascii")
    with atomic(path) as temporary:
        temporary.write_bytes(content)
        last()


def broken(path: Path) -> bool:
    """Whether a file that is there is not what was written."""
    try:
        return place_of(path).read_text(encoding="ascii") != digest(path)
    except FileNotFoundError:
        return False
    except UnicodeDecodeError:  # The seal itself is damaged.
        return True
