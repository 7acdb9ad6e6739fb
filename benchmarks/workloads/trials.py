"""Eight equal trials: two processes at a time, and two workers of a Dask cluster, against one."""

import contextlib
import hashlib
import signal
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from benchmarks.task import Task
from benchmarks.threads import set_threads
from benchmarks.workload import OURS, Row, Workload

if TYPE_CHECKING:
    from tfnets.lab.engine import Lab
    from tfnets.lab.trial import Trial

TRIALS, WORKERS = 8, 2
ONE, CLUSTER = "one_process", "dask_cluster"


@dataclass(frozen=True)
class Scaling(Workload):
    """Eight trials that differ in their seed only, timed from the first to the last.

    Processes and workers have done a trial before the clock starts. The time of `one_process` over
    ours is the gain of two processes; half of it is their efficiency.

    Attributes:
        dataset: Whose images they are trained on.
        trial: `seed -> trial`.
    """

    dataset: str
    trial: "Callable[[int], Trial]"
    unit: ClassVar[str] = "job"
    threads: ClassVar[tuple[int, ...]] = (1,)

    @property
    def peers(self) -> tuple[str, ...]:
        """One process, and the cluster."""
        return ONE, CLUSTER

    def modules(self, peer: str) -> tuple[str, ...]:
        """What the cluster needs."""
        return ("distributed",) if peer == CLUSTER else ()

    def prepare(self, task: Task) -> dict[str, int | None]:
        """Brings the data into the cache, which the timed processes only read."""
        from tfnets import datasets

        datasets.load(self.dataset)
        return {"macs": None}

    def time(self, task: Task) -> dict[str, float]:
        """Milliseconds of all trials together, after as many short ones as there are processes."""
        with _lab(task.side) as lab:
            self._do(lab, range(TRIALS, TRIALS + WORKERS))
            begun = clock.perf_counter()
            for _ in range(task.steps):
                self._do(lab, range(TRIALS))
            return {"ms": (clock.perf_counter() - begun) / task.steps * 1e3}

    def check(self, task: Task) -> Row:
        """Does two trials and returns the digests of what they leave."""
        with _lab(task.side) as lab:
            return self._do(lab, range(WORKERS))

    def difference(self, task: Task, reference: str, results: Mapping[str, Row]) -> Row:
        """Counts the files that are not the same bytes."""
        ours, theirs = results[reference], results[task.side]
        unequal = sum(ours.get(name) != theirs.get(name) for name in ours.keys() | theirs.keys())
        return {"unequal_files": unequal, "passed": unequal == 0 and bool(ours)}

    def _do(self, lab: "Lab", seeds: Sequence[int]) -> dict[str, str]:
        """Does trials in a folder that is thrown away; returns the digests of parts and history."""
        from tfnets.artifacts.run import Config, Run

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run"
            with Run.create(path, Config.of(self.name, "full", 0, {})) as run:
                lab.run(run, [self.trial(seed) for seed in seeds])
            kept = [path / "history.csv", *sorted(path.glob("parts/*.json"))]
            return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


@contextlib.contextmanager
def _lab(side: str) -> "Iterator[Lab]":
    set_threads("tensorflow", 1)
    from tfnets.lab.engine import Lab

    if side != CLUSTER:
        yield Lab(jobs=WORKERS if side == OURS else 1)
        return
    script = Path(__file__).parents[2] / "scripts" / "local_cluster.py"
    command = [sys.executable, str(script), "--workers", str(WORKERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield Lab(cluster=running.stdout.readline().strip())
        finally:
            running.send_signal(signal.SIGTERM)


def _cifar(seed: int) -> "Trial":
    """The (12, 32) network of study `width_sweep`, in batches of 16."""
    from tfnets.methods.classifiers.training import Training
    from tfnets.models.classifiers import two_convolutions
    from tfnets.studies.width_sweep.settings import SCALES

    recipe = replace(SCALES["quick"], epochs=4, repeats=1)
    return Training(recipe, "12-32", seed, (two_convolutions, (12, 32)))


def _autoencoder(seed: int) -> "Trial":
    """The origin's autoencoder."""
    from tfnets.methods.autoencoders import Recipe, Training

    return Training(Recipe(epochs=2, train_images=20_000), "origin", seed)


CIFAR = Scaling(
    name="trials_scaling",
    title="8 trainings of the CIFAR network (12, 32), 2 at a time against 1",
    steps=1,
    dataset="cifar10",
    trial=_cifar,
)
AUTOENCODER = Scaling(
    name="trials_scaling_autoencoder",
    title="8 trainings of the origin's autoencoder, 2 at a time against 1",
    steps=1,
    dataset="mnist",
    trial=_autoencoder,
)
