"""Many runs of one study: seeds times settings, in one folder, with one table and figures.

Each run is a run folder of its own under `runs/`, as `tfnets run` writes it, done as a trial of the
lab: side by side in processes or on a cluster, never twice, continued where it was stopped.
"""

import dataclasses
import fnmatch
import hashlib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from tfnets import execute, figures
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab, Task
from tfnets.lab.seeds import estimate
from tfnets.lab.settings import as_text, current, from_json, override, parse, split
from tfnets.lab.trial import Work
from tfnets.report.content import VERDICTS, Page
from tfnets.report.numbers import together
from tfnets.report.reading import read_report

SWEEP = "sweep"
"""What config.json says of a sweep in the place of a study."""
_DRAWN = 6
"""Figures at most."""
_WIDE = 40
"""Letters of a setting beside its interval in a figure, at most."""
_LONGEST = 80
"""Letters of a folder's name that come from its settings, at most."""
_MOST = 400
"""Runs at most; more is a slip of the keyboard."""


@dataclass(frozen=True)
class Asked:
    """The settings of a sweep in its config.json: its study, seeds, assignments and numbers."""

    study: str
    seeds: tuple[int, ...]
    set: tuple[str, ...]
    metrics: tuple[str, ...]

    def points(self, scale: str) -> dict[str, Any]:
        """Each combination's label and settings; errors as in `start` but for the numbers."""
        chosen = execute.scale_of(self.study, scale)
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            given = list(self.seeds)
            raise InputError(f"--seeds gives {given}; give at least one seed, and each once.")
        for seed in self.seeds:
            execute.require_seed(seed)
        found = dict(itertools.islice(combinations(chosen, self.set), _MOST + 1))
        if len(found) * len(self.seeds) > _MOST:
            raise InputError(
                f"{len(found)} settings with {len(self.seeds)} seeds are "
                f"{len(found) * len(self.seeds)} runs; a sweep has at most {_MOST}."
            )
        return found


@final
@dataclass(frozen=True)
class StudyRun(Work):
    """A whole study at a scale with one setting (`variant`, such as `latent=8`) and seed."""

    study: str = ""
    scale: str = "quick"

    @property
    def key(self) -> str:
        """Name of its folder under `runs/`."""
        return f"{_slug(self.variant)}-seed{self.seed}" if self.variant else f"seed{self.seed}"

    @property
    def config(self) -> Config:
        """What its config.json holds."""
        return Config.of(self.study, self.scale, self.seed, dataclasses.asdict(self.settings))

    def do(self) -> None:
        """Runs the study in this process."""
        execute.load(self.study).run(self.run, self.settings, Lab(jobs=1, store=self.store))


def start(
    study: str,
    out: Path | str,
    *,
    seeds: Sequence[int],
    scale: str = "quick",
    assignments: Sequence[str] = (),
    metrics: Sequence[str] = (),
    lab: Lab | None = None,
) -> Run:
    """Runs a study with several seeds and settings in a new folder.

    Args:
        study: A key of `STUDIES`.
        out: New or empty folder.
        seeds: The runs' seeds.
        scale: `tiny`, `quick` or `full`.
        assignments: `key=value` texts; a setting that is no list may be given several values,
            `latent=8,16,32`, a list several lists, `widths=3-8;3-8,12-32`. All combinations run.
        metrics: Numbers of metrics.json to tabulate, by their path with dots, `*` allowed; none
            for the numbers of the study's claims.
        lab: Where the runs are done; None for processes on this machine.

    Raises:
        InputError: As in `execute.start`; no seed or one twice; too many runs; no such metric,
            which the first finished run shows.
    """
    asked = Asked(study, tuple(seeds), tuple(assignments), tuple(metrics))
    points = asked.points(scale)
    with Run.create(out, Config.of(SWEEP, scale, seeds[0], dataclasses.asdict(asked))) as run:
        try:
            _finish(run, asked, points, lab or Lab())
        except InputError:
            run.discard_if_empty()
            raise
    return run


def resume(path: Path | str, *, metrics: Sequence[str] = (), lab: Lab | None = None) -> Run:
    """Continues a sweep; finished runs are not done again.

    `metrics` are in the place of those asked for in `start`; a finished sweep's table is made anew.

    Raises:
        InputError: Not the folder of a sweep, or in use; no such metric.
    """
    if not is_sweep(path):
        raise InputError(f"{path} is not the folder of a sweep; give one of `tfnets sweep`.")
    run = Run.open(path)
    if run.finished and not metrics:
        return run
    asked = from_json(Asked, run.config.settings)
    points = asked.points(run.config.scale)
    if metrics:
        asked = dataclasses.replace(asked, metrics=tuple(metrics))
    with run:
        _finish(run, asked, points, lab or Lab())
    return run


def is_sweep(path: Path | str) -> bool:
    """Whether a folder is that of a sweep."""
    return Run.is_run(Path(path)) and Run.open(path).config.study == SWEEP


def parse_seeds(text: str) -> list[int]:
    """Reads seeds such as `0-9` or `1,2,5-7`; something else is an `InputError`."""
    seeds: list[int] = []
    for piece in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,10})(?:-(\d{1,10}))?\s*", piece)
        if not found or int(found[2] or found[1]) - int(found[1]) not in range(_MOST):
            raise InputError(f"--seeds takes whole numbers such as 0-9 or 1,2,5-7, not {text!r}.")
        seeds += range(int(found[1]), int(found[2] or found[1]) + 1)
    return seeds


