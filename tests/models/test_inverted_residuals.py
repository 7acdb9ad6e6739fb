import functools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import pickle_bytes as pb
from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.trained import pickles
from tfnets.models.trained.efficientnet_lite import efficientnet_lite0, import_efficientnet_lite0
from tfnets.models.trained.mobilenet import import_mobilenet_v2, mobilenet_v2
from tfnets.tracing.receptive_field import field

SHAPE, CLASSES = (64, 48, 3), 5
IMAGES = np.random.default_rng(0).random((3, *SHAPE), np.float32)

# Expansion, kernel, stride, channels of each block, from the papers' tables.
EFFICIENT = [(1, 3, 1, 16), (6, 3, 2, 24), (6, 3, 1, 24), (6, 5, 2, 40), (6, 5, 1, 40)]
EFFICIENT += [(6, 3, 2, 80), (6, 3, 1, 80), (6, 3, 1, 80), (6, 5, 1, 112), (6, 5, 1, 112)]
EFFICIENT += [(6, 5, 1, 112), (6, 5, 2, 192), (6, 5, 1, 192), (6, 5, 1, 192), (6, 5, 1, 192)]
EFFICIENT += [(6, 3, 1, 320)]
MOBILE = [(1, 3, 1, 16), (6, 3, 2, 24), (6, 3, 1, 24), (6, 3, 2, 32), (6, 3, 1, 32), (6, 3, 1, 32)]
MOBILE += [(6, 3, 2, 64), *3 * [(6, 3, 1, 64)], *3 * [(6, 3, 1, 96)], (6, 3, 2, 160)]
MOBILE += [*2 * [(6, 3, 1, 160)], (6, 3, 1, 320)]


