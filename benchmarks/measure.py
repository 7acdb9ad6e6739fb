"""Runs the sides of a workload in fresh processes, in turn, and makes a row of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.rows import row
from benchmarks.task import Task
from benchmarks.workload import OURS, Workload
from tfnets.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("tensorflow", "torch")
LIMIT = 1800
"""Seconds that one process may take; beside other work, threads that wait actively take forever."""

Perform = Callable[[Task], dict]


@dataclass(frozen=True)
class Plan:
    """How thoroughly to measure.

    Attributes:
        repeats: Timed processes of each side.
        check_steps: Steps of a training's check.
        peers: Which peers to run, of those that the workload has.
        steps: Timed steps or jobs of each process; None for the workload's own number.
        threads: Numbers of threads that each side may choose from.
    """

    repeats: int
    check_steps: int
    peers: tuple[str, ...]
    steps: int | None = None
    threads: tuple[int, ...] = tuple(sorted({1, os.cpu_count() or 1}))


def start(task: Task) -> dict:
    """Does a task in a fresh process.

    Raises:
        InputError: It takes longer than `LIMIT`.
        RuntimeError: The process failed; with the end of what it wrote to standard error.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.worker", task.to_json()],
            cwd=ROOT, env=_environment(task.threads), capture_output=True, text=True, check=False,
            timeout=LIMIT,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{task.action} of {task.side} in {task.workload} with {task.threads} threads did not "
            f"end within {LIMIT / 60:.0f} minutes; measure on a machine that does nothing else."
        ) from error
    if done.returncode:
        raise RuntimeError(f"{task} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(workload: Workload, plan: Plan, folder: str, perform: Perform = start) -> dict:
    """Prepares, checks and times one workload.

    Args:
        workload: What is done.
        plan: How often, how long and beside whom.
        folder: For the files that the processes share.
        perform: Does a task; replaced in tests.

    Returns:
        The row.
    """
    task = Task("prepare", workload.name, OURS, 0, plan.check_steps, folder)
    macs = perform(task)["macs"]
    peers = [peer for peer in plan.peers if peer in workload.peers]
    checks = check(replace(task, action="check"), workload, peers, perform)
    timed = replace(task, action="time", steps=plan.steps or workload.steps)
    plan = replace(plan, threads=workload.threads or plan.threads)
    times, threads = time(timed, (OURS, *peers), plan, perform)
    # Of what is not counted there is no share, and no need of every library.
    peak = peaks(replace(task, action="peak", threads=threads[OURS]), perform) if macs else {}
    return row(workload, times, threads, macs, peak, checks)


def check(
    task: Task, workload: Workload, peers: Sequence[str], perform: Perform
) -> dict[str, dict]:
    """Lets every side do the same work once; returns each peer's differences from ours."""
    references = {peer: workload.references.get(peer, OURS) for peer in peers}
    results = {}
    for side in dict.fromkeys([*references.values(), *peers]):
        asked = replace(task, side=side)
        _say(asked)
        results[side] = perform(asked)
    return {
        peer: workload.difference(replace(task, side=peer), reference, results)
        for peer, reference in references.items()
    }


def time(
    task: Task, sides: Sequence[str], plan: Plan, perform: Perform
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Times the sides in turn; in the first round each tries all numbers of threads.

    Returns:
        Milliseconds of each side, one per repeat, and the threads it was fastest with.
    """
    times, threads = {}, {}
    for side in sides:
        tried = {n: _once(replace(task, side=side, threads=n), perform) for n in plan.threads}
        threads[side] = min(tried, key=tried.get)
        times[side] = [tried[threads[side]]]
    for _ in range(plan.repeats - 1):
        for side in sides:
            times[side].append(_once(replace(task, side=side, threads=threads[side]), perform))
    return times, threads


def peaks(task: Task, perform: Perform) -> dict[str, float]:
    """The best that any library reaches on this machine, by kind of operation."""
    found = [perform(replace(task, side=library)) for library in LIBRARIES]
    return {kind: max(peak[kind] for peak in found) for kind in found[0]}


def _once(task: Task, perform: Perform) -> float:
    _say(task)
    return perform(task)["ms"]


def _environment(threads: int) -> dict[str, str]:
    limit = {"OMP_NUM_THREADS": str(threads)} if threads else {}
    return {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **limit}


def _say(task: Task) -> None:
    chosen = f", {task.threads} threads" if task.threads else ""
    print(f"{task.workload}: {task.action} {task.side}{chosen}", file=sys.stderr, flush=True)
