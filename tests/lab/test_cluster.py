"""Trials on a Dask cluster of two workers on loopback: the bytes of the serial run, none twice."""

import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.lab.test_engine import content, members, new_run, times, wait_until
from tests.lab.works import Line, Said
from tfnets import sweep
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.lab import cluster
from tfnets.lab.engine import Lab

distributed = pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of the scheduler of `scripts/local_cluster.py`."""
    running = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "local_cluster.py"), "--workers", "2"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path_factory.mktemp("cluster"),
        start_new_session=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield running.stdout.readline().strip()
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    wait_until(lambda: not members(running.pid), 60)


def kill_a_worker(address, when):
    """Waits until `when()` and kills the process of a worker that is at work."""
    wait_until(when, 120)
    with distributed.Client(address, set_as_default=False) as client:
        busy = [worker for worker, tasks in client.processing().items() if tasks]
        (pid,) = client.run(os.getpid, workers=busy[:1]).values()
    os.kill(pid, signal.SIGKILL)


def in_background(action):
    import threading

    thread = threading.Thread(target=action)
    thread.start()
    return thread


ASSIGNMENTS = ("toy_steps=4,8", "variants=plain")
SEEDS = (0, 1, 2)


def six(out, lab):
    return sweep.start(
        "gan_stabilisers", out, seeds=SEEDS, scale="tiny", assignments=ASSIGNMENTS,
        metrics=["ring.*.gradient_late*"], lab=lab,
    )  # fmt: skip


@pytest.fixture(scope="module")
def serial_sweep(tmp_path_factory):
    return six(tmp_path_factory.mktemp("serial") / "sweep", Lab(jobs=1)).path


def numbers(path):
    """What a sweep and each of its runs say, to the byte."""
    kept = {"metrics.json", "report.json", "history.csv"}
    return {
        str(p.relative_to(path)): p.read_bytes()
        for p in sorted(path.rglob("*"))
        if (p.name in kept or p.parent.name == "parts") and "checkpoints" not in p.parts
    }


def test_a_sweep_of_six_bears_the_death_of_a_worker(address, serial_sweep, tmp_path):
    out = tmp_path / "sweep"
    killing = in_background(
        lambda: kill_a_worker(address, lambda: list(out.glob("runs/*/parts/*")))
    )
    finished = []
    lab = Lab(cluster=address)
    original = Lab.do

    def counted(self, tasks, wanted, done):
        return original(self, tasks, wanted, lambda: finished.append(1))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lab, "do", counted)
        six(out, lab)
    killing.join()
    assert len(finished) == 6
    runs = sorted((out / "runs").glob("*seed*"))
    assert len(runs) == 6
    assert all(Run.open(run).finished for run in runs)
    assert numbers(out) == numbers(serial_sweep)


def test_without_a_shared_disk_the_folders_come_back_as_archives(
    address, serial_sweep, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster, "marked", lambda folder: "a token that no folder has")
    out = tmp_path / "sweep"
    six(out, Lab(cluster=address))
    assert numbers(out) == numbers(serial_sweep)


def test_a_killed_worker_without_shared_disk_loses_its_trial_only(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "marked", lambda folder: "a token that no folder has")
    lines = [Line((3, 0.3), "line", seed) for seed in range(4)]
    with new_run(tmp_path / "serial") as run:
        Lab(jobs=1).run(run, lines)
    trials = tmp_path / "run" / "checkpoints" / "trials"
    killing = in_background(
        lambda: kill_a_worker(address, lambda: list(trials.glob("*/report.json")))
    )
    with new_run(tmp_path / "run") as run:
        Lab(cluster=address).run(run, lines)
    killing.join()
    assert content(tmp_path / "run") == content(tmp_path / "serial")


@pytest.mark.slow
def test_a_trial_that_kills_its_workers_is_one_sentence(address, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    works = [Said(str(notes), variant, 0) for variant in ("first", "killed")]
    said = "not done are train-killed-0"
    with new_run(tmp_path / "run") as run, pytest.raises(InputError, match=said):
        Lab(cluster=address).run(run, works)
    assert works[0].result(run)["seed"] == 0


def test_an_interrupt_ends_the_work_on_the_cluster(address, tmp_path, monkeypatch):
    lines = [Line((200, 0.2), "line", seed) for seed in range(2)]
    trials = tmp_path / "run" / "checkpoints" / "trials"

    def interrupt(*_, **__):
        wait_until(lambda: len(list(trials.glob("*/parts/*epoch2.json"))) == 2, 120)
        raise KeyboardInterrupt

    monkeypatch.setattr("tfnets.lab.engine.wait", interrupt)
    with new_run(tmp_path / "run") as run, pytest.raises(KeyboardInterrupt):
        Lab(cluster=address).run(run, lines)
    time.sleep(5)
    before = len(list(trials.glob("*/parts/*")))
    time.sleep(3)
    assert len(list(trials.glob("*/parts/*"))) == before


def test_what_a_trial_raises_on_the_cluster_arrives(address, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    with new_run(tmp_path / "a") as run, pytest.raises(InputError, match="not to be had"):
        Lab(cluster=address).run(run, [Said(str(notes), "bad", 1)])
    with new_run(tmp_path / "b") as run, pytest.raises(ValueError, match="a slip") as error:
        Lab(cluster=address).run(run, [Said(str(notes), "wrong", 1)])
    assert "trial wrong-1 of lines" in error.value.__notes__[0]
    assert times(notes) == {"bad-1": 1, "wrong-1": 1}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "here", "tcp://nowhere.invalid:8786"])
def test_no_scheduler_is_one_sentence(address, tmp_path):
    with new_run(tmp_path / "run") as run, pytest.raises(InputError, match="No Dask scheduler"):
        Lab(cluster=address).run(run, [Said(str(tmp_path), "first", 1)])


def test_an_archive_never_leaves_its_folder(tmp_path):
    import io

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(tarfile.OutsideDestinationError):
        cluster.unpack(buffer.getvalue(), tmp_path / "inside")
    assert list(tmp_path.iterdir()) == []
