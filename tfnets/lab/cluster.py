"""Trials on a Dask cluster: no shared disk is needed, and one that is there is used.

A trial's run folder goes to the worker as an archive and comes back as one. Where the worker sees
the folder itself (a shared disk), it works in it, so that its checkpoints outlive it.
"""

import contextlib
import io
import shutil
import socket
import sys
import tarfile
import tempfile
import threading
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from tfnets import startup
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.files import atomic
from tfnets.lab.trial import Work

TOKEN = ".token"
_one_at_a_time = threading.Lock()  # A process has one TensorFlow, with one thread.


@contextlib.contextmanager
def executor(address: str) -> Iterator[Executor]:
    """Connects to a Dask scheduler.

    Raises:
        InputError: `distributed` is not installed, or nothing answers there.
    """
    try:
        import distributed
    except ImportError as error:
        raise InputError(
            "--cluster needs the package distributed: `pip install distributed`."
        ) from error
    try:  # Before there is a client, which would go on trying, and say so.
        place = urllib.parse.urlsplit(address)
        socket.create_connection((place.hostname, place.port), timeout=10).close()
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"No Dask scheduler answers at {address!r}; give --cluster tcp://HOST:PORT of one that "
            "was started with `dask scheduler`, or on this machine with scripts/local_cluster.py."
        ) from error
    with distributed.Client(address, set_as_default=False) as client:
        yield client.get_executor(pure=False)


def given_up() -> tuple[type[Exception], ...]:
    """What a scheduler raises for a task whose workers have died again and again."""
    loaded = sys.modules.get("distributed")
    return (loaded.KilledWorker,) if loaded else ()


def marked(folder: Path) -> str:
    """Leaves a token in a folder, by which a worker knows that it sees the same one."""
    token = uuid.uuid4().hex
    (folder / TOKEN).write_text(token)
    return token


def do(
    perform: Callable[..., None],
    trial: Work,
    folder: Path,
    token: str,
    archive: bytes,
    threads: int,
) -> bytes | None:
    """Does a trial on a worker by `engine.perform`, with so many threads of TensorFlow.

    Its run folder, where the trial was asked for, has the token in its token file, and is handed
    over as an archive. It comes back as one with the results; as None if the worker saw the folder.

    Raises:
        InputError: The worker has other versions of the packages, or as the trial raises it.
    """
    startup.start_worker(threads=threads)
    if trial.store.data_dir and not Path(trial.store.data_dir).exists():
        trial = replace(trial, store=replace(trial.store, data_dir=None))
    with _one_at_a_time:
        if _sees(folder, token):
            perform(trial, folder, _checked(folder), None, _abandoned())
            return None
        with tempfile.TemporaryDirectory() as temporary:
            own = Path(temporary) / "run"
            unpack(archive, own)
            perform(trial, own, _checked(own), None, _abandoned())
            return pack(own)


def pack(folder: Path) -> bytes:
    """Returns a folder's files as an archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder, arcname=".", filter=lambda m: None if m.name.endswith(".lock") else m)
    return buffer.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Writes an archive's files into a folder, never outside of it."""
    with atomic(folder) as temporary, tarfile.open(fileobj=io.BytesIO(archive)) as members:
        members.extractall(temporary, filter="data")
        shutil.rmtree(folder, ignore_errors=True)


def _sees(folder: Path, token: str) -> bool:
    try:
        return (folder / TOKEN).read_text() == token
    except OSError:
        return False


def _checked(folder: Path) -> Config:
    """Config of a trial's run, whose versions this worker must have, too."""
    config = Run.open(folder).config
    here = Config.of(config.study, config.scale, config.seed, {}).versions
    if dict(here) != dict(config.versions):
        raise InputError(
            f"A worker of the cluster has {here}, but the run was started with "
            f"{dict(config.versions)}; install the same versions there."
        )
    return config


def _abandoned() -> Callable[[], bool]:
    """Whether the scheduler has been told that nobody waits for the task of this thread."""
    import distributed

    try:
        worker = distributed.get_worker()
    except ValueError:
        return lambda: False
    task = worker.state.tasks.get(worker.get_current_task())
    return lambda: task is not None and task.state == "cancelled"
