"""Jobs side by side in processes of joblib, and one progress bar over all of them."""

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import keras
import numpy as np
from tqdm.auto import tqdm

from tfnets.startup import start_worker


def parallel(workers: int, jobs: int) -> joblib.Parallel:
    """Processes that share the cores evenly; a single worker is this process with all cores.

    The share does not depend on how many jobs are left, because sums in other threads have other
    last bits. For the same reason the last job alone gets a process, for which joblib wants two.

    Args:
        workers: Jobs at a time.
        jobs: Jobs in all.
    """
    if workers == 1:
        return joblib.Parallel(n_jobs=1)
    threads = max(1, joblib.cpu_count() // workers)
    processes = max(2, min(workers, jobs))
    with joblib.parallel_config("loky", initializer=start_worker, initargs=(threads,)):
        return joblib.Parallel(n_jobs=processes, batch_size=1, pre_dispatch="n_jobs")


@dataclass(frozen=True)
class Steps:
    """One cell of a shared array on disk in which a training counts its finished steps.

    Attributes:
        place: The array, .npy of int64.
        index: The cell.
        owner: Process that waits for the training; a worker process ends with it.
    """

    place: Path
    index: int
    owner: int = field(default_factory=os.getpid)

    def counter(self, steps_per_epoch: int) -> keras.callbacks.Callback:
        """Returns the callback that counts."""
        cell = np.load(self.place, mmap_mode="r+")[self.index : self.index + 1]
        return _Counter(cell, steps_per_epoch, self.owner)


class _Counter(keras.callbacks.Callback):
    def __init__(self, cell: np.ndarray, steps_per_epoch: int, owner: int) -> None:
        super().__init__()
        self._cell, self._steps, self._begin, self._owner = cell, steps_per_epoch, 0, owner

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._begin = epoch * self._steps

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._cell[0] = self._begin + batch + 1
        if self._orphaned():
            # Nobody waits for an answer any more, and a run folder bears a sudden end.
            os._exit(1)

    def _orphaned(self) -> bool:
        return self._owner not in (os.getpid(), os.getppid())


@contextlib.contextmanager
def bar(description: str, done: np.ndarray, shares: np.ndarray) -> Iterator[None]:
    """A bar in per cent of all work, which a thread moves while the processes count.

    Args:
        description: The text before the bar.
        done: Finished steps of each job, (jobs,); the array in which the jobs count.
        shares: Share of a step of each job in all work, (jobs,).

    Yields:
        Nothing; the bar is closed at the end.
    """
    ended = threading.Event()
    style = "{desc}: {percentage:5.1f}%|{bar}| {elapsed}<{remaining}"

    def watch() -> None:
        begin = float(done @ shares)
        with tqdm(
            total=1.0, initial=begin, desc=description, bar_format=style, mininterval=0.5
        ) as shown:
            while not ended.wait(0.5):
                shown.update(float(done @ shares) - shown.n)
            shown.update(float(done @ shares) - shown.n)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
