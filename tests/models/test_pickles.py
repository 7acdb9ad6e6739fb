import io
import os
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.models import pickle_bytes as pb
from tfnets.errors import InputError
from tfnets.models.trained import pickled_objects, pickles

RNG = np.random.default_rng(0)
READERS = (pickles.read_torch, pickles.read_pickle, pickles.read_npy)
ARRAYS = {
    "conv.weight": RNG.normal(size=(3, 2, 5, 4)).astype(np.float32),
    "norm.count": np.array(7, np.int64),
    "bytes": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "half": np.array([0.5, -2], np.float16),
    "empty": np.zeros((0, 4)),
}


def wrapped(reader, data):
    """The same pickle in the file that a reader reads."""
    if reader is pickles.read_torch:
        return pb.stream(data, {})
    if reader is pickles.read_npy:
        header = pb.python2_npy({})
        return header[: header.index(b"\n") + 1] + data
    return data


def read(reader, data, folder):
    path = folder / "weights"
    path.write_bytes(data)
    return reader(path)


class Evil:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def same(found, wanted):
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == wanted.dtype.newbyteorder("=")
    assert found.shape == wanted.shape
    assert found.flags.c_contiguous


def test_a_torch_stream_made_by_hand(tmp_path):
    found = read(pickles.read_torch, pb.torch_file(ARRAYS), tmp_path)
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        same(found[name], array)


def test_tensors_can_be_views_of_one_storage(tmp_path):
    array = np.arange(12, dtype=np.float32)
    body = pb.state({
        "transposed": pb.tensor("7", array, shape=(4, 3), strides=(1, 4)),
        "tail": pb.tensor("7", array, offset=10, shape=(2,), strides=(1,)),
        "repeated": pb.tensor("7", array, offset=3, shape=(2, 2), strides=(0, 1)),
    })  # fmt: skip
    found = read(pickles.read_torch, pb.stream(body, {"7": array}), tmp_path)
    same(found["transposed"], array.reshape(3, 4).T)
    same(found["tail"], array[10:])
    same(found["repeated"], array[[[3, 4], [3, 4]]])


@pytest.mark.parametrize(
    "view",
    [
        {"shape": (13,), "strides": (1,)},
        {"offset": 11, "shape": (2,), "strides": (1,)},
        {"shape": (4, 4), "strides": (1, 4)},
        {"offset": -1, "shape": (2,), "strides": (1,)},
        {"offset": 5, "shape": (3,), "strides": (-1,)},
        {"shape": (2**14, 2**15), "strides": (0, 0)},
        {"shape": (2, -1), "strides": (1, 1)},
        {"shape": (2, 2), "strides": (1,)},
    ],
)
def test_tensors_outside_their_storage_are_refused(view, tmp_path):
    array = np.arange(12, dtype=np.float32)
    data = pb.stream(pb.state({"x": pb.tensor("7", array, **view)}), {"7": array})
    with pytest.raises(InputError, match="cannot be read as a file of arrays"):
        read(pickles.read_torch, data, tmp_path)


def test_a_tensor_whose_bytes_never_come_is_refused(tmp_path):
    array = np.arange(3, dtype=np.float32)
    data = pb.stream(pb.state({"x": pb.tensor("7", array)}), {})
    with pytest.raises(InputError, match="a tensor has no values"):
        read(pickles.read_torch, data, tmp_path)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_numpy_s_own_pickles_of_every_protocol(protocol, tmp_path):
    nested = {
        "layer": {"kernel": ARRAYS["conv.weight"], "bias": [ARRAYS["bytes"], 3, "x", None]},
        "big endian": np.arange(3, dtype=">f4"),
        "fortran": np.asfortranarray(RNG.normal(size=(3, 4))),
        "view": RNG.normal(size=(4, 6))[::2, 1::2],
        "truth": np.array([True, False]),
    }
    found = read(pickles.read_pickle, pickle.dumps(nested, protocol), tmp_path)
    assert list(found) == list(nested)
    same(found["layer"]["kernel"], ARRAYS["conv.weight"])
    assert found["layer"]["bias"][1:] == [3, "x", None]
    for name in ("big endian", "fortran", "view", "truth"):
        same(found[name], nested[name])


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(st.sampled_from(["f4", ">f8", "i2", "u8", "?", "f2"]), hnp.array_shapes(min_side=0)),
    st.integers(2, pickle.HIGHEST_PROTOCOL),
    st.booleans(),
)
def test_any_array_comes_back(array, protocol, fortran):
    array = np.asfortranarray(array) if fortran else array
    known = pickles._numpy_globals()
    value = pickles._load(io.BytesIO(pickle.dumps(array, protocol)), known)
    same(pickled_objects.plain(value), array)


