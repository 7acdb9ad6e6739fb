"""A command that trains in two processes, stopped from outside, and continued."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tfnets.artifacts.run import Run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"),
]
SETTINGS = ("widths=2-3,3-8", "repeats=1", "epochs=20")
ROOT = Path(__file__).parents[2]


def command(*words):
    """Starts `tfnets` on made-up images in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.studies.command", *map(str, words)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def study(out):
    return command(
        "run", "width_sweep", "--scale", "tiny", "--seed", 3, "--out", out, "--jobs", 2,
        "--set", *SETTINGS,
    )  # fmt: skip


def members(group):
    """The living processes of a group, by number."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                text = (place / "stat").read_text()
            except OSError:
                continue
            state, _, number = text[text.rindex(")") + 2 :].split()[:3]
            if int(number) == group and state != "Z":
                found.append(int(place.name))
    return found


def wait_until(happens, seconds):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "run"
    running = study(out)
    _, said = running.communicate(timeout=500)
    assert running.returncode == 0, said
    return Run.open(out)


def ended_by(process, number, *, group):
    """Sends a signal when the second epoch of a network is done; gives the code and the words."""
    os.killpg(process.pid, number) if group else os.kill(process.pid, number)
    begun = time.monotonic()
    process.wait(timeout=60)
    wait_until(lambda: not members(process.pid), 60)
    return process.returncode, process.communicate()[1], time.monotonic() - begun


@pytest.mark.parametrize(
    ("number", "group", "code"),
    [
        (signal.SIGINT, True, 130),  # Ctrl-C in a terminal
        (signal.SIGINT, False, 130),
        (signal.SIGTERM, False, -signal.SIGTERM),
        (signal.SIGKILL, False, -signal.SIGKILL),
    ],
    ids=["Ctrl-C", "SIGINT", "SIGTERM", "SIGKILL"],
)
def test_a_stopped_command_leaves_no_process_and_goes_on_to_the_same_end(
    tmp_path, whole, number, group, code
):
    out = tmp_path / "run"
    running = study(out)
    try:
        wait_until(lambda: [*out.glob("checkpoints/trials/*/history.csv")], 400)
        assert len(members(running.pid)) > 2
        found, said, seconds = ended_by(running, number, group=group)
    finally:
        for each in members(running.pid):
            os.kill(each, signal.SIGKILL)
    assert found == code
    assert seconds < 30
    assert "Traceback" not in said, said[-4000:]
    if code == 130:
        *_, last = said.splitlines()
        assert last == "tfnets: interrupted; `tfnets resume DIR` continues a run."
    assert [*Path("/dev/shm").glob(f"joblib_memmapping_folder_{running.pid}_*")] == []

    stopped = Run.open(out)
    assert not stopped.finished
    resuming = command("resume", out, "--jobs", 2)
    _, said = resuming.communicate(timeout=500)
    assert resuming.returncode == 0, said
    wait_until(lambda: not members(resuming.pid), 30)
    resumed = Run.open(out)
    assert resumed.metrics == whole.metrics
    assert resumed.report == whole.report
    assert resumed.history == whole.history
