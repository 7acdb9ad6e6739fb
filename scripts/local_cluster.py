"""A Dask scheduler and its workers on this machine, for `--cluster`.

    python scripts/local_cluster.py [--workers N] [--port PORT]

Prints the address that `tfnets run STUDY --cluster ADDRESS` takes, and works until Ctrl-C. Only
this machine can connect. docs/cluster.md says how it is done on several machines.
"""

import argparse
import os
import signal
import threading

CALM = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.worker.memory.monitor-interval": "2s",
    "distributed.nanny.pre-spawn-environ": {},
}
"""Dask looks at its workers up to a hundred times a second, and has them give memory back to the
system as soon as it is free, which slows their trainings."""


def main() -> int:
    """Starts the cluster and waits for Ctrl-C or the end of the process that started it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="default: one per core")
    parser.add_argument(
        "--port", type=int, default=0, help="of the scheduler (default: a free one)"
    )
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers is {options.workers}; give a number of at least 1")
    import dask
    import distributed

    dask.config.set(CALM)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with distributed.LocalCluster(
        n_workers=options.workers, threads_per_worker=1, host="127.0.0.1",
        scheduler_port=options.port, dashboard_address=None, silence_logs="ERROR",
    ) as cluster:  # fmt: skip
        print(cluster.scheduler_address, flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
