import gzip
import json
import tarfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from PIL import Image

from tfnets.datasets.sources import formats
from tfnets.datasets.sources.catalog import CIFAR_TEST, CIFAR_TRAIN

from . import tiny


@given(arrays_of.arrays(np.uint8, arrays_of.array_shapes(max_dims=4, max_side=5)))
def test_idx_round_trip(array):
    data = tiny.idx_bytes(array)
    np.testing.assert_array_equal(formats.parse_idx(data), array)
    assert formats.idx_header(array.shape) + array.tobytes() == data


def test_idx_header_is_that_of_the_published_mnist_files():
    wanted = "00000803 0000ea60 0000001c 0000001c"
    assert formats.idx_header((60000, 28, 28)) == bytes.fromhex(wanted)


@given(st.binary(max_size=40))
def test_parse_idx_returns_an_array_or_raises_value_error(data):
    try:
        array = formats.parse_idx(data)
    except ValueError:
        return
    assert tiny.idx_bytes(array) == data


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: d[:6]])
def test_parse_idx_refuses_a_wrong_length(change):
    with pytest.raises(ValueError, match="shorter or longer"):
        formats.parse_idx(change(tiny.idx_bytes(np.zeros((2, 3), np.uint8))))


def test_parse_idx_refuses_other_types():
    with pytest.raises(ValueError, match="not an IDX file"):
        formats.parse_idx(bytes([0, 0, 0x0D, 1, 0, 0, 0, 0]))


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("dotted", [False, True])
def test_idx_folder_raw_or_gzipped_under_both_spellings(tmp_path, suffix, dotted):
    pack = gzip.compress if suffix else bytes
    contents = {
        (name.replace("-idx", ".idx") if dotted else name) + suffix: pack(data)
        for name, data in tiny.files().items()
    }
    found = formats.READERS["idx"](tiny.place(tmp_path, contents))
    for key, array in tiny.arrays().items():
        np.testing.assert_array_equal(found[key], array)


def test_idx_folder_names_the_missing_file(tmp_path):
    contents = tiny.files()
    del contents["t10k-labels-idx1-ubyte"]
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte"):
        formats.READERS["idx"](tiny.place(tmp_path, contents))


def cifar_batches():
    rng = np.random.default_rng(3)
    return {
        name: (rng.integers(0, 256, (4, 32, 32, 3), np.uint8), rng.integers(0, 10, 4, np.uint8))
        for name in (*CIFAR_TRAIN, CIFAR_TEST)
    }


def cifar_record(image, label):
    red, green, blue = (image[:, :, channel].tobytes() for channel in range(3))
    return bytes([label]) + red + green + blue


def cifar_bin_files():
    return {
        f"{name}.bin": b"".join(map(cifar_record, images, labels))
        for name, (images, labels) in cifar_batches().items()
    }


def assert_is_cifar(found):
    batches = cifar_batches()
    train = [batches[name] for name in CIFAR_TRAIN]
    np.testing.assert_array_equal(found["x_train"], np.concatenate([x for x, _ in train]))
    np.testing.assert_array_equal(found["y_train"], np.concatenate([y for _, y in train]))
    np.testing.assert_array_equal(found["x_test"], batches[CIFAR_TEST][0])
    np.testing.assert_array_equal(found["y_test"], batches[CIFAR_TEST][1])


def test_cifar_bin_files(tmp_path):
    assert_is_cifar(formats.READERS["cifar-bin"](tiny.place(tmp_path, cifar_bin_files())))


def test_cifar_archive(tmp_path):
    inner = tiny.place(tmp_path / "cifar-10-batches-bin", cifar_bin_files())
    (inner / "readme.html").write_text("not a batch")
    with tarfile.open(tmp_path / "cifar-10-binary.tar.gz", "w:gz") as archive:
        archive.add(inner, inner.name)
    assert_is_cifar(formats.READERS["cifar-bin"](tmp_path))


def test_cifar_pngs_of_one_image_per_row(tmp_path):
    batches = cifar_batches()
    for name, (images, _) in batches.items():
        Image.fromarray(images.reshape(4, 1024, 3)).save(tmp_path / f"{name}.png")
    labels = np.concatenate([batches[name][1] for name in CIFAR_TRAIN])
    (tmp_path / "train_labels.json").write_text(json.dumps(labels.tolist()))
    (tmp_path / "test_labels.json").write_text(json.dumps(batches[CIFAR_TEST][1].tolist()))
    assert_is_cifar(formats.READERS["cifar-png"](tmp_path))


def test_parse_cifar_refuses_half_a_record():
    with pytest.raises(ValueError, match="reshape"):
        formats.parse_cifar(bytes(3073 + 1))


def test_check_accepts_the_published_arrays_only():
    good = tiny.arrays()
    assert formats.check(tiny.dataset(), good) is good
    flipped = tiny.arrays()
    flipped["x_test"][2, 3, 4] ^= 1
    with pytest.raises(ValueError, match="x_test has not the published hash"):
        formats.check(tiny.dataset(), flipped)
    with pytest.raises(ValueError, match="x_train is uint8"):
        formats.check(tiny.dataset(), good | {"x_train": good["x_train"][:5]})
    with pytest.raises(ValueError, match="y_test is int8"):
        formats.check(tiny.dataset(), good | {"y_test": good["y_test"].view(np.int8)})


def test_checksum_of_an_array_alone_and_with_header():
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert formats.checksum(array, "cifar-bin") == "d15ae53931880fd7b724dd7888b4b4ed"
    assert formats.checksum(array, "idx") != formats.checksum(array, "cifar-bin")
    assert formats.checksum(array.T.copy().T, "idx") == formats.checksum(array, "idx")


def test_read_capped(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(10))
    with path.open("rb") as file:
        assert formats.read_capped(file, 10) == bytes(10)
    with path.open("rb") as file, pytest.raises(ValueError, match="larger than the 9 bytes"):
        formats.read_capped(file, 9)
