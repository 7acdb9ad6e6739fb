"""Weights and multiplications against formulas, TensorFlow's own count, and brute force."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tests.theory import samples
from tests.theory.samples import chain
from tfnets.models import classifiers
from tfnets.studies.receptive_field.study import STACKS, cheaper_from, formula, stack
from tfnets.tracing.cost import cost, table
from tfnets.tracing.readings import LOCAL
from tfnets.tracing.receptive_field import fields
from tfnets.tracing.rules import Rule

FEW = settings(max_examples=15, deadline=None, derandomize=True)


class TestReport:
    """study 6.1: the four networks, n x n, valid, one channel, one filter."""

    FORMULAS = types.MappingProxyType(
        {
            "one_7x7": lambda n: 49 * (n - 6) ** 2,
            "three_3x3": lambda n: 9 * ((n - 2) ** 2 + (n - 4) ** 2 + (n - 6) ** 2),
            "5x5_then_3x3": lambda n: 25 * (n - 4) ** 2 + 9 * (n - 6) ** 2,
            "four_3x3": lambda n: 9 * sum((n - k) ** 2 for k in (2, 4, 6, 8)),
        }
    )

    @pytest.mark.parametrize("name", STACKS)
    @pytest.mark.parametrize("n", [9, 10, 17, 32, 101])
    def test_multiplications(self, name, n):
        model = stack(STACKS[name], 9, seed=0)
        assert cost(model, (n, n, 1)).multiplications == self.FORMULAS[name](n)
        assert formula(STACKS[name], n) == self.FORMULAS[name](n)

    def test_weights_and_fields(self):
        models = [stack(kernels, 12, seed=0) for kernels in STACKS.values()]
        assert [cost(model).weights for model in models] == [49, 27, 34, 36]
        widths = [list(fields(model).values())[-1].width for model in models]
        assert widths == [7, 7, 7, 9]

    def test_small_kernels_are_cheaper_from_the_roots_of_two_parabolas_on(self):
        """22 n^2 - 372 n + 1260 > 0 (three 3x3) and 15 n^2 - 280 n + 1040 > 0 (5x5, 3x3)."""
        roots = [max(np.roots([22, -372, 1260])), max(np.roots([15, -280, 1040]))]
        assert cheaper_from() == dict(
            zip(("three_3x3", "5x5_then_3x3"), np.ceil(roots).astype(int), strict=True)
        )

    def test_the_cifar_network_layer_by_layer(self):
        counted = cost(classifiers.two_convolutions((12, 32), 0))
        rows = {row.name: row for row in counted.rows}
        assert rows["conv1"].multiplications == 28 * 28 * 12 * 75
        assert rows["conv2"].multiplications == 10 * 10 * 32 * 300
        assert rows["logits"].multiplications == 8_000
        assert [row.weights for row in counted.rows if row.weights] == [912, 9_632, 8_010]
        assert counted.weights == 18_554


def connections(layer, shape):
    """Pairs of (input value, output value) that the layer multiplies, by brute force.

    With all entries of the kernel 1 and no two taps on the same pair, they are the entries of the
    layer's matrix that are not 0.
    """
    layer.build((1, *shape))
    layer.kernel.assign(np.ones(layer.kernel.shape))
    eye = np.eye(int(np.prod(shape)), dtype=np.float32).reshape(-1, *shape)
    return int(np.count_nonzero(np.asarray(layer(eye))))


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(3, (2, 3), strides=2),
        lambda: layers.Conv2D(4, 2, dilation_rate=2),
        lambda: layers.Conv2D(6, 3, groups=2),
        lambda: layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2),
        lambda: layers.Conv2DTranspose(3, (3, 2), strides=2),
        lambda: layers.Dense(5),
    ],
)
def test_brute_force(layer):
    shape = (7, 6, 4)
    if isinstance(layer(), layers.Dense):
        shape = (9,)
    assert cost(chain(shape, layer())).multiplications == connections(layer(), shape)


def profiled(model, shape):
    """Multiplications by TensorFlow's profiler, which counts two operations for each."""
    function = tf.function(model).get_concrete_function(tf.TensorSpec((1, *shape)))
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    node = tf.compat.v1.profiler.profile(function.graph, cmd="op", options=options)
    kinds, count = {"Conv2D", "DepthwiseConv2dNative", "MatMul"}, 0
    while node.children:  # A chain with one link per kind of operation.
        node = node.children[0]
        count += node.float_ops if node.name in kinds else 0
    return count // 2


def test_tensorflow_counts_the_same():
    """Strides, padding, depthwise and separable kernels, dense: against TensorFlow's profiler."""
    model = chain(
        (15, 12, 3), layers.Conv2D(4, (3, 2), padding="same"), layers.MaxPooling2D(2),
        layers.DepthwiseConv2D(3, padding="same", strides=2),
        layers.SeparableConv2D(5, 2, padding="same"), layers.Flatten(), layers.Dense(7),
    )  # fmt: skip
    assert cost(model).multiplications == profiled(model, (15, 12, 3))


