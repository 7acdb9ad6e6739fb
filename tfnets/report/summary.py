"""The verdicts of all runs in one table, as tuples and for the terminal."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tfnets.errors import printable
from tfnets.report.content import WHOSE, Cell, counted
from tfnets.report.numbers import NONE, cell, measured
from tfnets.report.reading import read_runs

_WIDTH = 100
_BETWEEN = "  "
_LEAST = 12
_MOST = (16, _WIDTH, 12, 33, 13)  # columns of text at most; the claim takes what is left


class SummaryRow(NamedTuple):
    """One claim: texts, ready to print."""

    study: str
    claim: str
    origin: str
    ours: str
    verdict: str
    whose: str


def summary_rows(run_dirs: Sequence[Path | str]) -> list[SummaryRow]:
    """Returns one row per claim of finished runs, in order, the origin's claims before ours.

    A dash stands for what there is not; `whose` is "origin" or "ours".

    Raises:
        InputError: No folder, or one that is not a finished run.
    """
    runs = read_runs(run_dirs)
    return [
        SummaryRow(run.config.study, c.claim, c.origin or NONE, measured(c), c.verdict, c.whose)
        for whose in WHOSE
        for run in runs
        for c in run.report.claims
        if c.whose == whose
    ]


def summary_table(run_dirs: Sequence[Path | str]) -> str:
    """Returns the rows as aligned tables of plain text, at most 100 columns wide.

    The origin's claims come first, then ours, each with a line that counts verdicts. Long cells are
    wrapped. What a terminal would not print is replaced by "?". A table has a heading, and no
    newline is at the end. Errors as in `summary_rows`.
    """
    heading = ("study", "claim", "origin", "ours [95 % interval]", "verdict")
    rows, tables = summary_rows(run_dirs), []
    for whose, title in WHOSE.items():
        own = [row for row in rows if row.whose == whose]
        if own:
            cells = [heading, *(row[: len(heading)] for row in own)]
            counts = ", ".join(counted(row.verdict for row in own).values())
            tables.append(f"{title}: {counts}\n\n{_aligned(cells, _MOST, wide=1)}")
    return "\n\n".join(tables) or "No claims."


def text_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Returns a table of a report as plain text, at most 100 columns wide; the first is wrapped."""
    texts = [columns, *([cell(value) for value in row] for row in rows)]
    return _aligned(texts, (_WIDTH,) * len(columns), wide=0)


def _aligned(rows: Sequence[Sequence[str]], most: Sequence[int], wide: int) -> str:
    """Aligns rows under the first; the column `wide` takes what the others leave."""
    rows = [tuple(printable(" ".join(text.split())) for text in row) for row in rows]
    widths = _widths(rows, most, wide)
    rule = _BETWEEN.join("-" * width for width in widths)
    first, *others = ["\n".join(_lines(row, widths)) for row in rows]
    return "\n".join([first, rule, *others])


def _widths(rows: Sequence[tuple[str, ...]], most: Sequence[int], wide: int) -> list[int]:
    columns = zip(*rows, strict=True)
    widths = [
        min(limit, max(map(len, column))) for limit, column in zip(most, columns, strict=True)
    ]
    others = sum(widths) - widths[wide] + len(_BETWEEN) * (len(widths) - 1)
    widths[wide] = max(_LEAST, min(widths[wide], _WIDTH - others))
    return widths


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    padded = [cell + [""] * (height - len(cell)) for cell in cells]
    return [
        _BETWEEN.join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    ]
