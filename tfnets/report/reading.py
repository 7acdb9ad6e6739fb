"""A finished run as the report needs it: checked, so that the page never fails half-way."""

import base64
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tfnets.artifacts.run import Config, Run
from tfnets.datasets.picture_files import opened
from tfnets.errors import InputError
from tfnets.files import as_on_disk, inside
from tfnets.report.content import VERDICTS, WHOSE, Claim, Table

_KINDS = {"PNG": "image/png", "GIF": "image/gif"}
_CSS_DPI = 96


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure's caption, its bytes as a data URI, and its size in CSS pixels (1/96 inch)."""

    caption: str
    uri: str
    width: int
    height: int


@dataclasses.dataclass(frozen=True)
class Finished:
    """All that the page shows of one run."""

    config: Config
    title: str
    question: str
    claims: Sequence[Claim]
    tables: Sequence[Table]
    pictures: Sequence[Picture]
    notes: Sequence[str]
    metrics: Mapping[str, Any]


class _Wrong(Exception):
    """What is wrong with the run's files, as the middle of a sentence."""


def read_runs(folders: Sequence[Path | str]) -> list[Finished]:
    """Reads finished runs in their order; no folder is an `InputError`, others as `read_run`."""
    if not folders:
        raise InputError("A report needs at least one run folder, but none was given.")
    return [read_run(folder) for folder in folders]


def read_run(folder: Path | str) -> Finished:
    """Reads one finished run.

    Raises:
        InputError: A folder that is not a run, a run that is not finished, a report.json that is
            not one of ours, or a figure that is missing, outside the folder, or no PNG or GIF.
    """
    run = Run.open(folder)
    if not run.finished:
        raise InputError(
            f"The run in {folder} is not finished (it has no report.json); finish it with "
            f"`tfnets resume {folder}`, then build the report."
        )
    with _one_sentence(run):
        return _finished(run, run.report)


def read_findings(run: Run) -> tuple[list[Claim], list[str]]:
    """Claims and notes of a finished run, whatever has become of its figures.

    Raises:
        InputError: report.json is not one of ours.
    """
    with _one_sentence(run):
        report = run.report
        _expect(isinstance(report, dict), "report.json is not an object")
        claims = [_claim(entry) for entry in _objects(report, "claims")]
        return claims, _texts(report.get("notes", []), "notes")


@contextmanager
def _one_sentence(run: Run) -> Iterator[None]:
    try:
        yield
    except _Wrong as error:
        raise InputError(
            f"The run in {run.path} cannot be shown: {error}; mend the file, or delete report.json "
            f"and write it again with `tfnets resume {run.path}`."
        ) from error


def _finished(run: Run, report: Any) -> Finished:
    config, (claims, notes) = run.config, read_findings(run)
    _expect(isinstance(config.study, str), "config.json has a 'study' that is not text")
    _expect(isinstance(config.versions, dict), "config.json has 'versions' that are not an object")
    return Finished(
        config=config,
        title=_text(report, "title"),
        question=_text(report, "question"),
        claims=claims,
        tables=[_table(entry) for entry in _objects(report, "tables")],
        pictures=[_picture(run.path, entry) for entry in _objects(report, "figures")],
        notes=notes,
        metrics=run.metrics,
    )


def _claim(entry: Mapping[str, Any]) -> Claim:
    """A claim; of those that do not say whose they are, what has the origin's number is its."""
    known = [field.name for field in dataclasses.fields(Claim)]
    whose = "ours" if entry.get("origin") is None else "origin"
    empty = dict.fromkeys(known) | {"note": "", "unit": "", "whose": whose}
    claim = Claim(**empty | {name: entry[name] for name in known if name in entry})
    for name in ("claim", "unit", "note"):
        _expect(isinstance(getattr(claim, name), str), f"a claim's {name!r} is not text")
    _expect(claim.verdict in VERDICTS, f"a verdict is not one of {', '.join(VERDICTS)}")
    _expect(claim.whose in tuple(WHOSE), f"a claim's 'whose' is not one of {', '.join(WHOSE)}")
    _expect(isinstance(claim.origin, str | None), "a claim's 'origin' is neither text nor null")
    _expect(_is_cell(claim.ours), "a claim's 'ours' is neither a number nor text nor null")
    _expect(isinstance(claim.n, int | None), "a claim's 'n' is neither a whole number nor null")
    _expect(claim.ci95 is None or _is_interval(claim.ci95), "a claim's 'ci95' is not [low, high]")
    return claim


def _table(entry: Mapping[str, Any]) -> Table:
    columns = _texts(entry.get("columns"), "a table's columns")
    rows = entry.get("rows")
    _expect(isinstance(rows, list), "a table's 'rows' are not a list")
    for row in rows:
        right = isinstance(row, list) and len(row) == len(columns) and all(map(_is_cell, row))
        _expect(right, "a table has a row that does not fit its columns")
    return Table(_text(entry, "title"), columns, rows)


def _picture(folder: Path, entry: Mapping[str, Any]) -> Picture:
    name, caption = _text(entry, "file"), _text(entry, "caption")
    _expect("\0" not in name, "a figure's name has a zero byte")
    path = as_on_disk(inside(folder, name))
    try:
        with opened(path, tuple(_KINDS)) as image:
            image.load()
            content = path.read_bytes()
    except InputError as error:
        raise _Wrong(f"its figure {name!r} cannot be read ({str(error).rstrip('.')})") from error
    uri = f"data:{_KINDS[image.format]};base64,{base64.b64encode(content).decode('ascii')}"
    scale = _CSS_DPI / max(1, image.info.get("dpi", (_CSS_DPI,))[0])
    return Picture(caption, uri, round(image.width * scale), round(image.height * scale))


def _expect(right: bool, wrong: str) -> None:
    if not right:
        raise _Wrong(wrong)


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    _expect(isinstance(value, str), f"{name!r} is missing or not text")
    return value


def _texts(value: Any, name: str) -> list[str]:
    right = isinstance(value, list) and all(isinstance(item, str) for item in value)
    _expect(right, f"{name} are not a list of texts")
    return value


def _objects(report: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = report.get(name, [])
    right = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    _expect(right, f"{name!r} is not a list of objects")
    return value


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_interval(value: Any) -> bool:
    pair = isinstance(value, list) and len(value) == 2
    return pair and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