PAIRS = {
    "conv1": [RNG.normal(size=(3, 2)).astype(np.float32), np.arange(2, dtype=np.float32)],
    "fc6": [np.arange(256, dtype=np.uint8), np.array([-1.5])],
}


@pytest.mark.parametrize("python", [2, 3])
def test_the_published_npy_layout(python, tmp_path):
    file = io.BytesIO()
    np.save(file, np.array(PAIRS, dtype=object), allow_pickle=True)
    data = file.getvalue() if python == 3 else pb.python2_npy(PAIRS)
    if python == 2:  # What was put together by hand is what NumPy reads.
        theirs = np.load(io.BytesIO(data), allow_pickle=True, encoding="latin1").item()
        same(theirs["conv1"][0], PAIRS["conv1"][0])
    found = read(pickles.read_npy, data, tmp_path)
    assert list(found) == list(PAIRS)
    for name, pair in PAIRS.items():
        assert len(found[name]) == 2
        for a, b in zip(found[name], pair, strict=True):
            same(a, b)


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("reader", READERS)
def test_a_forbidden_global_is_named_and_not_run(reader, protocol, tmp_path):
    mark = tmp_path / "run"
    data = pickle.dumps({"x": Evil(os.system, f"touch {mark}")}, protocol)
    with pytest.raises(InputError, match=r"asks for (posix|nt)\.system, .* it was not run"):
        read(reader, wrapped(reader, data), tmp_path)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (eval, ("1",), "builtins.eval"),
        (getattr, ("x", "upper"), "builtins.getattr"),
        (np.fromfile, ("/etc/hostname",), "numpy.*fromfile"),
        (np.dtype, ("O",), None),
        (np.ndarray, ((2,),), None),
    ],
)
def test_other_names_are_refused_or_do_nothing(function, arguments, name, tmp_path):
    data = pickle.dumps({"x": Evil(function, *arguments)}, 4)
    with pytest.raises(InputError, match=f"asks for {name}" if name else "cannot be read"):
        read(pickles.read_pickle, data, tmp_path)


def test_the_older_opcodes_that_call_are_refused_as_well(tmp_path):
    for body in (b"(S'true'\nios\nsystem\n.", b"(cos\nsystem\nS'true'\no."):
        with pytest.raises(InputError, match=r"asks for os\.system"):
            read(pickles.read_pickle, body, tmp_path)
    with pytest.raises(InputError, match="cannot be read"):  # A number of the extension registry.
        read(pickles.read_pickle, b"\x80\x02\x82\x05.", tmp_path)


@pytest.mark.parametrize(
    "state", [b"}(" + pb.text("_make") + b"Nu", b"N}(" + pb.text("_make") + b"Nu\x86"]
)
def test_a_pickle_cannot_change_what_it_is_given(state, tmp_path):
    data = pb.stream(pb.whole(pb.REBUILD + state + b"b"), {})
    with pytest.raises(InputError, match="it changes a function"):
        read(pickles.read_torch, data, tmp_path)
    assert read(pickles.read_torch, pb.torch_file(ARRAYS), tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_every_truncation_is_one_sentence(reader, tmp_path):
    small = {"a": np.arange(3, dtype=np.float32), "b": np.arange(2, dtype=np.int64)}
    data = {
        pickles.read_torch: pb.torch_file(small),
        pickles.read_pickle: pickle.dumps(small, 4),
        pickles.read_npy: pb.python2_npy({"a": [small["a"], small["b"]]}),
    }[reader]
    assert read(reader, data, tmp_path)
    for end in range(len(data)):
        with pytest.raises(
            InputError, match=r"cannot be read as a file of arrays \(.*published\.$"
        ):
            read(reader, data[:end], tmp_path)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(READERS), st.data())
