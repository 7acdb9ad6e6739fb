"""What the system refuses while a run goes on is one sentence, and the run can go on later."""

import errno
import os
import shutil
import subprocess
import sys

import pytest
import tensorflow as tf

from tests.conftest import parts_watched, start
from tfnets import execute
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.files import refusal

STUDY = "linear_ablation"


def raised(error):
    def act():
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device); make room"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "quota exceeded); make room"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS)), "Read-only file system); give a place"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied); change its"),
        (OSError("Unable to flush (errno = 28, No space left on device)"), "No space left"),
        (tf.errors.ResourceExhaustedError(None, None, "/x; No space left on device"), "No space"),
        (MemoryError(), "Cannot allocate memory); give it more memory"),
    ],
)
def test_what_ends_a_trial_is_one_sentence_and_resuming_gives_the_same(
    error, said, digits, tmp_path
):
    """The error comes in the third part, as the libraries raise it."""
    begun = []

    def watch(part, do):
        begun.append(part)
        return raised(error)() if len(begun) == 3 else do()

    out = tmp_path / "run"
    with parts_watched(watch), pytest.raises(InputError) as caught:
        start(STUDY, out)
    assert said in str(caught.value)
    assert f"go on with `tfnets resume {out}`" in str(caught.value)
    assert not Run.open(out).finished


def test_a_run_that_the_disk_stopped_ends_as_undisturbed(digits, tmp_path, finished):
    out = tmp_path / "run"
    full = raised(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    count = []

    def watch(part, do):
        count.append(part)
        return full() if len(count) == 4 else do()

    with parts_watched(watch), pytest.raises(InputError):
        start(STUDY, out)
    run = execute.resume(out, jobs=1)
    assert run.metrics == finished(STUDY).metrics
    assert run.report == finished(STUDY).report


def test_a_folder_that_goes_is_one_sentence_at_once(digits, tmp_path):
    begun = []

    def watch(part, do):
        begun.append(part)
        if len(begun) == 2:
            shutil.rmtree(tmp_path / "run")
        return do()

    with parts_watched(watch), pytest.raises(InputError, match="has gone while it was worked in"):
        start(STUDY, tmp_path / "run")
    assert len(set(begun)) < 5


def test_another_error_stays_a_bug(digits, tmp_path):
    with (
        parts_watched(lambda part, do: raised(ZeroDivisionError())()),
        pytest.raises(ZeroDivisionError),
    ):
        start(STUDY, tmp_path / "run")
    assert refusal(ZeroDivisionError("x")) is None


@pytest.mark.slow
def test_files_that_may_not_grow_are_one_sentence(tmp_path):
    """`ulimit -f` in a process of its own; the signal that comes with it is ignored by Python."""
    command = f"ulimit -f 60; exec {sys.executable} -m tfnets run autoencoder --scale tiny "
    command += f"--set variants=masked repeats=1 --out {tmp_path / 'run'}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "has ended (File too large); let files be larger" in done.stderr
    assert "Traceback" not in done.stderr
