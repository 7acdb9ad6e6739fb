import json
import re
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import pickle_bytes as pb
from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.trained import pickles
from tfnets.models.trained.alexnet import (
    CONVOLUTIONS,
    alexnet,
    alexnet_features,
    import_alexnet,
    import_features,
)
from tfnets.tracing.receptive_field import field, unit_box
from tfnets.tracing.regions import Box
from tfnets.tracing.rules import RULES, Rule
from tfnets.tracing.tracing import trace

RNG = np.random.default_rng(0)
UNITS, CLASSES = 20, 7
IMAGES = RNG.random((2, 227, 227, 3), np.float32)
INPUTS = {"conv1": 3, "conv2": 48, "conv3": 256, "conv4": 192, "conv5": 192}
"""Channels that one filter reads: two convolutions' channels divided by two groups."""


@pytest.fixture(scope="module")
def published():
    """Random weights in the published layout, scaled so that values stay near 1."""

    def pair(*shape):
        scale = float(np.sqrt(2 / np.prod(shape[:-1])))
        kernel = scale * RNG.standard_normal(shape, np.float32)
        return [kernel, RNG.normal(0, 0.1, shape[-1]).astype(np.float32)]

    weights = {
        name: pair(size, size, INPUTS[name], channels)
        for name, (size, channels, _) in CONVOLUTIONS.items()
    }
    weights["conv1"][0] /= 60  # pixels go up to 255
    dense = {"fc6": (6 * 6 * 256, UNITS), "fc7": (UNITS, UNITS), "fc8": (UNITS, CLASSES)}
    return weights | {name: pair(*shape) for name, shape in dense.items()}


@pytest.fixture(scope="module")
def model(published):
    return import_alexnet(published)


def part(model, start, end):
    """The layers between two, as a function of arrays."""
    return keras.Model(model.get_layer(start).output, model.get_layer(end).output)


def toronto(weights, images, padding):
    """The published forward script, in TensorFlow's own functions and on 0 to 255, BGR."""
    x = 255 * images[..., ::-1] - np.array([104.00698793, 116.66876762, 122.67891434], np.float32)

    def conv(x, name, stride=1, padding="SAME"):
        kernel, bias = weights[name]
        groups = CONVOLUTIONS[name][2]
        pairs = zip(tf.split(x, groups, 3), tf.split(kernel, groups, 3), strict=True)
        parts = [tf.nn.conv2d(a, k, stride, padding) for a, k in pairs]
        return tf.nn.relu(tf.concat(parts, 3) + bias)

    def norm(x):
        return tf.nn.local_response_normalization(x, 2, bias=1.0, alpha=2e-5, beta=0.75)

    def pool(x):
        return tf.nn.max_pool(x, 3, 2, "VALID")

    x = pool(norm(conv(x, "conv1", 4, padding)))
    x = pool(norm(conv(x, "conv2")))
    x = pool(conv(conv(conv(x, "conv3"), "conv4"), "conv5"))
    x = tf.reshape(x, (len(images), -1))
    for name in ("fc6", "fc7"):
        x = tf.nn.relu(x @ weights[name][0] + weights[name][1])
    return (x @ weights["fc8"][0] + weights["fc8"][1]).numpy()


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_published_layout_gives_the_published_network(published, padding):
    wanted = toronto(published, IMAGES, padding.upper())
    found = import_alexnet(published, padding)(IMAGES).numpy()
    assert np.abs(wanted).max() > 0.3
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_a_file_in_the_published_layout(published, model, tmp_path):
    file = tmp_path / "bvlc_alexnet.npy"
    file.write_bytes(pb.python2_npy(published))
    found = import_alexnet(pickles.read_npy(file))
    np.testing.assert_array_equal(found(IMAGES), model(IMAGES))


@pytest.mark.parametrize(("name", "before"), [("conv2", "pool1"), ("conv4", "conv3_relu")])
def test_groups_are_one_convolution_with_a_block_diagonal_kernel(model, published, name, before):
    inputs, outputs = INPUTS[name], CONVOLUTIONS[name][1] // 2
    kernel, bias = published[name]
    full = np.zeros((*kernel.shape[:2], 2 * inputs, 2 * outputs), np.float32)
    full[:, :, :inputs, :outputs] = kernel[..., :outputs]
    full[:, :, inputs:, outputs:] = kernel[..., outputs:]
    x = RNG.normal(size=(2, *model.get_layer(before).output.shape[1:])).astype(np.float32)
    wanted = tf.nn.conv2d(x, full, 1, "SAME") + bias
    np.testing.assert_allclose(part(model, before, name)(x), wanted, rtol=1e-4, atol=1e-4)


def test_local_response_normalisation_is_the_formula(model):
    x = 100 * RNG.normal(size=(1, 27, 27, 256)).astype(np.float32)
    wanted = np.empty_like(x)
    for channel in range(256):
        near = x[..., max(0, channel - 2) : channel + 3].astype(np.float64)
        wanted[..., channel] = x[..., channel] / (1 + 2e-5 * (near**2).sum(axis=-1)) ** 0.75
    found = part(model, "conv2_relu", "norm2")(x).numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)
    assert np.abs(found / x).min() < 0.5  # it does something


