"""What is known of each kind of layer: what it reads, what it costs, how it is measured."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfnets.errors import InputError
from tfnets.tracing import readings, stand_ins
from tfnets.tracing.graph import Shape, Step
from tfnets.tracing.readings import Axis, Reading, Separable


def no_multiplications(layer: keras.Operation, inputs: Sequence[Shape], output: Shape) -> int:
    """0: the layer has no kernel."""
    return 0


@dataclass(frozen=True)
class Rule:
    """What `tfnets.theory` has to know of a kind of layer.

    Shapes are without the batch axis.

    Attributes:
        reading: (layer, shape of one input, shape of the output) -> what the output's units read
            of that input. Asked only where both have a plane (height, width, channels): a vector
            counts as one unit that reads all.
        multiplications: (layer, shapes of all inputs, shape of the output) -> multiplications of
            kernel entries with values, per image.
        stand_in: (layer, *float64 tensors) -> float64 tensor, used to measure fields (see
            `stand_ins`). None: the layer itself is run.
    """

    reading: Callable[[keras.Operation, Shape, Shape], Reading]
    multiplications: Callable[[keras.Operation, Sequence[Shape], Shape], int] = no_multiplications
    stand_in: Callable[..., tf.Tensor] | None = None


Rules = Mapping[type, Rule]


def find(step: Step, rules: Rules | None = None) -> Rule:
    """Returns the rule of a step's layer; a rule in `rules` goes before ours.

    A subclass takes over its parent's rule unless it has a `call` of its own.

    Raises:
        InputError: There is none.
    """
    for kind in type(step.layer).__mro__:
        for known in (rules or {}, RULES):
            if kind in known:
                return known[kind]
        if "call" in vars(kind):
            break
    if type(step.layer).__module__.startswith("keras.src.ops."):
        if step.kind in UNIT_BY_UNIT:
            return RULES[layers.Add]
        if step.kind == "OneHot":
            return Rule(_global)
        if step.kind == "GetItem" and _takes_channels(step.node.arguments.args[1]):
            return Rule(_local)
    raise InputError(
        f"The layer {step.name!r} is of the kind {step.kind}, for which no rule is known; give one "
        "as rules={...: tfnets.tracing.rules.Rule(...)}."
    )


def _takes_channels(key: object) -> bool:
    """Whether an index `x[key]` leaves batch, rows and columns as they are."""
    if not isinstance(key, tuple) or not isinstance(key[-1], slice):
        return False
    others = [part for part in key[:-1] if part is not Ellipsis]
    whole = all(isinstance(part, slice) and part == slice(None) for part in others)
    return whole and (len(key) == 4 or len(others) < len(key) - 1)


def plane_of(shape: Shape) -> tuple[int, int]:
    """Returns height and width; (1, 1) for a vector, which counts as one unit."""
    return (shape[0], shape[1]) if len(shape) == 3 else (1, 1)


def _local(layer: keras.Operation, source: Shape, output: Shape) -> Reading:
    return readings.LOCAL


def _merging(layer: keras.Operation, source: Shape, output: Shape) -> Reading:
    """Unit by unit; an axis of one unit is stretched to the other inputs' size."""
    return _partly_whole(source, [source[axis] == 1 < output[axis] for axis in (0, 1)])


def _partly_whole(source: Shape, whole: Sequence[bool]) -> Reading:
    """Reads an axis as a whole, or unit by unit."""
    axes = zip(source, whole, strict=False)
    return Separable(*(readings.everything(n) if all_ else readings.window(1) for n, all_ in axes))


def _concatenating(layer: keras.Operation, source: Shape, output: Shape) -> Reading:
    if layer.axis % 4 != 3:
        raise InputError(
            f"The layer {layer.name!r} joins planes along axis {layer.axis}, so that its units "
            "have no common field; only joining channels (axis -1) is supported."
        )
    return readings.LOCAL


