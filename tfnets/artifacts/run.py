"""The run folder: where a study's settings, numbers, models and figures live.

    config.json     study, scale, seed, settings, versions: written first, never changed
    history.csv     one row per part and epoch: part, epoch, metrics
    parts/*.json    finished parts (one network, one seed, one measurement), for `resume`
    checkpoints/    training state of the part in progress (see `tfnets.artifacts.checkpoint`)
    *.keras         functional models
    *.png, *.gif    figures
    metrics.json    the study's numbers
    report.json     what the report page shows; written last, so it marks a finished run

Stages meet only here: a metric can be added without training again, a report rebuilt without
loading a model.
"""

import dataclasses
import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import filelock
import keras
import numpy as np
from matplotlib.figure import Figure

import tfnets
from tfnets.artifacts import seals
from tfnets.artifacts.history import HISTORY, History
from tfnets.artifacts.models import load_model, save_model
from tfnets.errors import InputError
from tfnets.files import atomic, inside, writable
from tfnets.schema import Line, Rule, read_array, read_json

CONFIG, METRICS, REPORT = "config.json", "metrics.json", "report.json"
LOGGER = logging.getLogger(__name__)
VERSIONED = ("keras", "tensorflow", "numpy")
_LOCK = "run.lock"
_OWN = {CONFIG, METRICS, REPORT, HISTORY, _LOCK, "checkpoints"}
"""What belongs to a run itself and is not taken over by another."""
_BUSY = "Another process is working in {}; wait for it, or give another --out."


@dataclasses.dataclass(frozen=True)
class Config:
    """What a run is: enough to repeat it.

    The scale is `tiny`, `quick` or `full`, the seed the one that everything random comes from. The
    settings are JSON values; the versions those of tfnets, Keras, TensorFlow and NumPy. With
    another number of TensorFlow's threads in each trial, sums have other last bits.
    """

    study: Annotated[str, Rule(lambda v: v[:100].isidentifier() and len(v) < 100, "a study")]
    scale: Annotated[str, Rule(("tiny", "quick", "full").__contains__, "tiny, quick or full")]
    seed: Annotated[int, Rule(range(2**31).__contains__, "a whole number from 0 to 2147483647")]
    settings: Mapping[str, Any]
    versions: Mapping[str, Line]
    threads: Annotated[int, Rule(range(1, 4097).__contains__, "a number of threads")] = 1

    @classmethod
    def of(
        cls, study: str, scale: str, seed: int, settings: Mapping[str, Any], threads: int = 1
    ) -> "Config":
        """Makes a config with the installed versions."""
        versions = {"tfnets": tfnets.__version__}
        versions |= {name: metadata.version(name) for name in VERSIONED}
        return cls(study, scale, seed, dict(settings), versions, threads)


