import sys
import time

import pytest

from tfnets.datasets.sources import commands
from tfnets.datasets.sources.commands import SourceError


def python(code, folder, limit=20.0):
    commands.run([sys.executable, "-c", code], folder=folder, limit=limit)


def test_success_is_silent_and_runs_in_the_folder(tmp_path, capfd):
    python("print('noise'); open('here', 'w')", tmp_path)
    assert (tmp_path / "here").exists()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; print('a'); sys.exit('why.')", "why"),
        ("import sys; sys.exit(3)", "exit code 3"),
        ("print('ERROR: no such package'); print('later'); exit(1)", "ERROR: no such package"),
        ("print('x' * 500); exit(1)", "x" * 200),
    ],
)
def test_failure_says_why(tmp_path, code, reason):
    with pytest.raises(SourceError) as caught:
        python(code, tmp_path)
    assert str(caught.value) == reason


def test_a_program_that_hangs_is_ended(tmp_path):
    start = time.monotonic()
    with pytest.raises(SourceError, match="no end after 1 seconds"):
        python("import time; time.sleep(60)", tmp_path, limit=1.0)
    assert time.monotonic() - start < 10


def test_a_program_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot be started"):
        commands.run(["no-such-program-of-ours"], folder=tmp_path, limit=1.0)
