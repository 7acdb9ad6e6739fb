"""Running another program quietly, within a time limit."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


class SourceError(Exception):
    """A source of data did not deliver; the message is the reason, without a full stop."""


def run(
    command: list[str], *, folder: Path, limit: float, environment: Mapping[str, str] | None = None
) -> str:
    """Runs a program in `folder` for at most `limit` seconds and returns all that it wrote.

    Its output is kept away from the terminal; without an environment, it has this process's.

    Raises:
        SourceError: It cannot be started, took too long or failed; in the last case the message
            is the line of its output that says why.
    """
    # A file and not a pipe: a grandchild that keeps a pipe open would hang the wait for its end.
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, timeout=limit, check=False,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise SourceError(f"no end after {limit:.0f} seconds") from error
        except OSError as error:
            raise SourceError(f"{command[0]} cannot be started: {error.strerror}") from error
        output.seek(0)
        text = output.read().decode(errors="replace")
    if done.returncode:
        raise SourceError(_telling_line(text) or f"exit code {done.returncode}")
    return text


def _telling_line(output: str) -> str:
    """Returns pip's or npm's first line of error, else the last line, cut to 200 characters."""
    lines = [line.strip() for line in output.splitlines()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm err"))]
    return next(filter(None, [*errors, *reversed(lines)]), "")[:200].rstrip(". ")
