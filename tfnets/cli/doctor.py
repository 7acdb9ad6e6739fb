"""`tfnets doctor`: what this installation is, what is wrong with it, and how to mend that."""

import argparse
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import tfnets
from tfnets import startup
from tfnets.cli.options import Commands, add_data_dir, command

_ROOM = 2**30
"""Bytes of disk and of memory below which runs may fail."""
_MEMORY = Path("/proc/meminfo")
Row = tuple[str, object, str]
"""What is looked at, what it is, and what is wrong with it or nothing."""


def add(commands: Commands) -> None:
    """Adds the command."""
    text = (
        "Show versions, threads, places, space and memory, and check the cache: what a report of a "
        "fault needs. Ends with 1 if something is wrong."
    )
    add_data_dir(command(commands, "doctor", text, _doctor))


def _doctor(options: argparse.Namespace) -> int:
    found = []
    for name, value, wrong in _rows(options.data_dir):
        print(f"{name:18} {value}")
        found += [wrong] if wrong else []
    print(*found or ["Nothing is wrong."], sep="\n")
    return int(bool(found))


def _rows(data_dir: Path | None) -> Iterator[Row]:
    from tfnets.datasets.sources import cache

    yield "system", f"{platform.platform()}, {os.cpu_count()} processor threads", ""
    yield "python", platform.python_version(), ""
    yield "tfnets", f"{tfnets.__version__} in {Path(tfnets.__file__).parent}", ""
    yield from _tensorflow()
    root = cache.folder(data_dir)
    there = next(place for place in (root, *root.absolute().parents) if place.is_dir())
    mend = "set TFNETS_DATA_DIR to a folder that you can write."
    wrong = "" if os.access(there, os.W_OK) else f"The cache {root} cannot be written; {mend}"
    yield "cache", root, wrong
    yield _room("free space", shutil.disk_usage(there).free)
    if _MEMORY.exists():
        sizes = dict(line.split(":") for line in _MEMORY.read_text(encoding="ascii").splitlines())
        yield _room("free memory", 1024 * int(sizes["MemAvailable"].split()[0]))
    yield from _cached(root)


def _tensorflow() -> Iterator[Row]:
    try:
        startup.import_tensorflow()
        import keras
        import numpy as np
        import tensorflow as tf

        from tfnets.artifacts import reference
    except Exception as error:  # An installation can be broken in any way.
        yield "tensorflow", type(error).__name__, f"TensorFlow fails ({error}); install it again."
        return
    yield "tensorflow", f"{tf.__version__}, threads: {startup.threads()}", ""
    other = keras.backend.backend() != "tensorflow"
    yield "keras", keras.__version__, "Set KERAS_BACKEND to tensorflow." if other else ""
    yield "numpy", np.__version__, ""
    lost = "" if reference.FOLDER.is_dir() else "The models of tfnets are gone; install it again."
    yield "reference models", reference.FOLDER, lost


def _room(name: str, free: int) -> Row:
    wrong = f"There is less than 1 GiB of {name}; make room." if free < _ROOM else ""
    return name, f"{free / 2**30:.1f} GiB", wrong


def _cached(root: Path) -> Iterator[Row]:
    """What the cache holds, against the published hashes."""
    from tfnets import datasets
    from tfnets.datasets.sources import assets
    from tfnets.datasets.sources.asset_catalog import ASSETS

    places = [(row, root / row.name) for row in datasets.status(root)]
    places += [(row, root / assets.FOLDER / ASSETS[row.name].file) for row in assets.status(root)]
    for row, place in places:
        if row.cached:
            yield row.name, "cached as published", ""
        elif any(place.glob("*.npy")) or place.is_file():
            again = f"`tfnets data get {row.name}` fetches it again"
            yield row.name, "damaged", f"{place} is not as published; {again}."