def test_planes_and_names(model):
    planes = {"conv1": 55, "pool1": 27, "conv2": 27, "pool2": 13, "conv5": 13, "pool5": 6}
    for name, edge in planes.items():
        assert model.get_layer(name).output.shape[1:3] == (edge, edge)
    graph = trace(model)
    wanted = [*CONVOLUTIONS, "norm1", "norm2", "fc6", "fc7", "fc8", "conv2_relu", "fc7_relu"]
    assert set(wanted) <= set(graph.names)
    other = alexnet(1, units=2, classes=2)
    names = [step.name for step in graph.steps]
    assert names == [step.name for step in trace(other).steps]
    role = r"(conv|fc|norm|pool)\d(_([12]|slice[12]|relu|squares|sum|factor))?|preprocess|flatten"
    assert [name for name in names if not re.fullmatch(role, name)] == []
    kernels = [alexnet(seed, units=2, classes=2).get_layer("conv2_1").kernel for seed in (1, 2)]
    np.testing.assert_array_equal(kernels[0], other.get_layer("conv2_1").kernel)
    assert (kernels[0] != kernels[1]).numpy().all()


def test_weights_counted_by_hand(model):
    convolutions = 34_944 + 307_456 + 885_120 + 663_936 + 442_624
    published = 37_752_832 + 16_781_312 + 4_097_000
    assert convolutions + published == 60_965_224
    dense = (9216 * UNITS + UNITS) + (UNITS * UNITS + UNITS) + (UNITS * CLASSES + CLASSES)
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trainable == convolutions + dense
    assert model.count_params() - trainable == 96 * 96 + 96 + 256 * 256 + 256


def test_the_image_gets_a_gradient_on_the_cpu_and_weights_learn(model):
    with tf.device("CPU:0"), tf.GradientTape() as tape:
        image = tf.Variable(IMAGES[:1])
        loss = tf.reduce_sum(model(image) ** 2)
    gradients = tape.gradient(loss, [image, *model.trainable_weights])
    assert all(np.isfinite(g).all() and np.abs(g).max() > 0 for g in gradients)


def test_it_is_saved_without_any_class_of_ours(model, tmp_path):
    path = tmp_path / "alexnet.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json").decode()
    modules = set()
    json.loads(config, object_hook=lambda node: modules.add(node.get("module")) or node)
    assert all(module is None or module.startswith("keras") for module in modules)
    assert "tfnets" not in config
    np.testing.assert_array_equal(load_model(path)(IMAGES), model(IMAGES))


def slicing_rule(model):
    """A slice of channels reads its own place; theory has no rule of its own for it."""
    step = next(step for step in trace(model).steps if step.name == "conv2_slice1")
    return {type(step.layer): Rule(RULES[keras.layers.Rescaling].reading)}


def test_the_second_convolution_sees_51_pixels(model):
    rules = slicing_rule(model)
    # 11, then 3 of stride 4, then 5 of stride 8: 11 + 2 * 4 + 4 * 8.
    assert (found := field(model, "conv2", rules=rules)).height == 51
    assert found.stride == (8, 8)
    # Two units of padding in front: 16 pixels less.
    assert unit_box(model, "conv2", (0, 0), rules=rules) == Box(0, 0, 35, 35)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda w: w.pop("conv3"), r"no layer 'conv3', only conv1, conv2, conv4"),
        (lambda w: w.update(conv2=[w["conv2"][0]]), r"'conv2' are not two arrays"),
        (lambda w: w.update(fc6=[1, 2]), r"'fc6' are not two arrays"),
        (
            lambda w: w.update(conv4=[w["conv3"][0], w["conv4"][1]]),
            r"'conv4' have the shapes \(3, 3, 256, 384\) .* alexnet takes \(3, 3, 192, 384\)",
        ),
        (lambda w: w.update(fc7=[w["fc7"][0][:-1], w["fc7"][1]]), r"'fc7' have the shapes"),
        (lambda w: w.update(conv1=w["fc7"]), r"'conv1' have the shapes \(20, 20\)"),
        (lambda w: w.update(fc8=[w["fc8"][0], w["fc8"][0]]), r"'fc8' have the shapes"),
    ],
)
def test_other_layouts_are_refused(published, change, sentence):
    weights = dict(published)
    change(weights)
    with pytest.raises(InputError, match=sentence):
        import_alexnet(weights)


def test_torchvision_s_features_are_the_published_ones():
    sizes = {"conv1": (11, 3, 64), "conv2": (5, 64, 192), "conv3": (3, 192, 384),
             "conv4": (3, 384, 256), "conv5": (3, 256, 256)}  # fmt: skip
    arrays = {
        name: [
            np.sqrt(2 / (size * size * inputs))
            * RNG.standard_normal((size, size, inputs, outputs)),
            RNG.normal(0, 0.1, outputs),
        ]
        for name, (size, inputs, outputs) in sizes.items()
    }
    model = import_features(arrays)
    images = IMAGES[:, :224, :224]
    x = (images - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    for name, stride, padding in (
        ("conv1", 4, 2), ("conv2", 1, 2), ("conv3", 1, 1), ("conv4", 1, 1), ("conv5", 1, 1),
    ):  # fmt: skip
        x = np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))
        x = tf.nn.relu(tf.nn.conv2d(x, arrays[name][0], stride, "VALID") + arrays[name][1])
        x = tf.nn.max_pool(x, 3, 2, "VALID") if name in ("conv1", "conv2") else x
    assert x.shape == (2, 13, 13, 256)
    np.testing.assert_allclose(model(images), x, rtol=1e-3, atol=1e-4)


def test_features_of_another_shape_are_refused():
    arrays = {
        layer.name: layer.get_weights() for layer in alexnet_features().layers if layer.weights
    }
    assert import_features(arrays)
    arrays["conv5"][0] = arrays["conv5"][0][..., :-1]
    with pytest.raises(InputError, match="'conv5' have the shapes"):
        import_features(arrays)
    del arrays["conv1"]
    with pytest.raises(InputError, match="no layer 'conv1'"):
        import_features(arrays)
