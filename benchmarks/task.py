"""What one fresh process is asked to do."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WINDOW = 10
"""Steps whose mean loss is one entry of a checked curve."""

EARLY = 20
"""Steps after which the weights of the checked sides are compared."""

SEED = 0
"""Seed of the initial weights, and of the order of the data in a check."""


@dataclass(frozen=True)
class Task:
    """One action of one side of one workload.

    Attributes:
        action: `prepare`, `time`, `check` or `peak`.
        workload: A key of `workloads.WORKLOADS`.
        side: `ours`, one of `workload.PEERS`, or for `peak` a library.
        threads: Threads for arithmetic; 0 leaves the library's own choice.
        steps: Steps to time or to check.
        folder: Where `prepare` leaves, and the others find, weights, order and latents.
    """

    action: str
    workload: str
    side: str
    threads: int
    steps: int
    folder: str

    def to_json(self) -> str:
        """The task as one word for a command line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        """The task that `to_json` wrote."""
        return cls(**json.loads(text))

    def file(self, name: str) -> Path:
        """A file of this task's workload in the folder."""
        return Path(self.folder) / f"{self.workload}-{name}"


def warm_up(steps: int) -> int:
    """Steps before the clock starts: compiling, first touches of memory, caches."""
    return max(5, steps // 10)


def save_arrays(path: Path, arrays: list[np.ndarray]) -> None:
    """Writes arrays in their order."""
    np.savez(path, **{f"{index:03}": array for index, array in enumerate(arrays)})


def load_arrays(path: Path) -> list[np.ndarray]:
    """Reads what `save_arrays` wrote."""
    with np.load(path, allow_pickle=False) as file:
        return [file[name] for name in sorted(file.files)]
