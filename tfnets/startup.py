"""Starting TensorFlow without its chatter, in a command and in worker processes."""

import importlib
import logging
import os
import signal
import sys
from pathlib import Path


def quiet() -> None:
    """Keeps TensorFlow's start-up chatter off the terminal; our own log lines stay."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.basicConfig(format="%(message)s")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def import_tensorflow() -> None:
    """Imports TensorFlow without the lines it prints whatever the log level.

    They come from C++ and know no Python stream (tensorflow#100442), so the file descriptor is
    turned away for the time of the import. An import that fails still raises.

    A GPU's memory is taken as it is needed, unless the environment says otherwise, because the
    command shares it with its worker processes.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
            importlib.import_module("tensorflow")
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def start_worker(threads: int) -> None:
    """Prepares a worker process: quiet, and TensorFlow with a share of the processor's threads.

    A terminal sends Ctrl-C to the workers, too. They leave it to the command, which ends them.

    Args:
        threads: Threads for the operations of one step.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet()
    import_tensorflow()
    threading = sys.modules["tensorflow"].config.threading
    threading.set_intra_op_parallelism_threads(threads)
    threading.set_inter_op_parallelism_threads(1)
