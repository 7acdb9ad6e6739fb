"""Layers that read the same units as a given one, but let no influence vanish.

The gradient of a unit of a real network misses pixels by accident: a ReLU is off, a max pooling
passes one of its inputs, a kernel entry is near 0. Stand-ins are run in place of the layers to
measure receptive fields exactly: TensorFlow's own convolution, padding and pooling of the same
configuration in 64 bits, with all kernel entries equal and positive, average for max pooling, and
the identity for what works unit by unit. Every quantity is positive, so that nothing cancels, and
the gradient at a pixel is above 0 if and only if a path of connections leads from it to the unit.
"""

import functools
import operator
from typing import Any

import keras
import tensorflow as tf
from keras import layers

_POOLING = {
    layers.MaxPooling2D: layers.AveragePooling2D,
    layers.GlobalMaxPooling2D: layers.GlobalAveragePooling2D,
}


def interpolating(layer: keras.Operation, *values: tf.Tensor) -> tf.Tensor:
    """Resizing as one matrix per axis, read off TensorFlow's layer, without its rounding errors.

    TensorFlow computes the weights of bilinear interpolation in 32 bits, so that a neighbour that
    should weigh 0 can weigh 1e-7.
    """
    height, width = values[0].shape[1:3]
    rows = layer(tf.eye(height)[:, :, None, None])[:, :, 0, 0]
    columns = layer(tf.eye(width)[:, None, :, None])[:, 0, :, 0]
    weights = [tf.where(matrix > 1e-4, matrix, 0) for matrix in (_double(rows), _double(columns))]
    return tf.einsum("nhwc,hH,wW->nHWc", values[0], *weights)


def average(layer: keras.layers.Layer, *values: tf.Tensor) -> tf.Tensor:
    """Average pooling in place of any pooling."""
    return _POOLING.get(type(layer), type(layer)).from_config(_config(layer))(values[0])


def positive(layer: keras.layers.Layer, *values: tf.Tensor) -> tf.Tensor:
    """A convolution of any kind with all entries of its kernels 1, then divided by the channels.

    The division keeps a deep network's numbers within the range of 64 bits.
    """
    changes = {"activation": "linear", "use_bias": False}
    if isinstance(layer, layers.Conv2D):
        # All channels of a unit count together, so that groups make no difference; TensorFlow runs
        # grouped convolutions on the CPU only through its compiler, which takes seconds.
        changes["groups"] = 1
    copy = type(layer).from_config(_config(layer) | changes)
    copy.build(values[0].shape)
    for weight in copy.weights:
        weight.assign(tf.ones_like(weight))
    return copy(values[0]) / values[0].shape[-1]


def mean_of_values(layer: keras.layers.Layer, *values: tf.Tensor) -> tf.Tensor:
    """A dense layer: every output is the mean of the last axis."""
    mean = tf.reduce_mean(values[0], axis=-1, keepdims=True)
    return tf.repeat(mean, layer.units, axis=-1)


def reduced(layer: keras.Operation, *values: tf.Tensor) -> tf.Tensor:
    """The mean in place of any reduction along axes (maximum, variance)."""
    return tf.reduce_mean(values[0], axis=layer.axis, keepdims=layer.keepdims)


def total(layer: keras.Operation, *values: tf.Tensor) -> tf.Tensor:
    """The sum in place of any function of values at the same place (product, maximum, ReLU)."""
    return functools.reduce(operator.add, values)


def with_mean(layer: keras.layers.Layer, *values: tf.Tensor) -> tf.Tensor:
    """The value plus the mean over the axes that a normalisation (or softmax) looks along."""
    axes = sorted(normalised_axes(layer, len(values[0].shape)))
    return values[0] + tf.reduce_mean(values[0], axis=axes, keepdims=True)


def normalised_axes(layer: keras.layers.Layer, rank: int) -> set[int]:
    """Axes (0 is the batch) over which a layer's `axis` setting makes it look."""
    if isinstance(layer, layers.GroupNormalization):
        return set(range(1, rank))
    axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
    return set(range(1, rank)) if None in axes else {axis % rank for axis in axes}


def _config(layer: keras.layers.Layer) -> dict[str, Any]:
    return layer.get_config() | {"dtype": "float64"}


_double = functools.partial(tf.cast, dtype=tf.float64)
