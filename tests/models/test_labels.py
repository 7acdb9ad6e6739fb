import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.labels import label_input, label_planes, require_labels


def planes_model(classes=4, height=3, width=5):
    label, one_hot = label_input(classes)
    return keras.Model(label, label_planes(one_hot, height, width))


def test_the_input_takes_int32_labels_and_gives_float32_one_hot_vectors():
    label, one_hot = label_input(4)
    assert (label.name, label.shape, label.dtype) == ("label", (None,), "int32")
    values = keras.Model(label, one_hot)(np.array([2, 0, 3], np.int32)).numpy()
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, np.eye(4)[[2, 0, 3]])


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6), st.data())
def test_each_plane_is_constant_and_only_the_labels_own_is_1(classes, height, width, data):
    labels = data.draw(st.lists(st.integers(0, classes - 1), min_size=1, max_size=6))
    planes = planes_model(classes, height, width)(np.array(labels, np.int32)).numpy()
    assert planes.shape == (len(labels), height, width, classes)
    for image, label in zip(planes, labels, strict=True):
        for place in range(classes):
            assert (image[:, :, place] == float(place == label)).all()


def test_planes_join_an_images_channels():
    label, one_hot = label_input(3)
    image = keras.Input((4, 6, 1))
    joined = layers.Concatenate()([image, label_planes(one_hot, 4, 6)])
    pixels = np.random.default_rng(0).random((2, 4, 6, 1), np.float32)
    found = keras.Model([image, label], joined)([pixels, np.array([1, 2], np.int32)]).numpy()
    np.testing.assert_array_equal(found[..., 0], pixels[..., 0])
    np.testing.assert_array_equal(found[:, 2, 3, 1:], [[0, 1, 0], [0, 0, 1]])


def test_a_network_of_labels_is_saved_and_loaded_in_safe_mode(tmp_path):
    model, labels = planes_model(), np.array([3, 1], np.int32)
    model.save(tmp_path / "planes.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "planes.keras")(labels), model(labels))


def test_a_network_gives_zeros_for_labels_that_require_labels_refuses():
    outside = np.array([-1, 4], np.int32)
    assert not planes_model()(outside).numpy().any()
    for label in outside:
        with pytest.raises(InputError, match=f"no class {label}; give labels from 0 to 3"):
            require_labels(label, 4)


@pytest.mark.parametrize("labels", [3, [0, 3], np.array([1], np.int64), np.arange(4, dtype="u1")])
def test_labels_in_range_come_back_as_int32(labels):
    found = require_labels(labels, 4)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, np.ravel(labels))


@pytest.mark.parametrize("labels", [[], [[0, 1]], 1.0, ["1"], [True], None])
def test_what_is_no_label_is_refused(labels):
    with pytest.raises(InputError, match="whole numbers from 0 to 3"):
        require_labels(labels, 4)


def test_too_large_for_int32_is_refused_as_itself():
    with pytest.raises(InputError, match=f"no class {2**32}"):
        require_labels([2**32], 4)


def test_no_class_is_refused():
    with pytest.raises(InputError, match="There are 0 classes"):
        label_input(0)
