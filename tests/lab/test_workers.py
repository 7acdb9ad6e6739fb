"""Workers keep what the next trials need."""

import os
import time
from dataclasses import dataclass

import numpy as np

from tests.lab.test_engine import new_run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Work

KEPT = []


@dataclass(frozen=True)
class Keeping(Work):
    """Keeps 0.4 GB for the next one, after the second in which loky does not look."""

    def do(self):
        KEPT.append(np.ones(50_000_000) if self.seed == 1 else None)
        time.sleep(1.1)
        self.run.part(self.key, lambda: {"pid": os.getpid(), "kept": len(KEPT)})


def test_a_worker_that_keeps_much_goes_on(tmp_path):
    trials = [Keeping(None, "keeping", seed) for seed in range(4)]
    with new_run(tmp_path / "run") as run:
        Lab(jobs=1, threads=2).run(run, trials)
        found = [trial.result(run) for trial in trials]
    assert [row["kept"] for row in found] == [1, 2, 3, 4]
    assert len({row["pid"] for row in found} - {os.getpid()}) == 1