def _convolving(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    return _windows(readings.window, layer, source, layer.kernel_size, layer.dilation_rate)


def _pooling(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    return _windows(readings.window, layer, source, layer.pool_size, (1, 1))


def _transposed(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    # TensorFlow runs the convolution that would lead from the output to the input backwards.
    windows = readings.transposed_window
    return _windows(windows, layer, output, layer.kernel_size, layer.dilation_rate)


def _windows(
    kind: Callable[..., Axis], layer: keras.layers.Layer, plane: Shape, *taps: Sequence[int]
) -> Reading:
    """Windows along rows and columns, padded as the layer says; taps: how many, how far apart."""

    def along(size: int, stride: int, kernel: int, dilation: int) -> Axis:
        same = layer.padding == "same"
        before = readings.same_padding(size, kernel, stride, dilation) if same else 0
        return kind(kernel, stride, dilation, before)

    return Separable(*map(along, plane, layer.strides, *taps))


def _global(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    return readings.whole(plane_of(source))


def _padding(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    return Separable(*(readings.window(1, before=sides[0]) for sides in layer.padding))


def _cropping(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    return Separable(*(readings.window(1, before=-sides[0]) for sides in layer.cropping))


def _upsampling(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    kinds = {"nearest": readings.repeated, "bilinear": readings.interpolated}
    if layer.interpolation not in kinds:
        raise InputError(
            f"The layer {layer.name!r} interpolates by {layer.interpolation!r}, for which no rule "
            "is known; use 'nearest' or 'bilinear', or give a rule in rules={...}."
        )
    return Separable(*(kinds[layer.interpolation](factor) for factor in layer.size))


def _normalising(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    axes = stand_ins.normalised_axes(layer, 4)
    return _partly_whole(source, [axis in axes for axis in (1, 2)])


def _reordering(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    places = np.arange(math.prod(source)).reshape(source)
    if isinstance(layer, layers.Permute):
        places = places.transpose([axis - 1 for axis in layer.dims])
    return readings.Reordered(places.reshape(output), source)


def _kernel_at_outputs(layer: keras.layers.Layer, inputs: Sequence[Shape], output: Shape) -> int:
    return math.prod(output[:-1]) * math.prod(layer.kernel.shape)


def _kernel_at_inputs(layer: keras.layers.Layer, inputs: Sequence[Shape], output: Shape) -> int:
    return math.prod(inputs[0][:-1]) * math.prod(layer.kernel.shape)


def _both_kernels(layer: keras.layers.Layer, inputs: Sequence[Shape], output: Shape) -> int:
    kernels = (layer.depthwise_kernel, layer.pointwise_kernel)
    return math.prod(output[:-1]) * sum(math.prod(kernel.shape) for kernel in kernels)


UNIT_BY_UNIT = frozenset({
    "Absolute", "Add", "Clip", "Divide", "Elu", "Exp", "Gelu", "HardSigmoid", "HardSilu",
    "HardTanh", "LeakyRelu", "Log", "Log1p", "Maximum", "Minimum", "Multiply", "Negative", "Power",
    "Reciprocal", "Relu", "Relu6", "Selu", "Sigmoid", "Silu", "Softplus", "Softsign", "Sqrt",
    "Square", "Subtract", "Tanh", "TrueDivide",
})  # fmt: skip
"""Operations of `keras.ops` (as in `x + y`) that work on values at the same place."""

RULES: Rules = {
    kind: rule
    for rule, kinds in (
        (Rule(_convolving, _kernel_at_outputs, stand_ins.positive),
         (layers.Conv2D, layers.DepthwiseConv2D)),
        (Rule(_convolving, _both_kernels, stand_ins.positive), (layers.SeparableConv2D,)),
        (Rule(_transposed, _kernel_at_inputs, stand_ins.positive), (layers.Conv2DTranspose,)),
        (Rule(_local, _kernel_at_outputs, stand_ins.mean_of_values), (layers.Dense,)),
        (Rule(_pooling, stand_in=stand_ins.average),
         (layers.MaxPooling2D, layers.AveragePooling2D)),
        (Rule(_global, stand_in=stand_ins.average),
         (layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D)),
        (Rule(_padding, stand_in=stand_ins.same_layer), (layers.ZeroPadding2D,)),
        (Rule(_cropping, stand_in=stand_ins.same_layer), (layers.Cropping2D,)),
        (Rule(_upsampling, stand_in=stand_ins.interpolating), (layers.UpSampling2D,)),
        (Rule(_reordering, stand_in=stand_ins.same_layer),
         (layers.Flatten, layers.Reshape, layers.Permute)),
        (Rule(_global, stand_in=stand_ins.same_layer), (layers.RepeatVector,)),
        (Rule(_global), (layers.Dot,)),
        (Rule(_concatenating, stand_in=stand_ins.same_layer), (layers.Concatenate,)),
        (Rule(_merging, stand_in=stand_ins.total),
         (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum,
          layers.Minimum)),
        (Rule(_normalising, stand_in=stand_ins.with_mean),
         (layers.LayerNormalization, layers.GroupNormalization, layers.RMSNormalization,
          layers.UnitNormalization, layers.Softmax)),
        (Rule(_local, stand_in=stand_ins.total),
         (layers.Activation, layers.ActivityRegularization, layers.AlphaDropout,
          layers.BatchNormalization, layers.Dropout, layers.ELU, layers.GaussianDropout,
          layers.GaussianNoise, layers.Identity, layers.LeakyReLU, layers.Normalization,
          layers.PReLU, layers.ReLU, layers.Rescaling, layers.SpatialDropout2D)),
    )
    for kind in kinds
}  # fmt: skip
"""The kinds of layer that are known, in inference mode. Extend with the argument `rules`."""
