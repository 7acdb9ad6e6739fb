"""Of two that begin a run in one folder at once, one has it, and the folder says which."""

import multiprocessing
import sys
import threading

import pytest

from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError

TRIALS = 30


def begin(path, seed, barrier):
    """Begins a run when the other does, and holds it until that one has had its answer."""
    barrier.wait(60)
    try:
        run = Run.create(path, Config.of("lines", "tiny", seed, {"own": [seed] * 1000}))
    except InputError as error:
        barrier.wait(60)
        return str(error)
    with run:
        barrier.wait(60)
        run.part("mine", lambda: {"seed": seed})
    return "begun"


def begin_all(folder, seed, barrier, answers):
    answers.put((seed, [begin(folder / str(n), seed, barrier) for n in range(TRIALS)]))


def holds(folder, answers):
    """Checks that in each folder the one works whose seed its config.json holds."""
    for number, pair in enumerate(zip(answers[1], answers[2], strict=True)):
        begun = [seed for seed, answer in enumerate(pair, 1) if answer == "begun"]
        assert len(begun) == 1, pair
        refused = pair[2 - begun[0]]
        assert "Another process is working in" in refused or "not an empty folder" in refused
        run = Run.open(folder / str(number))
        assert (run.config.seed, run.config.settings["own"][-1]) == (begun[0], begun[0])
        assert run.part("mine", dict) == {"seed": begun[0]}


def test_two_threads_at_a_barrier(tmp_path):
    barrier, answers = threading.Barrier(2), {}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        working = [
            threading.Thread(
                target=lambda seed: answers.update(
                    {seed: [begin(tmp_path / str(n), seed, barrier) for n in range(TRIALS)]}
                ),
                args=(seed,),
            )
            for seed in (1, 2)
        ]
        for thread in working:
            thread.start()
        for thread in working:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    holds(tmp_path, answers)


@pytest.mark.slow
def test_two_processes_at_a_barrier(tmp_path):
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(2), context.Queue()
    working = [
        context.Process(target=begin_all, args=(tmp_path, seed, barrier, queue)) for seed in (1, 2)
    ]
    for process in working:
        process.start()
    answers = dict(queue.get(timeout=240) for _ in working)
    for process in working:
        process.join()
    holds(tmp_path, answers)
