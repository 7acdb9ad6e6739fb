"""Where trials are done: in this process, in processes of one thread each, or on a Dask cluster.

A trial is done in a run folder of its own with one TensorFlow thread, so its numbers are the same
bytes whatever the number of cores, processes or machines. What it leaves there is taken into the
study's run in the order of the trials, so that history.csv is the same, too. A folder of its own
also is what makes a trial resumable, and what comes back from a machine without a shared disk.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import joblib
from joblib.externals.loky import get_reusable_executor

from tfnets import startup
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab import cluster, progress
from tfnets.lab.trial import DataStore, Work, with_needs

_ATTEMPTS = 3
_IDLE = 300  # seconds after which a process that has nothing to do ends


@dataclass(frozen=True)
class Task:
    """A trial, the run folder in which it is done, that run's config, and what it needs by name."""

    trial: Work
    folder: Path
    config: Config
    needs: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Name of the trial."""
        return self.trial.key

    @property
    def done(self) -> bool:
        """Whether the folder holds all that comes of it."""
        return Run.is_finished(self.folder)


@dataclass(frozen=True)
class Lab:
    """Does trials.

    Attributes:
        jobs: Trials at a time on this machine, one process each; None for as many as cores.
        cluster: Address of a Dask scheduler (`tcp://HOST:PORT`) that does them instead, or None.
        threads: TensorFlow's threads in each trial; 1 gives the same bytes on any machine.
        store: Where data come from.
    """

    jobs: int | None = None
    cluster: str | None = None
    threads: int = 1
    store: DataStore = field(default_factory=DataStore)

    def __post_init__(self) -> None:
        """Refuses, with an `InputError`, numbers below 1: no process, or no thread."""
        for name, number in (("jobs", self.jobs), ("threads", self.threads)):
            if number is not None and number < 1:
                raise InputError(f"--{name} is {number}; give a number of at least 1.")

    @property
    def data_dir(self) -> Path | str | None:
        """The data cache; None for the default."""
        return self.store.data_dir

    def run(self, run: Run, trials: Sequence[Work]) -> None:
        """Does a study's trials and all that they need; finished ones are not done again.

        Afterwards the run has their parts, models, arrays and history, as if it had done them one
        after the other in the order given, each after what it needs.

        Raises:
            InputError: A trial cannot be done as it is set, workers died again and again, or the
                cluster cannot be reached.
            Exception: What a trial raised, with a note that names the trial and its settings.
        """
        tasks = {
            t.key: Task(t, run.trial_folder(t.key), run.config, [n.key for n in t.needs])
            for t in with_needs(trials)
        }
        waiting = [key for key in tasks if not run.has_part(key)]
        for key in waiting:
            if Run.is_damaged(tasks[key].folder):
                shutil.rmtree(tasks[key].folder)

        def adopt() -> None:
            if not Run.is_run(run.path):  # Trials make their folders anew.
                raise FileNotFoundError(run.path)
            while waiting and tasks[waiting[0]].done:
                run.adopt(tasks[waiting[0]].folder, last=waiting[0])
                waiting.pop(0)

        adopt()
        self.do(tasks, _wanted(tasks, waiting), adopt)

    def results(
        self, run: Run, trials: Mapping[str, Sequence[Work]], points: str = ""
    ) -> dict[str, list[dict[str, Any]]]:
        """Does the trials of each name as `run` does, and returns what each of them gave.

        Args:
            run: The study's run.
            trials: By name, for instance of `Work.of_each`.
            points: The key under which a result has the trial's measurements; empty for none.
        """
        self.run(run, [trial for row in trials.values() for trial in row])
        return {
            name: [
                trial.result(run) | ({points: trial.measured(run)} if points else {})
                for trial in row
            ]
            for name, row in trials.items()
        }

    def do(
        self, tasks: dict[str, Task], wanted: Sequence[str], finished: Callable[[], None]
    ) -> None:
        """Does the tasks with the keys `wanted` in their folders, if that is not done.

        What is needed comes first in `tasks`. Calls `finished` after each. Errors as in `run`.
        """
        for attempt in range(_ATTEMPTS):
            todo = [key for key in wanted if not tasks[key].done]
            if not todo:
                return
            try:
                return self._round(tasks, todo, finished, again=attempt > 0)
            except (BrokenExecutor, *cluster.given_up()) as error:
                names = ", ".join(tasks[key].name for key in todo if not tasks[key].done)
                if attempt == _ATTEMPTS - 1 or self.cluster:  # Dask has tried as often itself.
                    raise InputError(
                        f"A worker process has ended {_ATTEMPTS} times without an answer (out of "
                        f"memory, or killed); not done are {names}. What is finished is kept; give "
                        "fewer --jobs, or workers more memory, and continue with `tfnets resume`."
                    ) from error

    def _round(
        self, tasks: dict[str, Task], todo: list[str], finished: Callable[[], None], *, again: bool
    ) -> None:
        processes = self._processes(len(todo))
        place = tasks[todo[0]].folder.parent / ".progress.npy"
        cells = progress.Cells(place, [tasks[key].name for key in todo])
        at_a_time = "on the cluster" if self.cluster else f"{processes} at a time"
        title = f"{len(todo)} trials, {at_a_time}" if len(todo) > 1 else "1 trial"
        running: dict[Future, str] = {}
        left = list(todo)
        with (
            contextlib.closing(cells),
            self._executor(processes, again) as executor,
            progress.Shown(title, cells) as shown,
        ):
            while left or running:
                ready = [key for key in left if all(tasks[n].done for n in tasks[key].needs)]
                for key in ready[: None if self.cluster else processes - len(running)]:
                    left.remove(key)
                    job = self._job(tasks, key, (cells.place, todo.index(key)))
                    doing = Inline() if tasks[key].trial.here else executor
                    running[doing.submit(*job)] = key
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task = tasks[running.pop(future)]
                    archive = future.result()
                    if archive is not None:
                        cluster.unpack(archive, task.folder)
                    shown.finish(task.name)
                    finished()

    def _job(
        self, tasks: dict[str, Task], key: str, place: tuple[Path, int]
    ) -> tuple[Callable, ...]:
        task = tasks[key]
        with own_run(task.folder, task.config) as run:
            for needed in task.needs:
                run.adopt(tasks[needed].folder, last=tasks[needed].trial.key, history=False)
        trial = replace(task.trial, store=self.store)
        folder = task.folder.resolve()
        if self.cluster and not trial.here:
            token = cluster.marked(folder)
            return cluster.do, perform, trial, folder, token, cluster.pack(folder), self.threads
        return perform, trial, folder, task.config, place

    def _processes(self, tasks: int) -> int:
        return min(self.jobs or max(1, joblib.cpu_count() // self.threads), tasks)

    def _executor(self, processes: int, again: bool) -> contextlib.AbstractContextManager[Executor]:
        if self.cluster:
            return cluster.executor(self.cluster)
        # What has ended a worker must not end this process.
        if processes == 1 and startup.threads() == self.threads and not again:
            return contextlib.nullcontext(Inline())
        return _workers(processes, self.threads)


@contextlib.contextmanager
def _workers(processes: int, threads: int) -> Iterator[Executor]:
    """Processes of so many threads each; they stay for the next trials, and end at an interrupt."""
    start = {"initializer": startup.start_worker, "initargs": (os.getpid(), threads)}
    start["env"] = startup.environment(threads)
    executor = get_reusable_executor(max_workers=processes, timeout=_IDLE, **start)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)
        raise


class Inline(Executor):
    """Does everything at once in this process."""

    def submit(self, action: Callable, /, *arguments: object, **options: object) -> Future:
        """Calls the action; an exception is the future's result, an interrupt is not."""
        future: Future = Future()
        try:
            future.set_result(action(*arguments, **options))
        except Exception as error:
            future.set_exception(error)
        return future