def test_damaged_files_are_refused_or_read(tmp_path_factory, reader, data):
    small = {"a": np.arange(3, dtype=np.float32)}
    whole = bytearray({
        pickles.read_torch: pb.torch_file(small),
        pickles.read_pickle: pickle.dumps(small, 4),
        pickles.read_npy: pb.python2_npy({"a": [small["a"], small["a"]]}),
    }[reader])  # fmt: skip
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(reader, bytes(whole), tmp_path_factory.getbasetemp())
    except InputError:
        return
    assert isinstance(found, dict)


def forged(shape, dtype=b"U\x02f4"):
    """A pickled array whose shape is not that of its eight bytes."""
    made = pb.python2_array(np.zeros(2, np.float32))
    return made.replace(pb.integers((2,)), pb.integers(shape)).replace(pb.text("f4"), dtype)


@pytest.mark.parametrize(
    "body",
    [
        forged((3,)),
        forged((2**30, 2**30)),
        forged((-2,)),
        forged((2,), b"U\x02V4"),
        forged((2,), b"U\x02O8"),
        forged((2,), b"U\x10f4,(100000,)f8xx"),
        b"}(" + b")" + b"\x85" * 39_000 + b"Nu",  # a dictionary key that is hashed by recursion
        b"\x8e" + b"\xff" * 7 + b"\x7f",
    ],
    ids=range(8),
)
def test_forged_sizes_are_refused_quickly(body, tmp_path):
    data = pb.whole(b"}(" + pb.text("x") + body + b"u")
    with pytest.raises(InputError, match="cannot be read"):
        read(pickles.read_pickle, data, tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b"r\xff\xff\xff\x7f",  # would make the reader allocate two thousand million places
        b")" + b"\x85" * 200_000,
    ],
    ids=["memo", "steps"],
)
def test_more_parts_than_weights_have_are_refused_before_reading(body, tmp_path):
    data = pb.whole(b"}(" + pb.text("x") + body + b"u")
    with pytest.raises(InputError, match="more parts than a file of network weights"):
        read(pickles.read_pickle, data, tmp_path)


def test_the_same_part_named_again_and_again_is_refused(tmp_path):
    level = np.zeros(2, np.float32)
    for _ in range(7):
        level = [level] * 50
    with pytest.raises(InputError, match="too many parts"):
        read(pickles.read_pickle, pickle.dumps({"x": level}, 4), tmp_path)


def test_all_arrays_together_are_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(pickled_objects, "MAX_VALUES", 10)
    one = np.zeros(4)
    assert read(pickles.read_pickle, pickle.dumps({"x": [one] * 2}, 4), tmp_path)
    with pytest.raises(InputError, match="arrays are too large"):
        read(pickles.read_pickle, pickle.dumps({"x": [one] * 3}, 4), tmp_path)


def test_an_array_that_holds_itself_is_refused(tmp_path):
    loop = np.empty((), object)
    loop[()] = {"x": loop}
    with pytest.raises(InputError, match="too many parts, or too deep"):
        read(pickles.read_pickle, pickle.dumps({"x": loop}, 4), tmp_path)


def test_what_is_not_a_dictionary_of_arrays_is_named(tmp_path):
    for reader in (pickles.read_pickle, pickles.read_torch):
        with pytest.raises(InputError, match=r"holds a list; expected a dictionary"):
            read(reader, wrapped(reader, pickle.dumps([1, 2], 2)), tmp_path)
    with pytest.raises(InputError, match="holds a int called 'epoch'; expected arrays only"):
        read(pickles.read_torch, pb.stream(pickle.dumps({"epoch": 3}, 2), {}), tmp_path)
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    with pytest.raises(InputError, match=r"an array of float64 .* not one dictionary"):
        read(pickles.read_npy, file.getvalue(), tmp_path)


def test_files_of_another_kind(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"There is no file .*weights; expected"):
        pickles.read_torch(tmp_path / "weights")
    with pytest.raises(InputError, match="There is no file"):
        pickles.read_npy(tmp_path)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.pkl", b"")
    with pytest.raises(InputError, match="is a zip archive; expected torch's old format"):
        read(pickles.read_torch, file.getvalue(), tmp_path)
    with pytest.raises(InputError, match="does not begin as torch's files do"):
        read(pickles.read_torch, pickle.dumps(1) + pickle.dumps(2), tmp_path)
    monkeypatch.setattr(pickles, "MAX_BYTES", 9)
    with pytest.raises(InputError, match=r"has 10 bytes; .* at most 9 is expected"):
        read(pickles.read_pickle, bytes(10), tmp_path)
