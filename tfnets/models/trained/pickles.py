"""Reading arrays out of pickles that others published, without unpickling.

A pickle is a program; Python's own reader runs it. Here every function or class it names is
looked up in a short list and answered by a stand-in that only keeps what it is given
(`tfnets.models.trained.pickled_objects`). A name that is not on the list ends the reading, and
nothing has been run. Three layouts are known: torch's old stream (one file, not a zip archive), a
plain pickle of NumPy arrays, and an `.npy` file that holds one dictionary of arrays, such as the
published `bvlc_alexnet.npy`.
"""

import io
import pickle
import pickletools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tfnets.errors import InputError
from tfnets.models.trained.pickled_objects import Array, Dtype, Maker, Storage, Tensor, plain

MAX_BYTES = 2**30
"""Largest file that is read; AlexNet with its dense layers is 244 MB."""

# Also bounds the depth of nested tuples, which Python hashes by recursion.
_MAX_STEPS = 40_000
_MAX_MEMO = 1_000_000
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
_TORCH_PROTOCOL = 1001
_STORAGES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1",
    "BoolStorage": "|b1",
}  # fmt: skip

Global = tuple[str, str]
"""Module and name."""


def read_torch(path: Path | str) -> dict[str, NDArray]:
    """Reads a `.pth` state dictionary that `torch.save` wrote in its old format.

    Returns:
        Name -> array, in the order of the file, shapes as in torch (out, in, height, width).

    Raises:
        InputError: The file is missing, too large, truncated or a zip archive, it names anything
            but torch's tensors, or it holds something else than named arrays.
    """
    stream = _open(Path(path))
    if stream.getvalue()[:2] == b"PK":
        raise InputError(
            f"{path} is a zip archive; expected torch's old format, which "
            "torch.save(weights, path, _use_new_zipfile_serialization=False) writes."
        )
    return _named_arrays(path, _guarded(path, lambda: _read_torch(stream)))


def read_pickle(path: Path | str) -> dict[str, Any]:
    """Reads a pickled dictionary of NumPy arrays, which may be nested.

    Returns:
        Dictionaries (keys as text) and lists of arrays, numbers and text.

    Raises:
        InputError: As in `read_torch`, but for NumPy's arrays.
    """
    stream = _open(Path(path))
    return _dictionary(path, _guarded(path, lambda: plain(_load(stream, _numpy_globals()))))


def read_npy(path: Path | str) -> dict[str, Any]:
    """Reads an `.npy` file that holds one dictionary of arrays (NumPy's object arrays).

    Files that Python 2 wrote, as `bvlc_alexnet.npy` is, are read alike. Returns as `read_pickle`
    does; for AlexNet layer -> [weights, biases].

    Raises:
        InputError: As in `read_pickle`, or the file is not an `.npy` file with one object.
    """
    stream = _open(Path(path))
    _guarded(path, lambda: _skip_npy_header(stream))
    return _dictionary(path, _guarded(path, lambda: plain(_load(stream, _numpy_globals()))))


def _open(path: Path) -> io.BytesIO:
    if not path.is_file():
        raise InputError(f"There is no file {path}; expected a file of network weights.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputError(
            f"{path} has {size:,} bytes; a file of network weights of at most {MAX_BYTES:,} is "
            "expected."
        )
    return io.BytesIO(path.read_bytes())


def _guarded(path: Path | str, read: Callable[[], Any]) -> Any:
    """Runs a reader; whatever goes wrong in a damaged file becomes one sentence."""
    try:
        return read()
    except _Forbidden as error:
        raise InputError(
            f"{path} asks for {error}, which a file of arrays does not need; it was not run, so "
            "get the file from where it was published."
        ) from error
    except Exception as error:  # Damaged pickles raise nearly every kind.
        reason = " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__
        raise InputError(
            f"{path} cannot be read as a file of arrays ({reason}); get it again from where it was "
            "published."
        ) from error


class _Forbidden(Exception):
    """A pickle names a global that is not on the list."""


