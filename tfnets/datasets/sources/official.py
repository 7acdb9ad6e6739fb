"""The official files by way of TFDS, which runs as a subprocess."""

import os
import sys
from pathlib import Path

from tfnets.datasets.sources import commands
from tfnets.datasets.sources.catalog import DataSet
from tfnets.datasets.sources.mirrors import time_limit

_CHECK_LIMIT = 20.0
_PACKAGE_PARENT = Path(__file__).parents[3]


def collect(dataset: DataSet, folder: Path) -> Path:
    """Downloads a data set's official files into an empty folder; SourceError if that fails."""
    _program(["check", dataset.name], folder, _CHECK_LIMIT)
    _program(["download", dataset.name, str(folder)], folder, time_limit(dataset.megabytes))
    return folder


def _program(arguments: list[str], folder: Path, limit: float) -> None:
    """Runs `official_program`, with our package on its path wherever it starts."""
    paths = filter(None, [str(_PACKAGE_PARENT), os.environ.get("PYTHONPATH")])
    own = {"PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-W", "ignore", "-m", "tfnets.datasets.sources.official_program"]
    environment = {**os.environ, **own}
    commands.run([*command, *arguments], folder=folder, limit=limit, environment=environment)