class Run:
    """An open run folder: its `path`, and its `config`. `Run.create` or `Run.open` make one."""

    def __init__(self, path: Path, config: Config) -> None:
        self.path, self.config = path, config
        self._lock = _lock(path)
        self._history = History(path)

    @classmethod
    def create(cls, path: Path | str, config: Config) -> "Run":
        """Starts a run in a new or empty folder; another one, or none, is an `InputError`."""
        path = Path(path)
        _require_empty(path)
        try:
            with _lock(writable(path)):  # Of two that start here at once, one writes.
                _require_empty(path)
                run = cls(path, config)
                run.save_json(CONFIG, dataclasses.asdict(config))
        except filelock.Timeout as error:
            raise InputError(_BUSY.format(path)) from error
        return run

    @staticmethod
    def is_run(path: Path) -> bool:
        """Whether a run was begun in a folder."""
        return os.path.lexists(path / CONFIG)  # False for names that are too long, too.

    @staticmethod
    def is_finished(path: Path) -> bool:
        """Whether a folder holds a run that has come to its end."""
        return all(os.path.lexists(path / name) for name in (REPORT, METRICS))

    @staticmethod
    def is_damaged(path: Path) -> bool:
        """Whether a part of the run in a folder is not what was written."""
        return any(map(seals.broken, (path / "parts").glob("[!.]*.json")))

    @classmethod
    def open(cls, path: Path | str) -> "Run":
        """Opens a run, finished or not.

        No such folder, or a config.json or history.csv that is not one of ours, is an `InputError`.
        """
        path = Path(path)
        try:
            config = read_json(path / CONFIG, Config)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise InputError(
                f"{path} is not a run folder: it has no readable {CONFIG}; give a folder that "
                f"`tfnets run` has written ({why})."
            ) from error
        return cls(path, config)

    def __enter__(self) -> "Run":
        """Takes the folder for this process; an `InputError` if another works in it."""
        try:
            self._lock.acquire()
        except filelock.Timeout as error:
            raise InputError(_BUSY.format(self.path)) from error
        # Until now, the process that had the folder may have written more.
        self._history = History(self.path)
        self._history.put_right()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    @property
    def finished(self) -> bool:
        """Whether the study has come to its end."""
        return self.is_finished(self.path)

    def seeds(self, repeats: int) -> range:
        """The seeds of so many repetitions, from the run's own on."""
        return range(self.config.seed, self.config.seed + repeats)

    @property
    def metrics(self) -> dict[str, Any]:
        """The study's numbers (metrics.json)."""
        return self._read(METRICS)

    @property
    def report(self) -> dict[str, Any]:
        """What the report page shows (report.json)."""
        return self._read(REPORT)

    @property
    def history(self) -> list[dict[str, Any]]:
        """Rows of history.csv: `part`, `epoch` (from 1) and that part's metrics."""
        return [dict(row) for row in self._history.rows]

    def part(self, name: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Computes a part of the study once: on resuming, its result is read from disk.

        `compute` returns JSON values, and may save models and figures in this run before; the
        result is as JSON gives it back. The name is unique in the study.
        """
        if not self.has_part(name):
            self.save_json(f"parts/{name}.json", compute())
        return self._read(f"parts/{name}.json")

    def has_part(self, name: str) -> bool:
        """Whether a part is finished; one that is damaged goes, to be made again."""
        path = inside(self.path / "parts", f"{name}.json")
        if seals.broken(path):
            LOGGER.warning("%s is not what was written; it is made again.", path)
            path.unlink()
        return path.exists()

    def save_json(self, name: str, values: Mapping[str, Any]) -> None:
        """Writes JSON whole, keys as given; NaN and infinity are a `ValueError`."""
        path, content = inside(self.path, name), _json_text(values).encode()
        if path.parent.name == "parts" or name in (METRICS, REPORT):
            seals.write(path, content)
            return
        with atomic(path) as temporary:
            temporary.write_bytes(content)

    def save_model(self, name: str, model: keras.Model) -> None:
        """Saves a functional model as `name`.keras."""
        save_model(inside(self.path, f"{name}.keras"), model)

    def load_model(self, name: str) -> keras.Model:
        """Loads `name`.keras in safe mode; an `InputError` if there is none."""
        return load_model(inside(self.path, f"{name}.keras"))

    def save_figure(self, name: str, figure: Figure, dpi: int = 120) -> None:
        """Saves a figure as `name`.png."""
        with atomic(inside(self.path, f"{name}.png")) as temporary:
            figure.savefig(temporary, dpi=dpi, metadata={"Software": None})

    def save_array(self, name: str, values: np.ndarray) -> None:
        """Saves an array as `name`.npy."""
        with atomic(inside(self.path, f"{name}.npy")) as temporary:
            np.save(temporary, values, allow_pickle=False)

    def load_array(self, name: str) -> np.ndarray:
        """Loads `name`.npy; an `InputError` if there is none."""
        path = inside(self.path, f"{name}.npy")
        if not path.exists():
            raise InputError(self._unfinished(path.name))
        return read_array(path)

    def log(self, part: str, epoch: int, values: Mapping[str, float]) -> None:
        """Adds a row of metrics to history.csv; `epoch` counts finished ones, from 1.

        A row that the part had for this epoch or a later one goes.
        """
        row = {"part": part, "epoch": epoch}
        self._history.extend([row | {name: float(value) for name, value in values.items()}])

    def trial_folder(self, name: str) -> Path:
        """Returns the run folder in which a trial of this run is done."""
        return inside(self.path / "checkpoints" / "trials", name)

    def adopt(self, folder: Path, *, last: str, history: bool = True) -> None:
        """Takes over what another run folder holds: parts, models, arrays, figures, history.

        What this run has already stays. Called again after a kill in the middle, it goes on: the
        part `last` is taken over last, and so marks all as taken.
        """
        if self.has_part(last):
            return
        marker = Path("parts") / f"{last}.json"
        # Nothing else is looked at: who finished the other run may still be dropping checkpoints.
        places = [place for place in folder.iterdir() if place.name not in _OWN]
        files = [p for place in places for p in (place, *place.rglob("*")) if p.is_file()]
        taken = [p for p in (f.relative_to(folder) for f in sorted(files)) if not _is_hidden(p)]
        for place in sorted(taken, key=lambda p: p == marker):
            if place == marker and history:
                self._history.extend(History(folder).rows)
            if (self.path / place).exists():
                continue
            if place.parent.name == "parts":
                seals.write(self.path / place, (folder / place).read_bytes())
                continue
            with atomic(self.path / place) as temporary:
                shutil.copyfile(folder / place, temporary)

    def checkpoint_folder(self, part: str) -> Path:
        """Returns the folder of a part's training state."""
        return inside(self.path / "checkpoints", part)

    def finish(self, metrics: Mapping[str, Any], report: Mapping[str, Any]) -> None:
        """Writes metrics.json and report.json and drops the checkpoints: the run is complete.

        A number that is NaN or infinite is a `ValueError`; the run stays as it was.
        """
        self.save_json(METRICS, metrics)

        def drop() -> None:
            # Before the mark, or a kill between would leave them for ever; parts hold all results.
            shutil.rmtree(self.path / "checkpoints", ignore_errors=True)

        seals.write(self.path / REPORT, _json_text(report).encode(), last=drop)

    def discard_if_empty(self) -> None:
        """Removes the folder of a run that came to nothing: no part or trial of it is begun.

        A trial that has written neither a part nor a row of history may have copied its network.
        """
        trial = Path("checkpoints", "trials")
        for place in ("parts", "checkpoints", "runs"):
            for path in (self.path / place).rglob("*"):
                name = path.relative_to(self.path)
                copied = name.parent.parent == trial and name.name != HISTORY
                begun = not copied and not _is_hidden(name) and name.name not in (CONFIG, _LOCK)
                if begun and path.is_file():
                    return
        shutil.rmtree(self.path, ignore_errors=True)

    def _read(self, name: str) -> dict[str, Any]:
        if seals.broken(inside(self.path, name)):
            raise InputError(
                f"{self.path / name} is not what was written: its SHA-256 is another one; put back "
                f"a copy, or delete it and continue with `tfnets resume {self.path}`."
            )
        try:
            return read_json(inside(self.path, name))
        except FileNotFoundError as error:
            raise InputError(self._unfinished(name)) from error
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.path / name} is not valid JSON; delete it and continue with "
                f"`tfnets resume {self.path}` ({error})."
            ) from error

    def _unfinished(self, name: str) -> str:
        return f"{self.path} has no {name} yet; finish the run with `tfnets resume {self.path}`."


def _json_text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=1, allow_nan=False) + "\n"


def _lock(path: Path) -> filelock.BaseFileLock:
    return filelock.FileLock(path / _LOCK, blocking=False)


def _is_hidden(place: Path) -> bool:
    """Whether a file is half written, or marks a place."""
    return any(part.startswith(".") for part in place.parts)


def _require_empty(path: Path) -> None:
    if path.exists() and (not path.is_dir() or any(p.name != _LOCK for p in path.iterdir())):
        raise InputError(
            f"{path} is not an empty folder; give another --out, or continue the run in it "
            f"with `tfnets resume {path}`."
        )
