"""Trials give the same bytes wherever they are done, each once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.works import After, Line, Said
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.lab.trial import with_needs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def new_run(path):
    return Run.create(path, Config.of("lines", "tiny", 0, {}))


def times(notes):
    return {path.name: len(path.read_text().splitlines()) for path in notes.iterdir()}


def content(path):
    """What a run folder holds, but for its locks and what names the place."""
    return {
        str(p.relative_to(path)): p.read_bytes()
        for p in sorted(path.rglob("*"))
        if p.is_file() and "checkpoints" not in p.parts and p.suffix != ".lock"
    }


LINES = [Line((3, 0.0), "line", seed) for seed in range(3)]


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """The lines, one after the other in this process."""
    path = tmp_path_factory.mktemp("serial") / "run"
    with new_run(path) as run:
        Lab(jobs=1).run(run, LINES)
    return path


def test_parts_points_arrays_and_history_are_in_the_run(serial):
    run = Run.open(serial)
    assert [row["part"] for row in run.history] == [f"line-{s}" for s in range(3) for _ in range(3)]
    assert [row["epoch"] for row in run.history] == [1, 2, 3] * 3
    for line in LINES:
        assert line.result(run)["norm"] > 0
        assert [row["point"] for row in line.measured(run)] == [1, 2, 3]
        assert run.load_array(f"{line.part}_kernel").shape == (5, 3)


def test_a_part_that_is_damaged_is_made_again_and_so_is_its_trial(tmp_path, caplog):
    lines = [Line((2, 0), "line", seed) for seed in range(2)]
    with new_run(tmp_path / "run") as run:
        Lab(jobs=1).run(run, lines)
        before = content(run.path)
        for folder in (run.path, run.trial_folder(lines[1].key)):
            file = folder / "parts" / f"{lines[1].key}.json"
            file.write_text(file.read_text().replace("norm", "form"))
        (run.path / "line-1_kernel.npy").unlink()
        Lab(jobs=1).run(run, lines)
    assert content(run.path) == before
    assert caplog.text.count("is not what was written; it is made again") == 1


def test_two_processes_give_the_same_bytes(serial, tmp_path):
    with new_run(tmp_path / "run") as run:
        Lab(jobs=2).run(run, LINES)
    assert content(tmp_path / "run") == content(serial)


def test_what_is_done_is_not_done_again(notes, tmp_path):
    works = [Said(str(notes), "first", seed) for seed in range(3)]
    with new_run(tmp_path / "run") as run:
        Lab(jobs=1).run(run, works[:2])
        Lab(jobs=1).run(run, works)
    assert times(notes) == {"first-0": 1, "first-1": 1, "first-2": 1}


def test_what_two_need_is_done_once_and_first(notes, tmp_path):
    works = [After(str(notes), variant, 7) for variant in ("sum", "other")]
    assert [work.part for work in with_needs(works)] == ["first-7", "sum-7", "other-7"]
    with new_run(tmp_path / "run") as run:
        Lab(jobs=2).run(run, works)
        assert works[0].result(run) == {"seed": 7, "needs": 1}
    assert times(notes) == {"first-7": 1, "sum-7": 1, "other-7": 1}


def test_a_trial_that_raises_is_named_with_its_settings(notes, tmp_path):
    works = [Said(str(notes), "first", 1), Said(str(notes), "wrong", 2)]
    for jobs in (1, 2):
        with (
            new_run(tmp_path / f"run{jobs}") as run,
            pytest.raises(ValueError, match="a slip") as e,
        ):
            Lab(jobs=jobs).run(run, works)
        assert e.value.__notes__ == [f"This was the trial wrong-2 of lines, seed 2, with {notes!s}"]


def test_bad_input_stays_bad_input_and_what_is_finished_is_kept(notes, tmp_path):
    works = [Said(str(notes), "first", 1), Said(str(notes), "bad", 2)]
    with new_run(tmp_path / "run") as run:
        with pytest.raises(InputError, match="not to be had"):
            Lab(jobs=1).run(run, works)
        assert works[0].result(run)["seed"] == 1


def test_a_worker_that_dies_loses_its_trial_only(notes, tmp_path):
    works = [Said(str(notes), variant, 0) for variant in ("first", "killed_once", "last")]
    with new_run(tmp_path / "run") as run:
        Lab(jobs=2).run(run, works)
        assert [work.result(run)["seed"] for work in works] == [0, 0, 0]
    assert times(notes)["killed_once-0"] == 2


def test_workers_that_die_again_and_again_are_one_sentence(notes, tmp_path):
    works = [Said(str(notes), variant, 0) for variant in ("first", "killed")]
    with new_run(tmp_path / "run") as run, pytest.raises(InputError, match="ended 3 times"):
        Lab(jobs=2).run(run, works)
    assert times(notes) == {"first-0": 1, "killed-0": 3}


@pytest.mark.parametrize("options", [{"jobs": 0}, {"threads": 0}, {"jobs": -1}])
def test_no_process_and_no_thread_are_refused(options):
    with pytest.raises(InputError, match="at least 1"):
        Lab(**options)


def test_two_trials_of_one_name_are_refused(notes):
    with pytest.raises(ValueError, match="Two different"):
        with_needs([Said(str(notes), "first", 0), Said("elsewhere", "first", 0)])


PROGRAM = """
import sys
from tests.lab.works import Line
from tfnets import startup
startup.quiet(); startup.import_tensorflow()
from tfnets.artifacts.run import Config, Run
from tfnets.lab.engine import Lab
if __name__ == "__main__":
    path, pause = sys.argv[1], float(sys.argv[2])
    run = (Run.open if Run.is_run(__import__("pathlib").Path(path)) else
           lambda p: Run.create(p, Config.of("lines", "tiny", 0, {})))(path)
    with run:
        Lab(jobs=2).run(run, [Line((6, pause), "line", seed) for seed in range(3)])
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_signal_ends_all_processes_and_the_next_start_goes_on(number, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    words = [sys.executable, str(program), str(tmp_path / "run")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [*words, "0.5"], env=environment, start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    folder = tmp_path / "run" / "checkpoints" / "trials"
    wait_until(lambda: list(folder.glob("*/parts/line-*-epoch2.json")), 120)
    os.kill(running.pid, number)
    running.communicate(timeout=60)
    wait_until(lambda: not members(running.pid), 30)
    assert not Run.open(tmp_path / "run").has_part("train-line-2")
    subprocess.run([*words, "0.5"], env=environment, check=True, capture_output=True)
    with new_run(tmp_path / "whole") as run:
        Lab(jobs=1).run(run, [Line((6, 0.5), "line", seed) for seed in range(3)])
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def members(group):
    """The living processes of a session, by number."""
    listed = subprocess.run(["ps", "-eo", "pid=,sess=,stat="], capture_output=True, text=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, session, state in rows if int(session) == group and state[0] != "Z"]


def wait_until(happens, seconds):
    import time

    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.1)
