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
    return getattr(find(task.workload), task.action)(task)


if __name__ == "__main__":
    main(sys.argv[1])
