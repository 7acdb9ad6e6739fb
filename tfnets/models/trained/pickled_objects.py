"""Stand-ins for what a pickle of arrays may name: they hold the pickled facts and do nothing else.

A pickle asks for functions and classes by name and calls them. The reader in
`tfnets.models.trained.pickles` answers with these objects instead of the real ones, so that reading
a pickle never runs code of NumPy, torch or anybody else. `plain` turns them into NumPy arrays
afterwards, checking every size against the bytes that are there.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_VALUES = 2**28
"""Largest number of values in a file; AlexNet has 61 million."""

MAX_PARTS = 100_000
"""Largest number of dictionaries, lists, arrays and other values."""

MAX_DEPTH = 8
"""Deepest nesting of dictionaries and lists."""

_DTYPES = frozenset({
    "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1",
})  # fmt: skip


class Maker:
    """What a pickle gets for a global: it can be called, and cannot be changed."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., Any]) -> None:
        object.__setattr__(self, "_make", make)

    def __call__(self, *args: Any) -> Any:
        """Returns the stand-in for what the real function would make."""
        return self._make(*args)

    def __setattr__(self, name: str, value: Any) -> None:
        raise ValueError("it changes a function")

    def __setstate__(self, state: Any) -> None:
        """Refuses to be changed: pickle's BUILD calls this."""
        raise ValueError("it changes a function")


class Dtype:
    """`numpy.dtype(code, align, copy)` and the byte order that is set afterwards."""

    __slots__ = ("_code", "_order")

    def __init__(self, code: str, *_: Any) -> None:
        self._code, self._order = code, "="

    def __setstate__(self, state: tuple) -> None:
        """Takes the byte order out of NumPy's state (version, order, ...)."""
        self._order = {"<": "<", ">": ">", "|": "=", "=": "="}[state[1]]

    @property
    def holds_objects(self) -> bool:
        """Whether the array's values are Python objects."""
        return self._code.startswith("O")

    def numpy(self) -> np.dtype:
        """Returns the real dtype: a plain number.

        Raises:
            ValueError: It is of another kind.
        """
        if self._code not in _DTYPES:
            raise ValueError(f"it has an array of {self._code!r}")
        return np.dtype(self._code).newbyteorder(self._order)


class Array:
    """`numpy.ndarray`: shape, dtype and either raw bytes or a list of objects."""

    __slots__ = ("_data", "_dtype", "_fortran", "shape")

    def __init__(self, *_: Any) -> None:
        self.shape, self._dtype, self._fortran, self._data = (), None, False, b""

    def __setstate__(self, state: tuple) -> None:
        """Takes NumPy's state (version, shape, dtype, Fortran order, data)."""
        _, self.shape, self._dtype, self._fortran, self._data = state

    @classmethod
    def from_buffer(cls, data: Any, dtype: Dtype, shape: tuple, order: str) -> "Array":
        """Stands for `numpy._core.numeric._frombuffer`, which newer pickles use."""
        array = cls()
        array.__setstate__((1, shape, dtype, order == "F", data))
        return array

    @property
    def objects(self) -> list | None:
        """The list of an array of objects, else None."""
        return self._data if self._dtype.holds_objects and isinstance(self._data, list) else None

    def numpy(self) -> NDArray:
        """Returns the real array, in C order and the machine's byte order.

        Raises:
            ValueError: The bytes are not those of that shape and dtype.
        """
        # Python 2 wrote bytes as text; it was read as latin-1, which keeps every byte.
        data = self._data.encode("latin1") if isinstance(self._data, str) else self._data
        dtype = self._dtype.numpy()
        if _count(self.shape) * dtype.itemsize != len(data):
            raise ValueError(f"an array of shape {self.shape} has {len(data)} bytes")
        flat = np.frombuffer(data, dtype).astype(dtype.newbyteorder("="))
        return flat.reshape(self.shape, order="F" if self._fortran else "C").copy("C")


class Storage:
    """One of torch's storages: a flat array, whose bytes come after the pickle."""

    __slots__ = ("dtype", "size", "values")

    def __init__(self, dtype: str, size: int) -> None:
        self.dtype, self.size, self.values = np.dtype(dtype), _count((size,)), None


class Tensor:
    """`torch._utils._rebuild_tensor_v2`: a view of a storage."""

    __slots__ = ("_offset", "_storage", "_strides", "shape")

    def __init__(
        self, storage: Storage, offset: int, shape: tuple, strides: tuple, *_: Any
    ) -> None:
        self._storage, self._offset, self.shape, self._strides = storage, offset, shape, strides

    def numpy(self) -> NDArray:
        """Returns the tensor as an array in C order.

        Raises:
            ValueError: It reaches beyond its storage, or its storage's bytes never came.
        """
        values = self._storage.values
        if values is None or min(self._strides, default=0) < 0 or self._offset < 0:
            raise ValueError("a tensor has no values")
        last = self._offset
        if _count(self.shape):
            steps = zip(self.shape, self._strides, strict=True)
            last += sum((size - 1) * stride for size, stride in steps)
        if last >= len(values) and _count(self.shape):
            raise ValueError("a tensor is larger than its storage")
        strides = tuple(stride * values.itemsize for stride in self._strides)
        view = np.lib.stride_tricks.as_strided(values[self._offset :], self.shape, strides)
        return np.array(view, order="C")


def plain(value: Any) -> Any:
    """Turns stand-ins into arrays, through dictionaries, lists and tuples.

    What was unpickled keeps its structure of dict, list, str, numbers and `numpy.ndarray`; an array
    of objects becomes a list, or its one object if it has no axes.

    Raises:
        ValueError: An array does not fit its bytes, all together have more than `MAX_VALUES`
            values, or something else is in the pickle.
    """
    return _Conversion().plain(value, 0)


class _Conversion:
    """Counts all there is, because a pickle can name the same part any number of times."""

    def __init__(self) -> None:
        self._left, self._parts = MAX_VALUES, MAX_PARTS

    def plain(self, value: Any, depth: int) -> Any:
        self._parts -= 1
        if depth > MAX_DEPTH or self._parts < 0:
            raise ValueError("it has too many parts, or too deep ones")
        if isinstance(value, dict):
            return {str(key): self.plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(item, depth + 1) for item in value]
        if isinstance(value, Array) and value.objects is not None:
            items = self.plain(value.objects, depth + 1)
            return items[0] if value.shape == () and len(items) == 1 else items
        if isinstance(value, Array | Tensor):
            self._left -= _count(value.shape)
            if self._left < 0:
                raise ValueError("its arrays are too large")
            return value.numpy()
        if value is None or isinstance(value, str | bytes | int | float):
            return value
        raise ValueError(f"it holds a {type(value).__name__}")


def _count(shape: tuple) -> int:
    if not all(isinstance(size, int) and size >= 0 for size in shape):
        raise ValueError(f"an array has the shape {shape}")
    count = math.prod(shape)
    if count > MAX_VALUES or len(shape) > 8:
        raise ValueError(f"an array of shape {shape} is too large")
    return count
