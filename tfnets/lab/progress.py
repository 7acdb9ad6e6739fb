"""How far trials are: each counts in a cell on disk, and one bar shows them all.

A cell holds (done, all) multiplications, so that the bar weighs a trial by what it costs
(`tracing.cost`). Where the output is no terminal there are plain lines instead of a bar.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from tqdm.auto import tqdm

from tfnets.errors import InputError
from tfnets.tracing.cost import cost
from tfnets.training.callbacks import Progress

_WAIT = 0.5  # seconds between two looks at the cells


class Cancelled(Exception):
    """Whoever asked for the trial no longer waits for it."""


@dataclass
class Reporter:
    """Where the trial of this process counts.

    Trainings of other names than `part` inside it are not counted. The cell is an array (2,), done
    and all; None counts nothing. `stop` is whether nobody waits any more.
    """

    part: str
    cell: np.ndarray | None = None
    stop: Callable[[], bool] = lambda: False


_now: Reporter | None = None


@contextlib.contextmanager
def reporting(reporter: Reporter) -> Iterator[None]:
    """While it lasts, trainings of this process count there and show no bar of their own.

    Inside another one, nobody waits either when nobody waits for that one.
    """
    global _now
    before, _now = _now, reporter
    if before is not None:
        _now = replace(reporter, stop=lambda: before.stop() or reporter.stop())
    try:
        yield
    finally:
        _now = before


def counter(
    part: str, model: keras.Model, batch_size: int, epochs: int, steps: int
) -> keras.callbacks.Callback:
    """Returns the callback that shows how far a training, called `part`, is; steps are per epoch.

    Inside a trial it counts for the bar over all trials; elsewhere it is a bar of its own.
    """
    if _now is None:
        return Progress(part, epochs, steps)
    per_step = batch_size * _multiplications(model)
    return _Counter(_now, per_step, epochs * steps, steps, counts=part == _now.part)


class _Counter(keras.callbacks.Callback):
    def __init__(
        self, reporter: Reporter, per_step: float, total: int, per_epoch: int, *, counts: bool
    ) -> None:
        super().__init__()
        self._reporter, self._per_step, self._per_epoch = reporter, per_step, per_epoch
        self._cell = reporter.cell if counts else None
        self._begin, self._looked = 0, 0.0
        if self._cell is not None:
            self._cell[1] = total * per_step

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._begin = epoch * self._per_epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self._cell is not None:
            self._cell[0] = (self._begin + batch + 1) * self._per_step
        if time.monotonic() - self._looked > _WAIT:
            self._looked = time.monotonic()
            if self._reporter.stop():
                raise Cancelled


def _multiplications(model: keras.Model) -> float:
    """Multiplications of one image in all networks of a trainer; weights where not known."""
    networks = [layer for layer in model.layers if isinstance(layer, keras.Model)] or [model]
    total = 0.0
    for network in networks:
        try:
            total += cost(network).multiplications
        except (InputError, ValueError, TypeError):
            total += network.count_params()
    return max(total, 1.0)


class Cells:
    """The cells of several trials, in one array on disk that all processes of a machine see."""

    def __init__(self, place: Path, names: list[str]) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        self.place, self._names = place.resolve(), names
        self._values = np.lib.format.open_memmap(
            self.place, mode="w+", dtype=np.float64, shape=(len(names), 2)
        )
        self._finished = np.zeros(len(names), bool)

    def finish(self, name: str) -> None:
        """Counts a trial as done."""
        self._finished[self._names.index(name)] = True

    def close(self) -> None:
        """Removes the array from disk."""
        self.place.unlink(missing_ok=True)

    @property
    def left(self) -> int:
        """How many are not done."""
        return int(np.sum(~self._finished))

    @property
    def share(self) -> float:
        """Share of all work that is done, in [0, 1]; what has not begun is reckoned as the mean."""
        done, total = np.array(self._values).T
        known = total > 0
        total = np.where(known, total, total[known].mean() if known.any() else 1.0)
        done = np.where(self._finished, total, np.minimum(done, total))
        return float(done.sum() / total.sum())


def cell(place: Path, index: int) -> np.ndarray | None:
    """Opens a trial's cell; None where the array is not on this machine."""
    return np.load(place, mmap_mode="r+")[index] if place.exists() else None


class Shown:
    """One bar over all trials with the time left, or a line per trial.

    Inside a trial, a whole study for instance, nothing is shown: how far it is counts there.
    """

    def __init__(self, description: str, cells: Cells) -> None:
        self._description, self._cells = description, cells
        self._begin, self._start = time.monotonic(), cells.share
        self._ended = threading.Event()
        self._outer, self._terminal = _now, sys.stderr.isatty()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Shown":
        if self._outer or self._terminal:
            self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._watcher.is_alive():
            self._watcher.join()

    def finish(self, name: str) -> None:
        """Counts a trial as done."""
        self._cells.finish(name)
        if not self._outer and not self._terminal:
            left = self._cells.left
            wait = f"{left} left, about {self._left()}" if left else "all done"
            print(f"{self._description}: {name} done, {wait}", file=sys.stderr, flush=True)

    def _left(self) -> str:
        share = self._cells.share
        gone = max(share - self._start, 1e-9)
        seconds = (time.monotonic() - self._begin) * (1 - share) / gone
        return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"

    def _watch(self) -> None:
        if self._outer is None:
            self._move_bar()
        elif self._outer.cell is not None:
            while not self._ended.wait(_WAIT):
                self._outer.cell[:] = self._cells.share, 1.0
            self._outer.cell[:] = self._cells.share, 1.0

    def _move_bar(self) -> None:
        style = "{desc}: {percentage:5.1f}%|{bar}| {elapsed}<{remaining}"
        given = {"total": 1.0, "initial": self._start, "mininterval": _WAIT}
        with tqdm(desc=self._description, bar_format=style, **given) as bar:
            while not self._ended.wait(_WAIT):
                bar.update(self._cells.share - bar.n)
            bar.update(self._cells.share - bar.n)
