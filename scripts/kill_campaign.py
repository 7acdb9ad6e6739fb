"""Kills runs at random moments, resumes them, and counts those that end as undisturbed ones.

    python scripts/kill_campaign.py [STUDY ...] [--kills 20] [--scale tiny] [--seed 0]

Each kill is a `tfnets run` with default settings whose processes all get SIGKILL at a moment that
the seed draws from the time of an undisturbed run; one in three is killed again while it resumes.
Compared are metrics.json, report.json, history.csv and parts/, but for times. Exit code 1 where a
run differs or cannot be resumed.
"""

import argparse
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from same_bytes import KEPT, STUDIES


def main() -> int:
    """Prints a line for each kill, and how many ended in equal bytes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("studies", nargs="*", default=STUDIES, metavar="STUDY")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--scale", default="tiny")
    parser.add_argument("--seed", type=int, default=0, help="draws the moments of the kills")
    options = parser.parse_args()
    moments = random.Random(options.seed)
    whole: dict[str, tuple[dict[str, bytes], float]] = {}
    equal = 0
    for number, study in zip(range(1, options.kills + 1), itertools.cycle(options.studies)):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            if study not in whole:
                begun = time.monotonic()
                _tfnets("run", study, "--scale", options.scale, "--out", f"{out}-whole")
                whole[study] = numbers(Path(f"{out}-whole")), time.monotonic() - begun
            expected, seconds = whole[study]
            kills: list[float] = []
            ended = None
            while ended is None:
                kill = (
                    moments.uniform(0, seconds) if not kills or moments.random() < 1 / 3 else None
                )
                words = ["run", study, "--scale", options.scale, "--out", str(out)]
                if (out / "config.json").exists():
                    words = ["resume", str(out)]
                ended, said = _tfnets(*words, seconds=kill)
                kills += [kill] * (ended is None)
            same = ended == 0 and numbers(out) == expected
            equal += same
            at = " and ".join(f"{kill:.1f} s" for kill in kills) or "no time"
            verdict = "equal bytes" if same else f"DIFFERENT (exit code {ended}) {said[-300:]}"
            print(
                f"{number:3} {study}: killed after {at} of {seconds:.1f} s: {verdict}", flush=True
            )
    print(f"{equal} of {options.kills} resumed to equal bytes")
    return int(equal < options.kills)


def numbers(run: Path) -> dict[str, bytes]:
    """What a run says, by file, but for the times that it took."""
    files = [run / name for name in KEPT] + sorted(run.glob("parts/[!.]*.json"))
    return {
        path.name: path.read_bytes()
        for path in files
        if path.exists() and not path.name.startswith("seconds-")
    }


def _tfnets(*words: str, seconds: float | None = None) -> tuple[int | None, str]:
    """Runs a command; after so many seconds all its processes are killed, and the code is None."""
    command = [sys.executable, "-m", "tfnets", *words]
    piped = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, start_new_session=True, **piped) as running:
        try:
            said = running.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return None, ""
    if seconds is None and running.returncode:
        print(said, file=sys.stderr)
    return running.returncode, said


if __name__ == "__main__":
    raise SystemExit(main())
