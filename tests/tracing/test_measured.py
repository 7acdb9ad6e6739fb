"""Measured fields: the same as the predicted ones, pixel for pixel, whatever the network."""

from functools import partial

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tests.theory import samples
from tests.theory.samples import agree, chain
from tfnets.tracing.measured import influence, measured_box
from tfnets.tracing.receptive_field import unit_box, unit_pixels
from tfnets.tracing.regions import Box
from tfnets.tracing.rules import plane_of
from tfnets.tracing.tracing import trace

ANYWHERE = st.tuples(st.integers(0, 99), st.integers(0, 99))
FEW = settings(max_examples=25, deadline=None, derandomize=True)


def last(model):
    return model.layers[-1].name


class TestPredictedIsMeasured:
    @FEW
    @given(samples.stacks(samples.CONVOLUTIONS), ANYWHERE)
    def test_stacks_of_convolutions_and_poolings(self, recipe, place):
        model = samples.stack(recipe)
        height, width = model.output_shape[1:3]
        inner = (place[0] % height, place[1] % width)
        for unit in [(0, 0), (height - 1, width - 1), inner]:
            agree(model, "end", unit)

    @FEW
    @given(samples.stacks(samples.CONVOLUTIONS | samples.OTHERS), ANYWHERE)
    def test_stacks_of_every_kind(self, recipe, place):
        model = samples.stack(recipe)
        height, width = model.output_shape[1:3]
        inner = (place[0] % height, place[1] % width)
        for unit in [(0, 0), (height - 1, width - 1), inner]:
            agree(model, "end", unit)

    @pytest.mark.parametrize("name", samples.MODELS)
    def test_graphs(self, name):
        model = samples.MODELS[name]()
        graph = trace(model)
        for layer in list(graph.names)[-3:]:
            height, width = plane_of(graph.shapes[graph.output_of(layer)])
            for unit in {(0, 0), (height // 2, width // 2), (height - 1, width - 1)}:
                agree(model, layer, unit)
                assert unit_box(model, layer, unit) == measured_box(model, layer, unit)

    @pytest.mark.parametrize("stride", [1, 2, 3])
    @pytest.mark.parametrize("output_padding", [None, 0, 1])
    @pytest.mark.parametrize("padding", ["same", "valid"])
    def test_every_unit_of_a_transposed_convolution(self, stride, output_padding, padding):
        if output_padding is not None and output_padding >= stride:
            pytest.skip("Keras refuses it")
        model = chain(
            (3, 4, 1),
            layers.Conv2DTranspose(
                1, (3, 5), strides=stride, padding=padding, output_padding=output_padding
            ),
        )
        for row in range(model.output_shape[1]):
            agree(model, last(model), (row, row % model.output_shape[2]))

    @pytest.mark.parametrize("factor", [2, 3, 4, 5, 7])
    def test_every_unit_of_bilinear_upsampling(self, factor):
        model = chain((4, 2, 1), layers.UpSampling2D(factor, interpolation="bilinear"))
        for row in range(0, 4 * factor, 2):
            agree(model, last(model), (row, row % 2))

    def test_another_input_shape(self):
        model = samples.branched()
        for shape in [(17, 15, 2), (8, 30, 2), (9, 31, 2)]:
            agree(model, "product", (3, 5), input_shape=shape)

    @FEW
    @given(samples.stacks(samples.windows().map(lambda w: partial(layers.Conv2D, 1, **w))))
    def test_linear_networks_show_it_with_their_own_random_weights(self, recipe):
        """An oracle without stand-ins: the model's own gradient, where nothing can vanish."""
        model = samples.stack(recipe)
        unit = (model.output_shape[1] // 2, 0)
        image = tf.zeros((1, *model.input_shape[1:]))
        with tf.GradientTape() as tape:
            tape.watch(image)
            value = tf.reduce_sum(model(image)[:, unit[0], unit[1]])
        gradient = np.abs(tape.gradient(value, image, unconnected_gradients="zero").numpy())
        assert ((gradient.sum(axis=(0, 3)) != 0) == unit_pixels(model, "end", unit)).all()


class TestMeasuring:
    def test_nothing_vanishes_in_a_dead_network(self):
        """The network's own gradient is 0 everywhere; the field is there all the same."""
        conv = layers.Conv2D(2, 3, activation="relu", name="conv")
        model = chain((7, 7, 1), conv, layers.MaxPooling2D(2, name="pool"))
        conv.set_weights([-np.ones((3, 3, 1, 2)), -np.ones(2)])
        assert measured_box(model, "pool", (0, 1)) == Box(0, 2, 4, 6)
        assert (influence(model, "pool", (0, 1)) > 0).sum() == 16

    def test_measuring_leaves_the_model_alone(self):
        model = samples.shared()
        before = [weight.numpy() for weight in model.weights]
        nodes = [len(layer._inbound_nodes) for layer in model.layers]
        measured_box(model, "end", (3, 3))
        unit_box(model, "end", (3, 3), input_shape=(20, 20, 2))
        assert nodes == [len(layer._inbound_nodes) for layer in model.layers]
        assert all((a == b.numpy()).all() for a, b in zip(before, model.weights, strict=True))

    def test_influence_counts_paths(self):
        model = chain((6, 1, 1), layers.Conv2D(1, (3, 1)), layers.Conv2D(1, (3, 1), name="end"))
        assert influence(model, "end", (1, 0))[:, 0].tolist() == [0, 1, 2, 3, 2, 1]
