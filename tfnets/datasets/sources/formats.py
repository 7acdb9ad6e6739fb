"""Files as their authors publish them -> uint8 arrays, and the check against published hashes."""

import gzip
import hashlib
import json
import math
import struct
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from tfnets.datasets.sources.catalog import (
    CIFAR_ARCHIVE,
    CIFAR_TEST,
    CIFAR_TRAIN,
    IDX_FILES,
    DataSet,
)

Arrays = dict[str, np.ndarray]

_CIFAR_IMAGE = (3, 32, 32)
_CIFAR_RECORD = 1 + math.prod(_CIFAR_IMAGE)
# Larger than any file wanted here, so that a forged archive cannot fill the memory.
_MOST_BYTES = 256 * 2**20


def read_capped(file: object, most: int = _MOST_BYTES) -> bytes:
    """Reads a binary file object to its end; ValueError if there are more than `most` bytes."""
    data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"a file is larger than the {most} bytes allowed")
    return data


def parse_idx(data: bytes) -> np.ndarray:
    """Returns the uint8 array in the bytes of an IDX file (LeCun's format, big-endian sizes).

    Raises:
        ValueError: The bytes are not IDX, not uint8, or not as long as the header says.
    """
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise ValueError("not an IDX file of bytes")
    rank = data[3]
    body = data[4 + 4 * rank :]
    shape = struct.unpack_from(f">{rank}I", data.ljust(4 + 4 * rank, b"\0"), 4)
    if len(data) < 4 + 4 * rank or len(body) != math.prod(shape):
        raise ValueError("an IDX file is shorter or longer than its header says")
    return np.frombuffer(body, np.uint8).reshape(shape)


def idx_header(shape: tuple[int, ...]) -> bytes:
    """Returns the header of the IDX file that holds a uint8 array of this shape."""
    return struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape)


def parse_cifar(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Returns images (n, 32, 32, 3) and labels (n,) of CIFAR-10 records; ValueError for parts."""
    records = np.frombuffer(data, np.uint8).reshape(-1, _CIFAR_RECORD)
    planes = records[:, 1:].reshape(-1, *_CIFAR_IMAGE)
    return planes.transpose(0, 2, 3, 1), records[:, 0]


def _read_idx_file(folder: Path, name: str) -> bytes:
    """Reads an IDX file under its official or its dotted name, raw or gzipped."""
    for stem in (name, name.replace("-idx", ".idx")):
        if (folder / stem).is_file():
            return (folder / stem).read_bytes()
        if (folder / f"{stem}.gz").is_file():
            with gzip.open(folder / f"{stem}.gz") as file:
                return read_capped(file)
    raise FileNotFoundError(f"{name} is not there, neither raw nor as .gz")


def _read_idx(folder: Path) -> Arrays:
    return {key: parse_idx(_read_idx_file(folder, name)) for key, name in IDX_FILES.items()}


def _read_cifar_bin(folder: Path) -> Arrays:
    names = [f"{name}.bin" for name in (*CIFAR_TRAIN, CIFAR_TEST)]
    if all((folder / name).is_file() for name in names):
        files = {name: (folder / name).read_bytes() for name in names}
    else:
        files = {}
        with tarfile.open(folder / CIFAR_ARCHIVE, "r:gz") as archive:
            for member in archive:
                if member.isfile() and member.name.endswith(".bin"):
                    files[Path(member.name).name] = read_capped(archive.extractfile(member))
    return _join_cifar([parse_cifar(files[name]) for name in names])


def _read_cifar_png(folder: Path) -> Arrays:
    """Reads six PNGs of one image per row of 1,024 RGB pixels, and two lists of labels."""
    images = []
    for name in (*CIFAR_TRAIN, CIFAR_TEST):
        with Image.open(folder / f"{name}.png") as picture:
            images.append(np.asarray(picture).reshape(-1, 32, 32, 3))
    texts = [(folder / f"{part}_labels.json").read_text() for part in ("train", "test")]
    labels = np.concatenate([np.array(json.loads(text), np.uint8) for text in texts])
    return _join_cifar(list(zip(images, labels.reshape(len(images), -1), strict=True)))


def _join_cifar(batches: list[tuple[np.ndarray, np.ndarray]]) -> Arrays:
    """Joins the five training batches; the last batch is the test set."""
    *train, (x_test, y_test) = batches
    x_train, y_train = (np.concatenate(parts) for parts in zip(*train, strict=True))
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    return {key: np.ascontiguousarray(array) for key, array in arrays.items()}


# Layout -> reader of a folder. A reader raises when a file is missing or malformed.
READERS: Mapping[str, Callable[[Path], Arrays]] = {
    "idx": _read_idx,
    "cifar-bin": _read_cifar_bin,
    "cifar-png": _read_cifar_png,
}


def checksum(array: np.ndarray, layout: str) -> str:
    """Returns the MD5 of an array's canonical bytes: the IDX file, or the array alone."""
    header = idx_header(array.shape) if layout == "idx" else b""
    md5 = hashlib.md5(header, usedforsecurity=False)
    md5.update(np.ascontiguousarray(array))
    return md5.hexdigest()


def check(dataset: DataSet, arrays: Arrays) -> Arrays:
    """Returns `arrays` if each has the published shape, type and hash; else ValueError."""
    for key, wanted in dataset.arrays.items():
        array = arrays[key]
        if array.shape != wanted.shape or array.dtype != np.uint8:
            raise ValueError(f"{key} is {array.dtype} {array.shape}, not uint8 {wanted.shape}")
        if checksum(array, dataset.layout) != wanted.md5:
            raise ValueError(f"{key} has not the published hash")
    return arrays
