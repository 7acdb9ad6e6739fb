"""Products counted in TensorFlow's graph, against formulas written out."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.theory.samples import chain
from tfnets.tracing.cost import cost, cost_table

T, D, U = 7, 3, 4
"""Steps of time, values at each, units of a recurrent layer."""

LSTM = T * 4 * U * (D + U)


def windows(x):
    """Four windows of 2 x 2 pixels, taken into the batch axis as a Swin transformer does."""
    parts = ops.reshape(x, (-1, 2, 2, 2, 2, 2))
    return layers.Dense(3)(ops.reshape(ops.transpose(parts, (0, 1, 3, 2, 4, 5)), (-1, 4, 2)))


class Block(layers.Layer):
    """A layer of one's own, with layers and a product in it."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(5)

    def call(self, x):
        x = self.dense(x)
        return ops.nn.softmax(x @ ops.transpose(x, (0, 2, 1)))


class Twice(layers.Dense):
    """A subclass that computes otherwise than its parent."""

    def call(self, x):
        return 2 * super().call(x)


def both_ways(x):
    return layers.Bidirectional(layers.GRU(U))(x)


def two_cells(x):
    return layers.RNN([layers.LSTMCell(U), layers.GRUCell(2)])(x)


def heads(x):
    return layers.MultiHeadAttention(2, 3)(x, x)


def grouped_heads(x):
    return layers.GroupQueryAttention(3, 2, 1)(x, x)


def masked(x):
    return layers.LSTM(U)(layers.Embedding(9, D, mask_zero=True)(x))


def first_conv(x):
    return layers.Conv2D(3, 3, data_format="channels_first")(x)


CALLS = {
    "lstm": ((T, D), layers.LSTM(U), LSTM),
    "unrolled": ((T, D), layers.LSTM(U, unroll=True), LSTM),
    "state": ((T, D), lambda x: layers.LSTM(U, return_state=True)(x)[1], LSTM),
    "masked": ((T,), masked, LSTM),
    "gru_both_ways": ((T, D), both_ways, 2 * T * 3 * U * (D + U)),
    "simple_rnn": ((T, D), layers.SimpleRNN(U), T * U * (D + U)),
    "two_cells": ((T, D), two_cells, LSTM + T * 3 * 2 * (U + 2)),
    "conv_lstm": ((4, 9, 9, 2), layers.ConvLSTM2D(2, 3, padding="same"), 4 * 81 * 9 * 8 * (2 + 2)),
    "time_distributed": ((T, D), layers.TimeDistributed(layers.Dense(5)), T * D * 5),
    "embedding": ((T,), layers.Embedding(10, 3), 0),
    "heads": ((T, 8), heads, T * 8 * 6 * 4 + 2 * T * T * 6),
    "grouped_heads": ((T, 8), grouped_heads, T * 8 * (6 + 3 + 3 + 6) + 2 * T * T * 6),
    "attention": ((T, 8), lambda x: layers.Attention()([x, x]), 2 * T * T * 8),
    "dot": ((T, 8), lambda x: layers.Dot(axes=2)([x, x]), T * T * 8),
    "matmul": ((T, 8), lambda x: x @ ops.transpose(x, (0, 2, 1)), T * T * 8),
    "einsum": ((T, 8), lambda x: ops.einsum("...td,...sd->...ts", x, x), T * T * 8),
    "einsum_dense": ((T, 8), layers.EinsumDense("abc,cde->abde", (None, 2, 5)), T * 8 * 2 * 5),
    "causal": ((9, 2), layers.Conv1D(3, 2, dilation_rate=2, padding="causal"), 9 * 3 * 2 * 2),
    "grouped": ((9, 4), layers.Conv1D(4, 3, groups=2), 7 * 4 * 3 * 2),
    "separable": ((9, 2), layers.SeparableConv1D(3, 2), 8 * (2 * 2 + 2 * 3)),
    "conv3d": ((5, 5, 5, 2), layers.Conv3D(3, 2), 4**3 * 3 * 2 * 8),
    "conv3d_back": ((5, 5, 5, 2), layers.Conv3DTranspose(3, 2), 5**3 * 2 * 3 * 8),
    "channels_first": ((2, 9, 9), first_conv, 7 * 7 * 3 * 2 * 9),
    "convolution": ((9, 9, 2), lambda x: ops.conv(x, ops.ones((3, 3, 2, 4))), 49 * 4 * 18),
    "spectral": ((9, 9, 2), layers.SpectralNormalization(layers.Conv2D(3, 3)), 49 * 3 * 18),
    "windows": ((4, 4, 2), windows, 16 * 2 * 3),
    "split": ((4, 4, 6), lambda x: layers.Conv2D(2, 3)(ops.split(x, 3, -1)[1]), 4 * 2 * 18),
    "own_layer": ((T, 8), Block(), T * 8 * 5 + T * T * 5),
    "subclass": ((5,), Twice(4), 5 * 4),
}


@pytest.mark.parametrize("name", CALLS)
def test_formulas(name):
    shape, call, multiplications = CALLS[name]
    x = keras.Input(shape)
    model = keras.Model(x, call(x))
    assert cost(model).multiplications == multiplications
    assert cost(model).weights == model.count_params()


def test_two_inputs_of_open_length():
    """An encoder and a decoder, T steps each; T is given for both."""
    x, y = keras.Input((None, D)), keras.Input((None, 5))
    _, *state = layers.LSTM(U, return_state=True, name="encoder")(x)
    model = keras.Model([x, y], layers.LSTM(U, name="decoder")(y, initial_state=state))
    assert cost(model, (T, D)).multiplications == LSTM + T * 4 * U * (5 + U)


def test_a_batch_of_a_given_size_counts_per_image():
    x = keras.Input((T, D), batch_size=3)
    y = layers.LSTM(U, stateful=True, return_sequences=True)(x)
    assert cost(keras.Model(x, ops.reshape(y, (3, T * U)))).multiplications == LSTM


class Hidden(layers.Layer):
    """Calls Python, where TensorFlow's graph shows nothing."""

    def call(self, x):
        import tensorflow as tf

        return tf.ensure_shape(tf.numpy_function(np.tanh, [x], x.dtype), x.shape)


def test_what_cannot_be_counted_costs_its_row_not_the_table():
    model = chain((5, 5, 1), layers.Conv2D(2, 3, name="conv"), Hidden(name="hidden"),
                  layers.Flatten(name="flat"), layers.Dense(2, name="dense"))  # fmt: skip
    found = {row.name: row.multiplications for row in cost(model).rows}
    assert found == {"conv": 162, "hidden": None, "flat": 0, "dense": 36}
    lines = [line.split() for line in cost_table(model).splitlines()]
    assert lines[2][2:] == ["3x3x2", "3x3", "1", "20", "162"]
    assert lines[3] == ["hidden", "Hidden", "3x3x2", "unknown", "-", "0", "unknown"]
    assert lines[-1][-4:] == ["58", "198", "+", "unknown"]
