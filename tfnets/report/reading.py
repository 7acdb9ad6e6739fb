"""A finished run as the report needs it: checked, so that the page never fails half-way."""

import base64
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tfnets.artifacts.run import Config, Run
from tfnets.datasets.picture_files import opened
from tfnets.errors import InputError
from tfnets.files import as_on_disk, inside
from tfnets.report.content import Report, Shown
from tfnets.schema import Misfit, conform, read_bytes

_KINDS = {"PNG": "image/png", "GIF": "image/gif"}
_CSS_DPI = 96
MOST_PICTURES = 2**26
"""Bytes of all pictures of a run, at most."""


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
    report: Report
    pictures: Sequence[Picture]
    metrics: Mapping[str, Any]


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
            f"The run in {folder} is not finished (no report.json or no metrics.json); finish it "
            f"with `tfnets resume {folder}`, then build the report."
        )
    with _one_sentence(run):
        report = _report(run)
        return Finished(run.config, report, [*_pictures(run.path, report.figures)], run.metrics)


def read_report(run: Run) -> Report:
    """Report of a finished run, whatever has become of its figures.

    Raises:
        InputError: report.json is not one of ours.
    """
    with _one_sentence(run):
        return _report(run)


@contextmanager
def _one_sentence(run: Run) -> Iterator[None]:
    try:
        yield
    except Misfit as error:
        raise InputError(
            f"The run in {run.path} cannot be shown: {error}; mend the file, or delete report.json "
            f"and write it again with `tfnets resume {run.path}`."
        ) from error


def _report(run: Run) -> Report:
    """The report; of claims that do not say whose they are, what has the origin's number is its."""
    told = run.report
    claims = told.get("claims")
    for claim in claims if isinstance(claims, list) else ():
        if isinstance(claim, dict):
            claim.setdefault("whose", "ours" if claim.get("origin") is None else "origin")
    report = conform(told, Report, "report.json")
    for table in report.tables:
        if any(len(row) != len(table.columns) for row in table.rows):
            raise Misfit("a table has a row that does not fit its columns")
    return report


def _pictures(folder: Path, figures: Iterable[Shown]) -> Iterator[Picture]:
    left = MOST_PICTURES
    for shown in figures:
        path = as_on_disk(inside(folder, shown.file))
        try:
            content = read_bytes(path, left)
            with opened(path, tuple(_KINDS)) as image:
                image.load()
        except (OSError, InputError) as error:
            why = getattr(error, "strerror", None) or str(error).rstrip(".")
            raise Misfit(f"its figure {shown.file!r} cannot be read ({why})") from error
        left -= len(content)
        uri = f"data:{_KINDS[image.format]};base64,{base64.b64encode(content).decode('ascii')}"
        scale = _CSS_DPI / max(1, image.info.get("dpi", (_CSS_DPI,))[0])
        size = round(image.width * scale), round(image.height * scale)
        yield Picture(shown.caption, uri, *size)