class Torch:
    """A state dictionary of random weights, and the network that torch runs with it."""

    def __init__(self, epsilon, symmetric):
        self.rng = np.random.default_rng(1)
        self.state, self.epsilon, self.symmetric = {}, epsilon, symmetric

    def conv_norm(self, x, conv, norm, channels, size=1, stride=1, depthwise=False):
        inputs = 1 if depthwise else x.shape[-1]
        draw = self.rng.normal(
            0, np.sqrt(2 / (size * size * inputs)), (channels, inputs, size, size)
        )
        self.state[f"{conv}.weight"] = draw.astype(np.float32)
        for name, low, high in (
            ("weight", 0.5, 1.5), ("bias", 0, 0.5), ("running_mean", -0.3, 0.3),
            ("running_var", 0.5, 1.5),
        ):  # fmt: skip
            values = self.rng.uniform(low, high, channels).astype(np.float32)
            self.state[f"{norm}.{name}"] = values
        self.state[f"{norm}.num_batches_tracked"] = np.array(9, np.int64)
        kernel = self.state[f"{conv}.weight"]
        padding = "SAME"
        if self.symmetric:
            x, padding = tf.pad(x, [[0, 0], [size // 2] * 2, [size // 2] * 2, [0, 0]]), "VALID"
        if depthwise:
            steps = (1, stride, stride, 1)
            x = tf.nn.depthwise_conv2d(x, kernel.transpose(2, 3, 0, 1), steps, padding)
        else:
            x = tf.nn.conv2d(x, kernel.transpose(2, 3, 1, 0), stride, padding)
        gamma, beta, mean, variance = (
            self.state[f"{norm}.{name}"]
            for name in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(variance + self.epsilon) * gamma + beta

    def logits(self, x, name):
        x = tf.reduce_mean(x, (1, 2))
        kernel = self.rng.normal(0, 0.05, (CLASSES, x.shape[-1])).astype(np.float32)
        bias = self.rng.normal(size=CLASSES).astype(np.float32)
        self.state |= {f"{name}.weight": kernel, f"{name}.bias": bias}
        return (x @ kernel.T + bias).numpy()

    def block(self, x, names, expansion, size, stride, channels):
        inner, y = expansion * x.shape[-1], x
        if expansion > 1:
            y = tf.nn.relu6(self.conv_norm(y, *names[0], inner))
        y = tf.nn.relu6(self.conv_norm(y, *names[1], inner, size, stride, depthwise=True))
        y = self.conv_norm(y, *names[2], channels)
        return x + y if stride == 1 and x.shape == y.shape else y


@functools.cache
def efficient():
    torch = Torch(1e-3, symmetric=False)
    x = (255 * IMAGES - 127) / 128
    x = tf.nn.relu6(torch.conv_norm(x, "_conv_stem", "_bn0", 32, 3, 2))
    for index, block in enumerate(EFFICIENT):
        kinds = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
        names = [[f"_blocks.{index}.{part}" for part in kind] for kind in kinds]
        x = torch.block(x, names, *block)
    x = tf.nn.relu6(torch.conv_norm(x, "_conv_head", "_bn1", 1280))
    return torch.logits(x, "_fc"), torch.state


@functools.cache
def mobile():
    torch = Torch(1e-5, symmetric=True)
    x = (IMAGES - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    x = tf.nn.relu6(torch.conv_norm(x, "features.0.0", "features.0.1", 32, 3, 2))
    for index, block in enumerate(MOBILE, start=1):
        parts = ["0.0", "0.1", "1.0", "1.1", "2", "3"]
        parts = parts if block[0] > 1 else [None, None, "0.0", "0.1", "1", "2"]
        full = [f"features.{index}.conv.{part}" for part in parts]
        x = torch.block(x, [full[:2], full[2:4], full[4:]], *block)
    x = tf.nn.relu6(torch.conv_norm(x, "features.18.0", "features.18.1", 1280))
    return torch.logits(x, "classifier.1"), torch.state


NETWORKS = {
    "efficientnet_lite0": (efficientnet_lite0, import_efficientnet_lite0, efficient),
    "mobilenet_v2": (mobilenet_v2, import_mobilenet_v2, mobile),
}
EACH = pytest.mark.parametrize("name", NETWORKS)


@functools.cache
def filled(name):
    build, fill, reference = NETWORKS[name]
    model = build(0, shape=SHAPE, classes=CLASSES)
    fill(model, reference()[1])
    return model


@EACH
def test_imported_weights_with_folded_normalisation_give_torch_s_logits(name):
    wanted = NETWORKS[name][2]()[0]
    assert wanted.std(axis=0).max() > 1e-3  # not the bias alone
    np.testing.assert_allclose(filled(name)(IMAGES), wanted, rtol=1e-4, atol=1e-4)


@EACH
def test_read_from_a_file_as_torch_wrote_it(name, tmp_path):
    build, fill, reference = NETWORKS[name]
    path = tmp_path / "weights.pth"
    path.write_bytes(pb.torch_file(reference()[1]))
    model = build(1, shape=SHAPE, classes=CLASSES)
    fill(model, pickles.read_torch(path))
    np.testing.assert_array_equal(model(IMAGES), filled(name)(IMAGES))


@EACH
def test_weights_counted_as_published(name):
    """The published numbers count two values per normalised channel, here folded into one bias."""
    published = {"efficientnet_lite0": 4_652_008, "mobilenet_v2": 3_504_872}[name]
    model = NETWORKS[name][0](0)
    assert (model.input_shape, model.output_shape) == ((None, 224, 224, 3), (None, 1000))
    channels = sum(
        layer.bias.shape[0]
        for layer in model.layers
        if layer.weights and not isinstance(layer, keras.layers.Dense)
    )
    assert model.count_params() == published - channels


@EACH
def test_a_unit_can_be_asked_for_before_and_after_its_relu6(name):
    model = filled(name)
    for layer in ("stem", "block2_expand", "block2_depthwise", "head"):
        before = model.get_layer(layer).output
        pair = keras.Model(model.input, [before, model.get_layer(f"{layer}_relu").output])(IMAGES)
        assert pair[0].numpy().min() < 0
        np.testing.assert_array_equal(np.clip(pair[0], 0, 6), pair[1])


@EACH
def test_every_layer_is_known_to_the_theory_and_saved_without_classes_of_ours(name, tmp_path):
    model = filled(name)
    assert field(model, "stem").height == 3
    assert field(model, "block2_depthwise").height == 11
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "model.keras")(IMAGES), model(IMAGES))


@EACH
def test_the_image_gets_a_gradient(name):
    with tf.GradientTape() as tape:
        image = tf.Variable(IMAGES[:1])
        loss = filled(name)(image)[0, 0]
    gradient = tape.gradient(loss, image).numpy()
    assert np.isfinite(gradient).all()
    assert (gradient != 0).mean() > 0.5


@EACH
def test_other_weights_are_refused(name):
    build, fill, reference = NETWORKS[name]
    model, state = build(0, shape=SHAPE, classes=CLASSES), reference()[1]
    one = next(iter(state))
    with pytest.raises(InputError, match=f"no array '{one}', which {name} needs"):
        fill(model, {key: value for key, value in state.items() if key != one})
    with pytest.raises(InputError, match=r"does not have, such as 'more.weight'"):
        fill(model, state | {"more.weight": np.zeros(3)})
    with pytest.raises(
        InputError, match=rf"of 'stem' have the shapes .* {name} takes \(3, 3, 3, 32"
    ):
        fill(model, state | {one: state[one][:, :, :1]})


def test_names_are_roles_and_initial_weights_follow_the_seed():
    first, again, other = (mobilenet_v2(seed, shape=SHAPE, classes=2) for seed in (0, 0, 1))
    names = [layer.name for layer in first.layers]
    assert names == [layer.name for layer in other.layers]
    part = r"(stem|head|block\d+_(expand|depthwise|project|add))(_pad|_relu)?"
    role = rf"image|preprocess|pool|logits|{part}"
    assert [name for name in names if not re.fullmatch(role, name)] == []
    for a, b, c in zip(*(model.get_weights() for model in (first, again, other)), strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).all() or not a.any()  # biases are 0


@EACH
@pytest.mark.parametrize("shape", [(31, 64, 3), (64, 31, 3), (64, 64, 1)])
def test_images_that_do_not_fit_are_refused(name, shape):
    with pytest.raises(InputError, match=f"{name} cannot be built for images of {shape[0]}x"):
        NETWORKS[name][0](0, shape=shape)
