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
            return _MERGING
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


def reading_of(step: Step, rule: Rule, source: Shape, output: Shape) -> Reading:
    """Returns what the units of a step's output read of one of its inputs."""
    if len(source) == 3 and len(output) == 3:
        return rule.reading(step.layer, source, output)
    return readings.whole(plane_of(source))


def plane_of(shape: Shape) -> tuple[int, int]:
    """Returns height and width; (1, 1) for a vector, which counts as one unit."""
    return (shape[0], shape[1]) if len(shape) == 3 else (1, 1)


def _local(layer: keras.Operation, source: Shape, output: Shape) -> Reading:
    return readings.LOCAL


def _merging(layer: keras.Operation, source: Shape, output: Shape) -> Reading:
    """Unit by unit; an axis of one unit is stretched to the other inputs' size."""
    return Separable(*(_stretched(source[axis], output[axis]) for axis in (0, 1)))


def _stretched(size: int, output: int) -> Axis:
    return readings.everything(1) if size == 1 < output else readings.window(1)


def _concatenating(layer: keras.Operation, source: Shape, output: Shape) -> Reading:
    if layer.axis % 4 != 3:
        raise InputError(
            f"The layer {layer.name!r} joins planes along axis {layer.axis}, so that its units "
            "have no common field; only joining channels (axis -1) is supported."
        )
    return readings.LOCAL


def _convolving(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    axes = zip(source, layer.kernel_size, layer.strides, layer.dilation_rate, strict=False)
    return Separable(*(_window(layer.padding, *axis) for axis in axes))


def _pooling(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    axes = zip(source, layer.pool_size, layer.strides, (1, 1), strict=False)
    return Separable(*(_window(layer.padding, *axis) for axis in axes))


def _window(padding: str, size: int, kernel: int, stride: int, dilation: int) -> Axis:
    before = readings.same_padding(size, kernel, stride, dilation) if padding == "same" else 0
    return readings.window(kernel, stride, dilation, before)


def _transposed(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    # TensorFlow runs the convolution that would lead from the output to the input backwards.
    axes = zip(output, layer.kernel_size, layer.strides, layer.dilation_rate, strict=False)
    return Separable(*(_transposed_window(layer.padding, *axis) for axis in axes))


def _transposed_window(padding: str, size: int, kernel: int, stride: int, dilation: int) -> Axis:
    before = readings.same_padding(size, kernel, stride, dilation) if padding == "same" else 0
    return readings.transposed_window(kernel, stride, dilation, before)


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
    return Separable(
        *(
            readings.everything(source[axis - 1]) if axis in axes else readings.window(1)
            for axis in (1, 2)
        )
    )


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

_MERGING = Rule(_merging, stand_in=stand_ins.total)
_LOCAL = Rule(_local, stand_in=stand_ins.total)
_NORMALISING = Rule(_normalising, stand_in=stand_ins.with_mean)
_POOLING = Rule(_pooling, stand_in=stand_ins.average)
_GLOBAL = Rule(_global, stand_in=stand_ins.average)
_REORDERING = Rule(_reordering, stand_in=stand_ins.same_layer)
_CONVOLVING = Rule(_convolving, _kernel_at_outputs, stand_ins.positive)

RULES: Rules = {
    layers.Conv2D: _CONVOLVING,
    layers.DepthwiseConv2D: _CONVOLVING,
    layers.SeparableConv2D: Rule(_convolving, _both_kernels, stand_ins.positive),
    layers.Conv2DTranspose: Rule(_transposed, _kernel_at_inputs, stand_ins.positive),
    layers.Dense: Rule(_local, _kernel_at_outputs, stand_ins.mean_of_values),
    layers.MaxPooling2D: _POOLING,
    layers.AveragePooling2D: _POOLING,
    layers.GlobalMaxPooling2D: _GLOBAL,
    layers.GlobalAveragePooling2D: _GLOBAL,
    layers.ZeroPadding2D: Rule(_padding, stand_in=stand_ins.same_layer),
    layers.Cropping2D: Rule(_cropping, stand_in=stand_ins.same_layer),
    layers.UpSampling2D: Rule(_upsampling, stand_in=stand_ins.interpolating),
    layers.Flatten: _REORDERING,
    layers.Reshape: _REORDERING,
    layers.Permute: _REORDERING,
    layers.RepeatVector: Rule(_global, stand_in=stand_ins.same_layer),
    layers.Dot: Rule(_global),
    layers.Concatenate: Rule(_concatenating, stand_in=stand_ins.same_layer),
    **dict.fromkeys(
        (
            layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum,
            layers.Minimum,
        ),
        _MERGING,
    ),
    **dict.fromkeys(
        (
            layers.LayerNormalization, layers.GroupNormalization, layers.RMSNormalization,
            layers.UnitNormalization, layers.Softmax,
        ),
        _NORMALISING,
    ),
    **dict.fromkeys(
        (
            layers.Activation, layers.ActivityRegularization, layers.AlphaDropout,
            layers.BatchNormalization, layers.Dropout, layers.ELU, layers.GaussianDropout,
            layers.GaussianNoise, layers.Identity, layers.LeakyReLU, layers.Normalization,
            layers.PReLU, layers.ReLU, layers.Rescaling, layers.SpatialDropout2D,
        ),
        _LOCAL,
    ),
}  # fmt: skip
"""The kinds of layer that are known, in inference mode. Extend with the argument `rules`."""