LARGE = [
    pytest.param(name, marks=pytest.mark.slow)
    for name in (
        "Xception", "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2",
        "ResNet101V2", "ResNet152V2", "InceptionV3", "InceptionResNetV2", "MobileNet",
        "MobileNetV2", "MobileNetV3Large", "DenseNet121", "DenseNet169", "DenseNet201",
        "NASNetMobile", "NASNetLarge", "EfficientNetB0", "EfficientNetB7", "EfficientNetV2B0",
        "EfficientNetV2S", "EfficientNetV2L", "ConvNeXtTiny", "ConvNeXtBase",
    )
]  # fmt: skip


class TestPublished:
    @pytest.mark.parametrize("name", ["MobileNetV3Small", *LARGE])
    def test_applications(self, name):
        """Every layer and operation of `keras.applications` is known, and counted as TensorFlow's.

        TensorFlow does not count the grouped convolutions of ConvNeXt, which it compiles apart.
        """
        size = 75 if "Inception" in name or name == "Xception" else 32
        build = getattr(keras.applications, name)
        model = build(weights=None, include_top=False, input_shape=(size, size, 3))
        counted = cost(model)
        assert all(row.multiplications is not None for row in counted.rows)
        apart = (
            sum(row.multiplications for row in counted.rows if "depthwise" in row.name)
            if "ConvNeXt" in name
            else 0
        )
        assert counted.multiplications - apart == profiled(model, (size, size, 3))
        assert counted.weights == model.count_params()
        assert None not in fields(model).values()
        assert len(fields(model)) == len(counted.rows)

    def test_mobilenet_v1(self):
        """Howard et al. 2017, table 8: 569 million multiply-adds, 4.2 million parameters."""
        model = keras.applications.MobileNet(weights=None, input_shape=(224, 224, 3))
        counted = cost(model)
        assert counted.multiplications == pytest.approx(569e6, rel=0.002)
        assert counted.weights == model.count_params()


class TestWeights:
    @pytest.mark.parametrize("name", samples.MODELS)
    def test_they_are_those_of_keras(self, name):
        model = samples.MODELS[name]()
        assert cost(model).weights == model.count_params()

    @FEW
    @given(samples.stacks(samples.CONVOLUTIONS | samples.OTHERS))
    def test_in_any_stack(self, recipe):
        model = samples.stack(recipe)
        assert cost(model).weights == model.count_params()

    def test_a_shared_layer_has_its_weights_once_and_its_multiplications_each_time(self):
        rows = {row.name: row for row in cost(samples.shared()).rows}
        calls = [rows["conv"], rows["conv:2"]]
        assert [call.weights for call in calls] == [38, 0]
        assert [call.multiplications for call in calls] == [16 * 14 * 36] * 2


class TestSizes:
    @settings(FEW, max_examples=6)
    @given(st.integers(9, 40), st.integers(9, 40))
    def test_another_size_costs_what_a_model_of_that_size_costs(self, height, width):
        def build(height, width):
            return chain(
                (height, width, 2), layers.Conv2D(3, 3, strides=2, padding="same"),
                layers.Conv2DTranspose(2, 3, strides=2, padding="same"), layers.Conv2D(1, 4),
            )  # fmt: skip

        there = cost(build(12, 12), (height, width, 2))
        assert there.multiplications == cost(build(height, width)).multiplications

    def test_same_padding_multiplies_its_zeros(self):
        model = chain((6, 6, 1), layers.Conv2D(1, 3, padding="same", use_bias=False))
        assert cost(model).multiplications == 36 * 9

    def test_without_an_image_input(self):
        model = chain((10,), layers.Dense(16), layers.Reshape((4, 4, 1)), layers.Conv2D(2, 3))
        assert cost(model).multiplications == 160 + 2 * 2 * 2 * 9


class Scaling(layers.Layer):
    def call(self, x):
        return 2 * x


def test_a_rule_goes_before_the_count_of_products():
    model = chain((4, 4, 1), Scaling(name="twice"))
    assert cost(model).multiplications == 0
    rule = Rule(lambda *_: LOCAL, lambda layer, inputs, output: int(np.prod(output)))
    assert cost(model, rules={Scaling: rule}).multiplications == 16


def test_table_has_every_layer_and_the_totals():
    model = samples.branched()
    counted = cost(model)
    lines = table(counted, fields(model)).splitlines()
    assert lines[0].split() == [
        "layer", "kind", "output", "field", "stride", "weights", "multiplications",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[2:-2]] == [row.name for row in counted.rows]
    wide = lines[2].split()
    assert wide == ["wide", "Conv2D", "9x8x3", "5x1", "2", "33", "2,160"]
    assert lines[-1].split() == ["total", f"{counted.weights:,}", f"{counted.multiplications:,}"]
    assert "field" not in table(counted)


def test_a_conditional_network_has_a_cost():
    label = keras.Input((), dtype="int32")
    image = keras.Input((6, 6, 2))
    plane = keras.layers.RepeatVector(36)(keras.ops.one_hot(label, 10))
    both = keras.layers.Concatenate()([image, keras.layers.Reshape((6, 6, 10))(plane)])
    x = keras.layers.Flatten()(keras.layers.Conv2D(4, 3, padding="same")(both))
    score = keras.layers.Dot(axes=1)([x, keras.layers.Dense(144)(keras.ops.one_hot(label, 10))])
    model = keras.Model([image, label], score)
    assert cost(model).multiplications == 36 * 9 * 12 * 4 + 10 * 144
