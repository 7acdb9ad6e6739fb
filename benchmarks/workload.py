"""What a workload is, whatever is measured: something that every side can prepare, do and check."""

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from benchmarks.task import Task

OURS = "ours"

Row = dict[str, Any]


@dataclass(frozen=True)
class Workload(abc.ABC):
    """One thing to be timed. Nothing here imports TensorFlow or PyTorch before it is called.

    Attributes:
        name: What the command line and the rows call it.
        title: One line for people.
        steps: How many units are timed in one repeat.
        unit: What a time in a row is the time of: `step` or `job`.
        references: For peers that are not checked against `ours`: the side that they are checked
            against.
        threads: Numbers of threads that each side may choose from, where they are not the plan's.
    """

    name: str
    title: str
    steps: int
    unit: ClassVar[str]
    # Not annotated: where a kind of workload makes it a field, that comes after its own fields.
    references = MappingProxyType({})
    threads = ()

    @property
    @abc.abstractmethod
    def peers(self) -> tuple[str, ...]:
        """The sides beside ours."""

    @abc.abstractmethod
    def modules(self, peer: str) -> tuple[str, ...]:
        """Top-level modules that a peer needs beside the requirements of the package."""

    @abc.abstractmethod
    def prepare(self, task: Task) -> dict[str, int | None]:
        """Writes what all sides start from into the task's folder.

        Returns:
            `macs`: the multiply-accumulates of one unit; None where a count would say nothing.
        """

    @abc.abstractmethod
    def time(self, task: Task) -> dict[str, float]:
        """Does the work of a side and returns its `ms` per unit; in a fresh process."""

    @abc.abstractmethod
    def check(self, task: Task) -> Row:
        """Does the work of a side once, for comparison; in a fresh process.

        What is returned or left in `task.file(f"{task.side}.npz")` is read by `difference`.
        """

    @abc.abstractmethod
    def difference(self, task: Task, reference: str, results: Mapping[str, Row]) -> Row:
        """How far a peer's work is from ours.

        Args:
            task: Has the peer as its side.
            reference: The side that it is compared with.
            results: What `check` has returned, by side.

        Returns:
            Numbers by name, and `passed`: whether it is the same work.
        """