def perform(
    trial: Work,
    folder: Path,
    config: Config,
    place: tuple[Path, int] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Does a trial in a run folder of its own, new or with what an earlier try left.

    It counts in the cell at `place`, a file and an index; `stop` is whether nobody waits any more.

    Raises:
        InputError: As the trial raises it.
        Exception: As the trial raises it, with a note that names the trial and its settings.
    """
    cell = progress.cell(*place) if place else None
    try:
        with startup.freed(), own_run(folder, config) as run:
            if run.finished:
                return
            with progress.reporting(progress.Reporter(trial.part, cell, stop)):
                replace(trial, run=run).do()
            if not run.finished:
                run.finish({}, {})
    except InputError:
        raise
    except Exception as error:
        what = f"the trial {trial.part} of {config.study}, seed {trial.seed}"
        error.add_note(f"This was {what}, with {trial.settings}")
        raise


def own_run(folder: Path, config: Config) -> Run:
    """Opens a trial's run folder, or makes it."""
    if Run.is_run(folder):
        return Run.open(folder)
    # A kill can leave a folder without it, but not without its temporary file.
    shutil.rmtree(folder, ignore_errors=True)
    return Run.create(folder, config)


def _wanted(tasks: dict[str, Task], waiting: Sequence[str]) -> list[str]:
    """Keys of tasks and of all that they need, in the order of the tasks."""
    wanted = set(waiting)
    for key in reversed(tasks):
        if key in wanted:
            wanted |= set(tasks[key].needs)
    return [key for key in tasks if key in wanted]
