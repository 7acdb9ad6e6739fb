"""What is known of each kind of layer: what it reads, what it costs, how it is measured."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import tensorflow as tf
from keras import layers

from tfnets.tracing import moves, readings, stand_ins
from tfnets.tracing.graph import Graph, Shape, Step, UnknownLayerError
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
        UnknownLayerError: There is none.
    """
    _require_channels_last(step)
    for kind in type(step.layer).__mro__:
        for known in (rules or {}, RULES):
            if kind in known:
                return known[kind]
        if "call" in vars(kind):
            break
    if type(step.layer) is layers.SpectralNormalization:
        inner = find(replace(step, layer=step.layer.layer), rules)
        parts = (inner.reading, inner.multiplications, inner.stand_in)
        return Rule(*(part and partial(_wrapped, part) for part in parts))
    if moves.only_moves(step):
        return Rule(partial(moves.reading, step))
    ours = type(step.layer).__module__.startswith(("keras.src.ops.", "keras.src.applications."))
    if ours and step.kind in OPERATIONS:
        return OPERATIONS[step.kind]
    raise UnknownLayerError(
        f"The layer {step.name!r} is of the kind {step.kind}, for which no rule is known; give one "
        "as rules={...: tfnets.tracing.rules.Rule(...)}."
    )


def _wrapped(part: Callable[..., Any], layer: keras.layers.Wrapper, *rest: Any) -> Any:
    return part(layer.layer, *rest)


def _require_channels_last(step: Step) -> None:
    if getattr(step.layer, "data_format", None) == "channels_first":
        raise UnknownLayerError(
            f"The layer {step.name!r} works on channels first; build the model with "
            "data_format='channels_last'."
        )


