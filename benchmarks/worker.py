"""One task in a fresh process: `python -m benchmarks.worker TASK` prints one JSON line."""

import json
import sys

from benchmarks.task import Task
from benchmarks.workloads import find


def main(text: str) -> None:
    """Does the task and prints its result.

    Args:
        text: `Task.to_json()`.
    """
    print(json.dumps(perform(Task.from_json(text))))


def perform(task: Task) -> dict:
    """Does the task; libraries are imported only where they are needed."""
    if task.action == "peak":
        from benchmarks import peaks

        return peaks.measure(task.side, task.threads)
    workload = find(task.workload)
    if task.action == "prepare":
        from benchmarks.prepare import prepare

        return prepare(task, workload)
    if task.side.startswith("torch"):
        from benchmarks import torch_sides as sides
    else:
        from benchmarks import keras_sides as sides
    sides.set_threads(task.threads)
    return (sides.time if task.action == "time" else sides.check)(task, workload)


if __name__ == "__main__":
    main(sys.argv[1])
