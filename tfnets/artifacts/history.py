"""history.csv: one row per part and epoch, kept twice, so that damage to it costs nothing.

`.history.csv.sealed` is written first: the SHA-256 of what follows, then the same text. Where both
differ, it is the one that counts: history.csv was damaged, or a kill came between.
"""

import csv
import hashlib
import io
import logging
import math
import os
from pathlib import Path
from typing import Any

from tfnets.errors import InputError
from tfnets.files import atomic
from tfnets.schema import read_text

HISTORY = "history.csv"
LOGGER = logging.getLogger(__name__)


class History:
    """The rows of a run folder: `part`, `epoch` (from 1) and that part's metrics."""

    def __init__(self, folder: Path) -> None:
        """Reads them; an `InputError` if they cannot be read."""
        self._path = folder / HISTORY
        self._sealed = folder / f".{HISTORY}.sealed"
        text = self._kept()
        try:
            there = read_text(self._path) if os.path.lexists(self._path) else ""
        except (OSError, ValueError) as error:
            if text is None:
                raise _damaged(self._path) from error
            there = None
        self._differs = text is not None and text != there
        self.rows = _rows(self._path, there if text is None else text)

    def extend(self, rows: list[dict[str, Any]]) -> None:
        """Adds rows; those that a part had for the first new epoch or a later one go."""
        if not rows:
            return
        first = {row["part"]: row["epoch"] for row in reversed(rows)}
        kept = [r for r in self.rows if r["epoch"] < first.get(r["part"], math.inf)]
        self.rows = [*kept, *rows]
        columns = dict.fromkeys(name for row in self.rows for name in row)
        made = io.StringIO()
        lines = ([row.get(name, "") for name in columns] for row in self.rows)
        csv.writer(made, lineterminator="\n").writerows([columns, *lines])
        text = made.getvalue()
        self._write(self._sealed, f"{_digest(text)}\n{text}")
        self._write(self._path, text)

    def put_right(self) -> None:
        """Writes history.csv again if it is not what was written."""
        if self._differs:
            LOGGER.warning("%s was not what was written; it is as it was again.", self._path)
            self._write(self._path, self._kept() or "")
            self._differs = False

    def _kept(self) -> str | None:
        """What was written last; None if that is not known."""
        try:
            head, _, text = read_text(self._sealed).partition("\n")
        except (OSError, ValueError):
            return None
        return text if head == _digest(text) else None

    @staticmethod
    def _write(path: Path, text: str) -> None:
        with atomic(path) as temporary:
            temporary.write_bytes(text.encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _damaged(path: Path) -> InputError:
    return InputError(
        f"{path} is damaged; put back a copy, or delete it to go on without the losses of past "
        "epochs."
    )


def _rows(path: Path, text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if reader.fieldnames and not {"part", "epoch"} <= set(reader.fieldnames):
            raise _damaged(path)
        return [
            {"part": row.pop("part"), "epoch": int(row.pop("epoch"))}
            | {name: float(value) for name, value in row.items() if value}
            for row in reader
        ]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise _damaged(path) from error