def read(step: Step, graph: Graph, rules: Rules | None = None) -> tuple[Reading, ...]:
    """Returns what the units of a call read of each of its inputs.

    Raises:
        UnknownLayerError: That is not known of this kind of layer, or of this setting.
    """
    output, found = graph.shapes[step.output], []
    _require_channels_last(step)
    for source in step.inputs:
        shape = graph.shapes[source]
        if not len(shape) == len(output) == 3:
            found.append(readings.whole(plane_of(shape)))
            continue
        if graph.parts.get(source, 1) != graph.parts.get(step.output, 1):
            raise UnknownLayerError(f"The operation {step.name!r} moves parts of the batch axis.")
        found.append(find(step, rules).reading(step.layer, shape, output))
    return tuple(found)


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
        raise UnknownLayerError(
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


def _upsampling(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    kinds = {"nearest": readings.repeated, "bilinear": readings.interpolated}
    odd = ("antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio")
    if layer.interpolation not in kinds or any(getattr(layer, name, False) for name in odd):
        raise UnknownLayerError(
            f"The layer {layer.name!r} interpolates by {layer.interpolation!r} or with "
            f"{', '.join(odd)}, for which no rule is known; use 'nearest' or 'bilinear' alone, or "
            "give a rule in rules={...}."
        )
    return Separable(*map(kinds[layer.interpolation], source[:2], output[:2]))


def _cropping_centre(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    over = [size - wanted for size, wanted in zip(source[:2], output, strict=False)]
    if min(over) < 0:
        raise UnknownLayerError(f"The layer {layer.name!r} enlarges its input before cropping.")
    return Separable(*(readings.window(1, before=-(size // 2)) for size in over))


def _normalising(layer: keras.layers.Layer, source: Shape, output: Shape) -> Reading:
    axes = stand_ins.normalised_axes(layer, 4)
    return _partly_whole(source, [axis in axes for axis in (1, 2)])


def _inner(layer: keras.layers.Dot, inputs: Sequence[Shape], output: Shape) -> int:
    """Matrix products of rows; the inner product of two vectors is not counted."""
    axis = layer.axes if isinstance(layer.axes, int) else layer.axes[0]
    summed = (1, *inputs[0])[axis]
    return math.prod(output) * summed if max(map(len, inputs)) > 1 else 0


def _kernel_at_outputs(layer: keras.layers.Layer, inputs: Sequence[Shape], output: Shape) -> int:
    return math.prod(output[:-1]) * math.prod(layer.kernel.shape)


def _kernel_at_inputs(layer: keras.layers.Layer, inputs: Sequence[Shape], output: Shape) -> int:
    return math.prod(inputs[0][:-1]) * math.prod(layer.kernel.shape)


def _both_kernels(layer: keras.layers.Layer, inputs: Sequence[Shape], output: Shape) -> int:
    kernels = (layer.depthwise_kernel, layer.pointwise_kernel)
    return math.prod(output[:-1]) * sum(math.prod(kernel.shape) for kernel in kernels)


UNIT_BY_UNIT = frozenset({
    "Absolute", "Add", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctan2", "Arctanh",
    "Cast", "Cbrt", "Ceil", "Celu", "Clip", "ConvertToTensor", "Copy", "Cos", "Cosh", "Divide",
    "DivideNoNan", "Elu", "Equal", "Erf", "Erfc", "Exp", "Exp2", "Expm1", "Fabs", "Floor",
    "FloorDivide", "Fmax", "Fmin", "Gelu", "Greater", "GreaterEqual", "HardShrink", "HardSigmoid",
    "HardSilu", "HardTanh", "Heaviside", "Hypot", "Isfinite", "Isinf", "Isnan", "LeakyRelu", "Less",
    "LessEqual", "Log", "Log10", "Log1p", "Log2", "LogSigmoid", "Logaddexp", "LogicalAnd",
    "LogicalNot", "LogicalOr", "LogicalXor", "Maximum", "Minimum", "Mod", "Multiply", "NanToNum",
    "Negative", "NotEqual", "OnesLike", "Power", "Reciprocal", "Relu", "Relu6", "Round", "Rsqrt",
    "SaturateCast", "Selu", "Sigmoid", "Sign", "Silu", "Sin", "Sinc", "Sinh", "SoftShrink",
    "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Sqrt", "Square", "Squareplus",
    "StopGradient", "Subtract", "Tan", "Tanh", "TanhShrink", "Threshold", "TrueDivide", "Trunc",
    "Where", "ZerosLike",
})  # fmt: skip
"""Operations of `keras.ops` (as in `x + y`) that work on values at the same place."""


def _only_in_training(name: str) -> bool:
    """Whether a layer augments images: in inference it does nothing."""
    others = ("AugMix", "CutMix", "MixUp", "RandAugment", "MaxNumBoundingBoxes")
    return name in others or (name.startswith("Random") and name != "RandomCrop")


RULES: Rules = {
    kind: rule
    for rule, kinds in (
        (Rule(_convolving, _kernel_at_outputs, stand_ins.positive),
         (layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D,
          layers.DepthwiseConv2D)),
        (Rule(_convolving, _both_kernels, stand_ins.positive),
         (layers.SeparableConv1D, layers.SeparableConv2D)),
        (Rule(_transposed, _kernel_at_inputs, stand_ins.positive),
         (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)),
        (Rule(_local, _kernel_at_outputs, stand_ins.mean_of_values), (layers.Dense,)),
        (Rule(_pooling, stand_in=stand_ins.average),
         (layers.MaxPooling2D, layers.AveragePooling2D)),
        (Rule(_global, stand_in=stand_ins.average),
         (layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D)),
        (Rule(_cropping_centre), (layers.CenterCrop, layers.RandomCrop)),
        (Rule(_upsampling, stand_in=stand_ins.interpolating),
         (layers.UpSampling2D, layers.Resizing)),
        (Rule(_global), (layers.RepeatVector,)),
        (Rule(_global, _inner), (layers.Dot,)),
        (Rule(_concatenating), (layers.Concatenate,)),
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
          layers.PReLU, layers.ReLU, layers.Rescaling, layers.SpatialDropout1D,
          layers.SpatialDropout2D, layers.SpatialDropout3D, layers.Masking, layers.Solarization,
          layers.Discretization)),
        (Rule(_local), [kind for name, kind in vars(layers).items() if _only_in_training(name)]),
    )
    for kind in kinds
}  # fmt: skip
"""The kinds of layer that are known, in inference mode. Extend with the argument `rules`."""

OPERATIONS: Mapping[str, Rule] = {
    kind: rule
    for rule, kinds in (
        (RULES[layers.Add], UNIT_BY_UNIT),
        (RULES[layers.Add], ("CustomScaleLayer", "LayerScale", "StochasticDepth")),
        (Rule(_global), ("OneHot",)),
        (Rule(_concatenating), ("Concatenate",)),
        (Rule(_upsampling, stand_in=stand_ins.interpolating), ("Resize",)),
        (Rule(_normalising, stand_in=stand_ins.with_mean),
         ("Cumprod", "Cumsum", "LogSoftmax", "Normalize", "Softmax", "Sort", "Sparsemax")),
        (Rule(_normalising, stand_in=stand_ins.reduced),
         ("All", "Amax", "Amin", "Any", "Logsumexp", "Max", "Mean", "Median", "Min", "Moments",
          "Norm", "Prod", "Ptp", "Std", "Sum", "Var")),
    )
    for kind in kinds
}  # fmt: skip
"""Operations of `keras.ops`, and layers of `keras.applications`, by the names of their classes."""