def combinations(settings: Any, assignments: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yields each combination of the values given as in `start`, as a label and changed settings.

    Errors as in `lab.settings.override`.
    """
    several: dict[str, list[Any]] = {}
    for assignment in assignments:
        key, text = split(assignment)
        like = current(settings, key)
        values = text.split(";" if isinstance(like, tuple) else ",")
        several[key] = [parse(key, value, like) for value in values]
    varied = [key for key, values in several.items() if len(values) > 1]
    for values in itertools.product(*several.values()):
        chosen = dict(zip(several, values, strict=True))
        changes = {key: f"{key}={as_text(value)}" for key, value in chosen.items()}
        yield ", ".join(changes[key] for key in varied), override(settings, changes.values())


def _finish(run: Run, asked: Asked, points: Mapping[str, Any], lab: Lab) -> None:
    """Does all runs and writes the page."""
    study, metrics = asked.study, asked.metrics
    works = [
        StudyRun(settings, label, seed, study=study, scale=run.config.scale)
        for label, settings in points.items()
        for seed in asked.seeds
    ]
    tasks = {w.key: Task(w, run.path / "runs" / w.key, w.config) for w in works}

    def first_has_numbers() -> None:
        done = next((task.folder for task in tasks.values() if task.done), None)
        if done is not None:
            _row(Run.open(done), metrics)

    first_has_numbers()
    lab.do(tasks, list(tasks), first_has_numbers)
    done = {
        label: [Run.open(tasks[w.key].folder) for w in works if w.variant == label]
        for label in points
    }
    rows = {label: _rows(runs, metrics) for label, runs in done.items()}
    page = Page(run, f"Sweep of {study}", f"{len(works)} runs at scale {run.config.scale}")
    numbers = _write(page, rows, verdicts={k: _verdicts(runs) for k, runs in done.items()})
    run.finish(numbers, page.as_json())


def _rows(runs: Sequence[Run], metrics: Sequence[str]) -> dict[str, list[float]]:
    """By the name of a number, its value in each run that has it."""
    found = defaultdict(list)
    for run in runs:
        for name, number in _row(run, metrics).items():
            found[name].append(number)
    return found


def _row(run: Run, metrics: Sequence[str]) -> dict[str, float]:
    if not metrics:
        numbers = {claim.claim: claim.ours for claim in read_report(run).claims}
        return {k: float(v) for k, v in numbers.items() if isinstance(v, int | float)}
    flat = dict(_flat(run.metrics))
    for pattern in metrics:
        if not fnmatch.filter(flat, pattern):
            raise InputError(
                f"metrics.json of {run.path} has no number {pattern!r}; it has, for instance, "
                f"{', '.join(list(flat)[:5])}. What is finished is kept; go on with "
                f"`tfnets resume {run.path.parent.parent} --metric NAME`."
            )
    return {k: v for k, v in flat.items() if any(fnmatch.fnmatch(k, m) for m in metrics)}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Yields the numbers of nested JSON values with their paths."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield name, float(value)
    pairs = value.items() if isinstance(value, Mapping) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, inner in pairs:
        yield from _flat(inner, f"{name}.{key}" if name else str(key))


def _verdicts(runs: Sequence[Run]) -> dict[tuple[str, str], list[str]]:
    """By a claim and whose it is, the verdict of each run."""
    verdicts = defaultdict(list)
    for claim in (claim for run in runs for claim in read_report(run).claims):
        verdicts[claim.claim, claim.whose].append(claim.verdict)
    return verdicts


def _write(
    page: Page,
    rows: Mapping[str, Mapping[str, list[float]]],
    verdicts: Mapping[str, Mapping[tuple[str, str], list[str]]],
) -> dict[str, Any]:
    """Tabulates and draws each number by setting; returns metrics.json's content."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    numbers = {
        label or "as set": {name: estimate(values) for name, values in row.items()}
        for label, row in rows.items()
    }
    found = [
        [name, label, _text(row[name]), row[name]["n"]]
        for name in names
        for label, row in numbers.items()
        if name in row
    ]
    columns = ["number", "setting", "mean [95 % interval]", "seeds"]
    page.table("Means over the seeds", columns, found)
    counted = [
        [*claim, label or "as set", *map(given.count, VERDICTS)]
        for label, claims in verdicts.items()
        for claim, given in claims.items()
    ]
    if counted:
        page.table("Verdicts of the runs", ["claim", "whose", "setting", *VERDICTS], counted)
    for place, name in enumerate(names[:_DRAWN]):
        drawn = [
            (_short(label), (row[name]["mean"], *row[name].get("ci95", [row[name]["mean"]] * 2)))
            for label, row in numbers.items()
            if name in row and np.isfinite(row[name]["mean"])
        ]
        if drawn:
            figure = figures.intervals(drawn, xlabel=f"{name}, 95 % interval over the seeds")
            page.figure(f"number{place + 1}", figure, f"{name}, by setting.")
    if len(names) > _DRAWN:
        page.note(f"The first {_DRAWN} of {len(names)} numbers are drawn; the table has all.")
    return numbers


def _text(row: Mapping[str, Any]) -> str:
    mean, *ends = together([row["mean"], *row.get("ci95", [])])
    return f"{mean} [{', '.join(ends)}]" if ends else mean


def _short(label: str) -> str:
    """A label that leaves room for the figure beside it."""
    return label if len(label) <= _WIDE else f"{label[: _WIDE // 2]} ... {label[-_WIDE // 2 :]}"


def _slug(label: str) -> str:
    """A label as a folder's name; another label has another one."""
    name = re.sub(r"[^\w.=-]+", "_", label)
    if name == label and len(name) <= _LONGEST:
        return name
    return f"{name[:_LONGEST]}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"