class _Reader(pickle.Unpickler):
    """An unpickler that knows a few names, each answered by a stand-in."""

    def __init__(
        self, stream: BinaryIO, known: Mapping[Global, Any], storages: dict[str, Storage]
    ) -> None:
        super().__init__(stream, fix_imports=False, encoding="latin1")
        self._known, self._storages = known, storages

    def find_class(self, module: str, name: str) -> Any:
        """Returns the stand-in of a global, never the global itself."""
        if (module, name) not in self._known:
            raise _Forbidden(f"{module}.{name}")
        return self._known[module, name]

    def persistent_load(self, pid: Any) -> Storage:
        """Returns the storage that a tensor refers to: ('storage', kind, key, where, size)."""
        kind, dtype, key, _, size, *view = pid
        if kind != "storage" or not isinstance(dtype, str) or any(view):
            raise ValueError(f"it refers to a {kind!r} outside")
        return self._storages.setdefault(str(key), Storage(dtype, size))


def _load(
    stream: BinaryIO, known: Mapping[Global, Any], storages: dict[str, Storage] | None = None
) -> Any:
    start = stream.tell()
    _require_modest(stream)
    stream.seek(start)
    return _Reader(stream, known, {} if storages is None else storages).load()


def _require_modest(stream: BinaryIO) -> None:
    """Walks through a pickle without running it, as far as its end."""
    for step, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
        # A memo's number alone makes Python's reader allocate that many places.
        memo = opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and argument > _MAX_MEMO
        if memo or step > _MAX_STEPS:
            raise ValueError("it has more parts than a file of network weights")


def _numpy_globals() -> dict[Global, Any]:
    """Returns what a pickle of arrays may name, in every version of NumPy; fresh stand-ins."""
    make, dtype = Maker(lambda *_: Array()), Maker(Dtype)
    found: dict[Global, Any] = {
        ("numpy", "ndarray"): None,
        ("numpy", "dtype"): dtype,
        # Python 3 so writes bytes, and those of an empty array, in the old protocols.
        ("_codecs", "encode"): Maker(lambda text, _: text.encode("latin1")),
        ("__builtin__", "bytes"): Maker(lambda: b""),
        ("collections", "OrderedDict"): Maker(_Dictionary),
    }
    for package in ("numpy.core", "numpy._core"):
        found[f"{package}.multiarray", "_reconstruct"] = make
        found[f"{package}.numeric", "_frombuffer"] = Maker(Array.from_buffer)
    return found


def _torch_globals() -> dict[Global, Any]:
    """Returns what torch's old stream may name; fresh stand-ins."""
    return {
        ("collections", "OrderedDict"): Maker(_Dictionary),
        ("torch._utils", "_rebuild_tensor_v2"): Maker(Tensor),
        **{("torch", name): dtype for name, dtype in _STORAGES.items()},
    }


class _Dictionary(dict):
    """Stands for an ordered dictionary; what else was set on it is dropped."""

    def __setstate__(self, state: Any) -> None:
        """Drops attributes: torch notes the versions of its layers there."""


def _read_torch(stream: BinaryIO) -> Any:
    known, storages = _torch_globals(), {}
    if (_load(stream, {}), _load(stream, {})) != (_TORCH_MAGIC, _TORCH_PROTOCOL):
        raise ValueError("it does not begin as torch's files do")
    _load(stream, {})  # Facts about the machine that wrote it; torch always writes little-endian.
    value = _load(stream, known, storages)
    for key in _load(stream, {}):
        storage = storages[key]
        if int.from_bytes(_exactly(stream, 8), "little") != storage.size:
            raise ValueError("a storage has another size than announced")
        data = _exactly(stream, storage.size * storage.dtype.itemsize)
        values = np.frombuffer(data, storage.dtype)
        storage.values = values.astype(storage.dtype.newbyteorder("="))
    return plain(value)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ValueError("it ends too early")
    return data


def _skip_npy_header(stream: BinaryIO) -> None:
    version = np.lib.format.read_magic(stream)
    formats = np.lib.format
    headers = {(1, 0): formats.read_array_header_1_0, (2, 0): formats.read_array_header_2_0}
    shape, _, dtype = headers[version](stream)
    if dtype != np.dtype(object) or shape != ():
        raise ValueError(f"it holds an array of {dtype} and shape {shape}, not one dictionary")


def _dictionary(path: Path | str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(
            f"{path} holds a {type(value).__name__}; expected a dictionary of arrays by name."
        )
    return value


def _named_arrays(path: Path | str, value: Any) -> dict[str, NDArray]:
    for name, item in _dictionary(path, value).items():
        if not isinstance(item, np.ndarray):
            raise InputError(
                f"{path} holds a {type(item).__name__} called {name!r}; expected arrays only, as "
                "in a torch state dictionary."
            )
    return value
