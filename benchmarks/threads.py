"""How many threads a library may use for its arithmetic."""

import os


def set_threads(library: str, threads: int) -> None:
    """Limits a library's threads. To be called before anything is computed.

    Args:
        library: `tensorflow` or `torch`.
        threads: Threads for the operations of one step; 0 leaves the library's own choice.
    """
    if library == "torch":
        import torch

        if threads:
            torch.set_num_threads(threads)
        return
    from tfnets.startup import start_worker

    # With all cores TensorFlow's own way is the best one; fewer are what the package gives workers.
    if threads not in (0, os.cpu_count()):
        start_worker(threads=threads)
