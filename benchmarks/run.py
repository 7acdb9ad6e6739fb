"""How fast we are beside other libraries: `python benchmarks/run.py [WORKLOAD ...]`."""

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Run as a file, Python looks for modules in this folder, not in the one above.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import Plan, measure
from benchmarks.rows import table
from benchmarks.task import EARLY, WINDOW
from benchmarks.workload import Workload
from benchmarks.workloads import PEERS, WORKLOADS, find
from tfnets.cli import guarded
from tfnets.errors import InputError
from tfnets.files import atomic, writable

DIFFERENT = 1
"""Exit code when a side did not do the same work."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: Words after the program's name; those of the process if None.

    Returns:
        Exit code: 0 done, 1 a check failed, 2 bad input, 130 interrupted.
    """
    options = parser().parse_args(arguments)
    rows: list[dict] = []
    code = guarded(lambda: _list() if options.list else rows.extend(_run(options)))
    return code or (0 if all(row["passed"] for row in rows) else DIFFERENT)


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="default: all of them")
    made.add_argument("--list", action="store_true", help="show the workloads and stop")
    made.add_argument("--json", type=Path, metavar="FILE", help="where to write the rows")
    made.add_argument("--repeats", type=int, default=5, help="processes of each side (default 5)")
    made.add_argument("--steps", type=int, help="timed steps or jobs (default: the workload's)")
    made.add_argument(
        "--check-steps", type=int, default=200, help="of the trainings' checks (default 200)"
    )
    made.add_argument("--peers", default=",".join(PEERS), help="of %(default)s")
    return made


def _list() -> None:
    for name, workload in WORKLOADS.items():
        print(f"{name:22} {workload.title}")


def _run(options: argparse.Namespace) -> list[dict]:
    workloads = [find(name) for name in options.workloads or WORKLOADS]
    plan = _plan(options)
    for workload in workloads:
        _require_peers(workload, plan.peers)
    if options.json:
        writable(options.json.absolute().parent)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for workload in workloads:
            rows.append(measure(workload, plan, folder))
            print(table(rows[-1:]), end="\n\n", flush=True)
            _write(options.json, rows)
    return rows


def _plan(options: argparse.Namespace) -> Plan:
    peers = tuple(options.peers.split(","))
    if unknown := [peer for peer in peers if peer not in PEERS]:
        raise InputError(f"There is no peer {unknown[0]!r}; choose from {', '.join(PEERS)}.")
    if options.repeats < 1 or (options.steps is not None and options.steps < 1):
        raise InputError("The numbers of repeats and steps must be at least 1.")
    if options.check_steps < EARLY or options.check_steps % WINDOW:
        raise InputError(
            f"The check has {options.check_steps} steps; give a multiple of {WINDOW}, "
            f"at least {EARLY}."
        )
    return Plan(options.repeats, options.check_steps, peers, options.steps)


def _require_peers(workload: Workload, peers: Sequence[str]) -> None:
    chosen = [peer for peer in peers if peer in workload.peers]
    if not chosen:
        raise InputError(
            f"The workload {workload.name} has none of these peers; choose from "
            f"{', '.join(workload.peers)}."
        )
    # PyTorch is measured for the arithmetic peak, too.
    needed = {module: peer for peer in chosen for module in ("torch", *workload.modules(peer))}
    for module, peer in needed.items():
        if importlib.util.find_spec(module) is None:
            raise InputError(
                f"The peer {peer} needs {module}, which is not installed; install the peers as "
                "benchmarks/README.md says, or choose others with --peers."
            )


def _write(path: Path | None, rows: list[dict]) -> None:
    if path is None:
        return
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
