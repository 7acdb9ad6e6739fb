"""Pickles put together by hand, opcode by opcode, as torch and Python 2 wrote them."""

import pickle
import struct

import numpy as np

STORAGES = {
    np.dtype("<f4"): "FloatStorage", np.dtype("<f8"): "DoubleStorage",
    np.dtype("<f2"): "HalfStorage", np.dtype("<i8"): "LongStorage", np.dtype("<u1"): "ByteStorage",
}  # fmt: skip


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def integer(value):
    return b"J" + struct.pack("<i", value)


def named(module, name):
    return f"c{module}\n{name}\n".encode()


def tuple_of(*items):
    return b"(" + b"".join(items) + b"t"


def integers(values):
    return tuple_of(*map(integer, values))


def called(function, *arguments):
    return function + tuple_of(*arguments) + b"R"


def whole(body):
    return b"\x80\x02" + body + b"."


ORDERED = called(named("collections", "OrderedDict"))
REBUILD = named("torch._utils", "_rebuild_tensor_v2")


def storage(key, kind, size):
    place = (text("storage"), named("torch", kind), text(key), text("cpu"), integer(size), b"N")
    return tuple_of(*place) + b"Q"


def tensor(key, array, *, offset=0, shape=None, strides=None, size=None):
    shape = array.shape if shape is None else shape
    if strides is None:
        strides = [step // array.itemsize for step in np.empty(shape, array.dtype).strides]
    size = array.size if size is None else size
    kind = storage(key, STORAGES[array.dtype], size)
    return called(
        REBUILD, kind, integer(offset), integers(shape), integers(strides), b"\x89", ORDERED
    )


def state(items):
    """An ordered dictionary of name -> opcodes, with the attribute that torch sets on it."""
    pairs = b"".join(text(name) + value for name, value in items.items())
    return whole(ORDERED + b"(" + pairs + b"u" + b"}(" + text("_metadata") + ORDERED + b"ub")


def stream(body, arrays):
    """Torch's old format: three small pickles, the object, the keys, and each storage's bytes."""
    head = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    parts = [pickle.dumps(item, protocol=2) for item in head]
    parts += [body, pickle.dumps(list(arrays), protocol=2)]
    for array in arrays.values():
        parts += [struct.pack("<q", array.size), array.tobytes()]
    return b"".join(parts)


def torch_file(arrays):
    keys = {name: str(1000 + place) for place, name in enumerate(arrays)}
    body = state({name: tensor(keys[name], array) for name, array in arrays.items()})
    return stream(body, {keys[name]: array for name, array in arrays.items()})


def python2_array(array):
    """An array as Python 2 pickled it: its bytes are a text of one byte per character."""
    dtype = called(named("numpy", "dtype"), text(array.dtype.str[1:]), integer(0), integer(1))
    dtype += tuple_of(integer(3), text("<"), b"N", b"N", b"N", integer(-1), integer(-1), integer(0))
    made = called(
        named("numpy.core.multiarray", "_reconstruct"),
        named("numpy", "ndarray"), integers((0,)), b"U\x01b",
    )  # fmt: skip
    data = array.tobytes()
    raw = b"T" + struct.pack("<i", len(data)) + data
    return made + tuple_of(integer(1), integers(array.shape), dtype + b"b", b"\x89", raw) + b"b"


def python2_npy(pairs):
    """`np.save` of one dictionary of lists of arrays, by Python 2."""
    items = b"".join(
        b"U"
        + bytes([len(name)])
        + name.encode()
        + b"]("
        + b"".join(map(python2_array, pair))
        + b"e"
        for name, pair in pairs.items()
    )
    one = python2_array(np.zeros((), np.float32))
    # The outer array: of objects, without axes; its data is a list of the one dictionary.
    dtype = called(named("numpy", "dtype"), b"U\x02O8", integer(0), integer(1))
    dtype += tuple_of(
        integer(3), text("|"), b"N", b"N", b"N", integer(-1), integer(-1), integer(63)
    )
    outer = one[: one.index(b"R") + 1]
    body = outer + tuple_of(
        integer(1), b")", dtype + b"b", b"\x89", b"](" + b"}(" + items + b"u" + b"e"
    )  # fmt: skip
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (), }"
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + whole(body + b"b")
