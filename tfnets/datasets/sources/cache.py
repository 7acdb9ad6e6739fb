"""The data cache: one folder per data set, one `.npy` file per array, checked at each reading."""

import logging
import os
from pathlib import Path

import filelock
import numpy as np

from tfnets import files
from tfnets.datasets.sources import formats
from tfnets.datasets.sources.catalog import DataSet
from tfnets.datasets.sources.formats import Arrays
from tfnets.schema import read_array

LOGGER = logging.getLogger("tfnets.datasets")


def folder(data_dir: Path | str | None = None) -> Path:
    """Returns the cache folder, which need not exist.

    It is `data_dir`; else the environment's `TFNETS_DATA_DIR`; `$XDG_CACHE_HOME/tfnets`; or
    `~/.cache/tfnets`.
    """
    if chosen := data_dir or os.environ.get("TFNETS_DATA_DIR"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "tfnets"


def lock(name: str, root: Path) -> filelock.BaseFileLock:
    """Returns the lock that lets one process at a time fetch `name`; `root` must be writable."""
    return filelock.FileLock(files.writable(root) / f"{name}.lock")


def read(dataset: DataSet, root: Path) -> Arrays | None:
    """Returns the cached arrays, or None when they are missing or not as published."""
    paths = _paths(dataset, root)
    if not all(path.is_file() for path in paths.values()):
        return None
    try:
        return formats.check(dataset, {key: read_array(path) for key, path in paths.items()})
    except (OSError, ValueError, EOFError) as error:
        LOGGER.info("The cached copy of %s cannot be used: %s.", dataset.title, error)
        return None


def discard(dataset: DataSet, root: Path) -> None:
    """Throws away what is left of a damaged entry, with one line in the log if there is any."""
    left = [path for path in _paths(dataset, root).values() if path.exists()]
    if left:
        text = "The cached copy of %s in %s is damaged; it is thrown away and fetched again."
        LOGGER.warning(text, dataset.title, left[0].parent)
    for path in left:
        path.unlink()


def write(dataset: DataSet, root: Path, arrays: Arrays) -> None:
    """Stores the arrays, each file whole or not at all."""
    for key, path in _paths(dataset, root).items():
        with files.atomic(path) as temporary:
            np.save(temporary, arrays[key], allow_pickle=False)


def _paths(dataset: DataSet, root: Path) -> dict[str, Path]:
    return {key: root / dataset.name / f"{key}.npy" for key in dataset.arrays}
