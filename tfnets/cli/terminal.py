"""What is printed, as a terminal may show it."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from tfnets.errors import printable


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Lets no text reach the terminal raw: names of files, layers and classes may hold anything."""
    out, err = _Readable(sys.stdout), _Readable(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


class _Readable:
    """A stream that writes text as `printable` does; lines and the way back of bars stay."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(printable(text, keep="\n\r\t"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
