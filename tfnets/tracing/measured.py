"""Receptive fields measured by gradients, to check those of `receptive_field` (study 6.1).

The gradient of a unit with respect to the image is above 0 at the pixels that the unit reads. In
the network itself it can also be 0 at such a pixel by accident: a ReLU is off, a max pooling has
passed another pixel, a kernel entry or a product of many is too small. So the gradient is taken
through stand-ins (`tfnets.tracing.stand_ins`): TensorFlow's layers of the same configuration with
equal positive kernels, without non-linearities and with average pooling. All that is summed is
positive, so that the measurement is exact; it uses none of the arithmetic of `receptive_field`.
"""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tfnets.tracing.graph import Graph, Size
from tfnets.tracing.receptive_field import Layer, Unit, require_unit
from tfnets.tracing.regions import EMPTY, Box
from tfnets.tracing.rules import RULES, Rules, find
from tfnets.tracing.tracing import trace


def measured_box(
    model: keras.Model, layer: Layer, unit: Unit, *, input_shape: Size = None, rules: Rules = RULES
) -> Box:
    """Returns the box of pixels at which the gradient of one unit is above 0.

    Arguments and errors as in `unit_box`; all channels of the unit count together, and a layer
    whose rule has no stand-in is run as it is.
    """
    return box_around(influence(model, layer, unit, input_shape=input_shape, rules=rules))


def box_around(map_: NDArray) -> Box:
    """Returns the box around all values of a map (height, width) that are not 0."""
    rows, columns = (np.flatnonzero((map_ != 0).any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return EMPTY
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def influence(
    model: keras.Model, layer: Layer, unit: Unit, *, input_shape: Size = None, rules: Rules = RULES
) -> NDArray[np.float64]:
    """Returns the gradient of one unit of the stand-in network at every pixel.

    Returns:
        Shape (height, width), summed over channels: the weighted number of paths that lead from
        the pixel to the unit, 0 where there is none. Arguments and errors as in `measured_box`.
    """
    graph = trace(model, input_shape)
    target = graph.output_of(layer)
    require_unit(graph, target, unit)
    # On the CPU, convolutions are plain sums of products: what should be 0 is 0.
    with tf.device("CPU:0"), tf.GradientTape() as tape:
        image = tf.ones((1, *graph.shapes[graph.image]), tf.float64)
        tape.watch(image)
        value = _forward(graph, image, target, rules)
        if len(graph.shapes[target]) == 3:
            value = value[:, unit[0], unit[1]]
        gradient = tape.gradient(value, image, unconnected_gradients="zero")
    return tf.reduce_sum(gradient, axis=(0, -1)).numpy()


def _forward(graph: Graph, image: tf.Tensor, target: int, rules: Rules) -> tf.Tensor:
    """Runs the stand-ins of all layers that lead to a tensor."""
    values = {
        source: tf.ones((1, *graph.shapes[source]), tf.float64) for source in graph.sources
    } | {graph.image: image}
    for step in graph.leading_to(target):
        inputs = [values[source] for source in step.inputs]
        if stand_in := find(step, rules).stand_in:
            values[step.output] = stand_in(step.layer, *inputs)
        else:
            specs = zip(inputs, step.node.input_tensors, strict=True)
            output = step.run([tf.cast(value, spec.dtype) for value, spec in specs])
            values[step.output] = tf.cast(output, tf.float64)
    return values[target]
