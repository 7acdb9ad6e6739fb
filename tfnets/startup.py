"""Starting TensorFlow without its chatter and with one thread, in a command and in workers.

One thread is the unit of the promise "the same seed gives the same bytes": sums in several threads
have other last bits on other numbers of cores. What has many parts gets its speed from processes.
"""

import contextlib
import gc
import importlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from threadpoolctl import threadpool_limits

_KEPT = int(2e9)  # Bytes by which a worker may grow.
_PRODUCTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def environment(threads: int = 1) -> dict[str, str]:
    """Returns the environment in which NumPy's products use so many threads."""
    return dict.fromkeys(_PRODUCTS, str(threads))


def quiet() -> None:
    """Keeps TensorFlow's start-up chatter off the terminal; our own log lines stay."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.basicConfig(format="%(message)s")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("PIL").setLevel(logging.CRITICAL)  # What it says of a bad file is said once.


def import_tensorflow(threads: int = 1) -> None:
    """Imports TensorFlow with so many threads, and without the lines it prints at any log level.

    They come from C++ and know no Python stream (tensorflow#100442), so the file descriptor is
    turned away for the time of the import. An import that fails still raises.

    A GPU's memory is taken as it is needed, unless the environment says otherwise, because the
    command shares it with its worker processes.

    Where TensorFlow is imported already, by a notebook for instance, it keeps its threads and
    settings; trainers of two networks ask for the order of reads and writes themselves.

    Args:
        threads: Threads for the operations of one step.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.update(environment(threads))
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
            importlib.import_module("tensorflow")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    gc.freeze()  # The collection after each trial need not look at all of TensorFlow again.
    _set_threads(threads)


@contextlib.contextmanager
def freed() -> Iterator[None]:
    """Frees the compiled programs of what is trained within.

    A trainer and its programs hold each other, and TensorFlow never forgets a custom gradient
    (tensorflow#27492): each trace of a Keras optimiser makes one, which holds the whole graph.
    """
    ops = importlib.import_module("tensorflow.python.framework.ops")
    gradients = ops.gradient_registry._registry
    before = set(gradients)
    try:
        yield
    finally:
        for name in gradients.keys() - before:
            if name.startswith("CustomGradient-"):
                del gradients[name]
        gc.collect()


def keep_order() -> None:
    """Keeps compiled programs from reading a weight while it is written.

    TensorFlow's dependency optimiser drops the edge between the read of the last hidden bias and
    Adam's write to it where a penalty on the slope differentiates twice (seen in 2.21). Whether the
    old bias or the new one was read then depended on the moment: one run of R1 in about a hundred
    had other numbers. Without that optimiser, programs are as fast.
    """
    options = importlib.import_module("tensorflow").config.optimizer
    options.set_experimental_options({"dependency_optimization": False})


def threads() -> int | None:
    """Threads for the operations of one step in this process; None where the machine decides."""
    chosen = importlib.import_module("tensorflow").config.threading
    if chosen.get_inter_op_parallelism_threads() != 1:
        return None
    return chosen.get_intra_op_parallelism_threads() or None


def start_worker(owner: int | None = None, threads: int = 1) -> None:
    """Prepares a worker process: quiet, and TensorFlow with its threads.

    A terminal sends Ctrl-C to the workers, too. They leave it to the command, which ends them.

    Args:
        owner: Process without which this one has no use; it ends with it. None: it stays.
        threads: Threads for the operations of one step.
    """
    if owner is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with, args=(owner,), daemon=True).start()
    quiet()
    import_tensorflow(threads)
    _set_threads(threads)  # What was sent here may have imported it before.
    # What a worker keeps for its next trials, data sets for instance, is no leak; from 0.3 GB on it
    # would be ended, and in a parent that makes errors of warnings nobody would begin another.
    importlib.import_module("joblib.externals.loky.process_executor")._MAX_MEMORY_LEAK_SIZE = _KEPT


def _set_threads(threads: int) -> None:
    os.environ.update(environment(threads))
    threadpool_limits(threads)  # Libraries that are loaded read the environment no more.
    chosen = sys.modules["tensorflow"].config.threading
    chosen.set_intra_op_parallelism_threads(threads)
    chosen.set_inter_op_parallelism_threads(1)
    keep_order()


def _end_with(owner: int) -> None:
    while owner in (os.getpid(), os.getppid()):
        time.sleep(0.5)
    os._exit(1)  # Nobody waits for an answer any more, and a run folder bears a sudden end.
