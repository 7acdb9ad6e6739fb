"""What a restore did, as rows that print as a table."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tfnets.errors import InputError

_HEADER = ("", "target", "shape", "source", "shape", "")
_STATUSES = ("loaded", "skipped", "mismatched", "unused")


@dataclass(frozen=True)
class Row:
    """One weight on both sides of a restore.

    Attributes:
        target: Path in the target, such as "decoder/conv1/kernel"; "" if there is none.
        target_shape: Its shape there.
        source: Path in the source before renaming; "" if there is none.
        source_shape: Its shape there.
        note: The cast ("float64 -> float32") or why it does not fit; "" if there is nothing to say.
    """

    target: str
    target_shape: tuple[int, ...] | None
    source: str
    source_shape: tuple[int, ...] | None
    note: str = ""


@dataclass(frozen=True)
class RestoreReport:
    """What a restore did, or would do; prints as a table with one summary line.

    Attributes:
        loaded: Weights of the target that were copied, in the target's order.
        skipped: Weights of the target that stayed as they were because `skip` names them.
        mismatched: Weights of the target that do not fit; never any after a restore that wrote.
        unused: Weights of the source that the target has no place for, by path.
        dry_run: Whether nothing was written.
    """

    loaded: tuple[Row, ...]
    skipped: tuple[Row, ...]
    mismatched: tuple[Row, ...]
    unused: tuple[Row, ...]
    dry_run: bool = False

    @property
    def numbers(self) -> int:
        """How many numbers the loaded weights hold together."""
        return sum(math.prod(row.target_shape or ()) for row in self.loaded)

    @property
    def summary(self) -> str:
        """The counts in one line."""
        counts = ", ".join(f"{len(getattr(self, status))} {status}" for status in _STATUSES)
        ending = " (dry run: nothing written)" if self.dry_run else ""
        return f"{counts}; {self.numbers:,} numbers{ending}"

    def __str__(self) -> str:
        return "\n".join([*self.table(_STATUSES), self.summary])

    def table(self, statuses: Iterable[str]) -> list[str]:
        """The lines of a table of the rows with these statuses."""
        rows = [(name, *_cells(row)) for name in statuses for row in getattr(self, name)]
        widths = [max(map(len, column)) for column in zip(_HEADER, *rows, strict=True)]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (_HEADER, *rows)
        ]


class RestoreError(InputError):
    """Weights of the target have no fitting counterpart in the source; nothing was written.

    Attributes:
        report: The whole report; its `mismatched` and `unused` rows are also in the message.
    """

    BREAKS = "\n"

    def __init__(self, report: RestoreReport, counted: str = "") -> None:
        self.report = report
        advice = (
            f"{counted!r} is an automatic name, which Keras counts up whenever a program makes "
            "a layer of that kind, so that it can mean another layer in the source; pair the "
            "layers by their order with by='order' (--by order), or rename the source's with rename"
            if counted
            else "rename the source's layers with rename, or name in skip what may stay as it is"
        )
        total = len(report.loaded) + len(report.skipped) + len(report.mismatched)
        sentence = (
            f"{len(report.mismatched)} of the target's {total} weights do not fit the source and "
            f"nothing was written; {advice}."
        )
        super().__init__("\n".join([sentence, *report.table(("mismatched", "unused"))]))


def _cells(row: Row) -> tuple[str, ...]:
    shapes = [
        "-" if shape is None else "x".join(map(str, shape)) or "scalar"
        for shape in (row.target_shape, row.source_shape)
    ]
    return (row.target or "-", shapes[0], row.source or "-", shapes[1], row.note)
