"""A small program around TFDS's downloader, run as a subprocess by `official`.

    python -m tfnets.datasets.sources.official_program check NAME
    python -m tfnets.datasets.sources.official_program download NAME FOLDER

TFDS knows the official addresses and their SHA-256. Only its downloads are used, not its prepared
data, because those come in another order than the official files. It retries a dead connection
for many minutes and writes to the terminal, hence the subprocess and the check beforehand.
"""

import importlib.resources.abc
import sys
import urllib.request
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

_CONNECT_LIMIT = 4.0


def _tfds() -> ModuleType:
    """Imports TFDS."""
    # TFDS 4.9.10 imports importlib_resources without requiring it (tensorflow/datasets#11212);
    # the standard library's module has the same names. Only this subprocess sees the stand-in.
    try:
        import importlib_resources  # noqa: F401
    except ImportError:
        sys.modules["importlib_resources"] = importlib.resources
    import tensorflow_datasets

    return tensorflow_datasets


def _urls(name: str) -> list[str]:
    """Returns the official addresses that TFDS has on record for a data set."""
    return list(_tfds().builder_cls(name).url_infos)


def _check(name: str) -> None:
    """Exits with one line unless the first bytes of an official file come at once."""
    url = _urls(name)[0]
    try:
        with urllib.request.urlopen(url, timeout=_CONNECT_LIMIT) as answer:
            answer.read(1)
    except OSError as error:
        sys.exit(f"no connection to {urlsplit(url).hostname}: {getattr(error, 'reason', error)}")


def _download(name: str, folder: Path) -> None:
    """Downloads each official file, checked by TFDS, and gives it its official name."""
    manager = _tfds().download.DownloadManager(
        download_dir=folder / "tfds", force_checksums_validation=True
    )
    paths = manager.download({url.rpartition("/")[2]: url for url in _urls(name)})
    for official, path in paths.items():
        Path(path).replace(folder / official)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["check", name]:
            _check(name)
        case ["download", name, folder]:
            _download(name, Path(folder))
        case _:
            sys.exit(
                "usage: python -m tfnets.datasets.sources.official_program "
                "check NAME | download NAME DIR"
            )
