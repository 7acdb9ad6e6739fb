"""A network as a list of calls with constant weights, each fast on many images.

Batch normalisation after a convolution is folded into its kernel, which saves two passes over the
largest tensors; kernels are constants, so that TensorFlow can join convolution, bias and ReLU.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfnets.errors import InputError
from tfnets.tracing.endings import require_logits
from tfnets.tracing.graph import Graph, Shape, Step
from tfnets.tracing.tracing import trace

_CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D)


@dataclass(frozen=True, eq=False)
class Call:
    """One thing that is run: a layer, or a convolution with the normalisation after it.

    Attributes:
        steps: The layer calls it stands for.
        inputs: Numbers of the tensors that go in.
        output: Number of the tensor that comes out.
        run: The tensors that go in -> the tensor that comes out.
    """

    steps: tuple[Step, ...]
    inputs: tuple[int, ...]
    output: int
    run: Callable[..., tf.Tensor]


@dataclass(frozen=True, eq=False)
class Calls:
    """A network from its image to its logits.

    Attributes:
        graph: The graph; None for a model without one, which is a single call.
        calls: All calls, each after those it needs.
        image: Number of the image.
        logits: Number of the logits.
        classes: How many logits there are.
    """

    graph: Graph | None
    calls: tuple[Call, ...]
    image: int
    logits: int
    classes: int


def calls_of(model: keras.Model, shape: Shape) -> Calls:
    """Lists the calls of a network for images of one shape.

    The model maps images (n, *shape) to logits (n, classes). One that
    `tfnets.tracing.tracing.trace` cannot walk (a subclassed one) becomes one call.

    Raises:
        InputError: The network takes other images, or does not end in logits (n, classes).
    """
    _require_fitting(model, shape)
    try:
        graph = trace(model, shape)
    except InputError as error:
        return _one_call(model, shape, error)
    logits = tensor_of(model, graph, None)
    _require_vector(model, graph.shapes[logits])
    calls = calls_to(graph, [logits])
    return Calls(graph, calls, graph.image, logits, graph.shapes[logits][0])


def tensor_of(model: keras.Model, graph: Graph, layer: str | None) -> int:
    """Returns the number, in the model's graph, of the tensor that a layer puts out.

    The layer is named as `tfnets.tracing.tracing.trace` names it (`NAME`, `NAME:2` for the second
    call of a shared layer, `MODEL/NAME` inside a nested model); None is the model's own output, the
    logits.

    Raises:
        InputError: An unknown name (near ones are listed), or logits of a model that has several
            outputs.
    """
    if layer is None:
        # The walk ends at the model's output, if each model on the way down has only one.
        operation = model
        while getattr(operation, "inputs", None):
            if len(operation.outputs) != 1:
                raise InputError(
                    f"The model {operation.name!r} has {len(operation.outputs)} outputs; give a "
                    "model that ends in one output, the logits."
                )
            operation = operation.outputs[0]._keras_history.operation
        require_logits(model)
        return graph.output
    if layer not in graph.names:
        near = difflib.get_close_matches(layer, graph.names, n=5, cutoff=0.5)
        listed = near or list(graph.names)[:12]
        raise InputError(
            f"The model {model.name!r} has no layer {layer!r}; "
            f"{'near names are' if near else 'its layers begin with'} {', '.join(listed)}."
        )
    return graph.names[layer]


def calls_to(graph: Graph, targets: Sequence[int]) -> tuple[Call, ...]:
    """Lists the calls that lead to some tensors, by number, each after those it needs."""
    needed = {id(step) for target in targets for step in graph.leading_to(target)}
    return _folded([step for step in graph.steps if id(step) in needed], set(targets))


def run(calls: Iterable[Call], values: dict[int, tf.Tensor]) -> dict[int, tf.Tensor]:
    """Runs calls on the tensors that are known and returns those with all new ones."""
    values = dict(values)
    for call in calls:
        values[call.output] = call.run(*(values[source] for source in call.inputs))
    return values


def _one_call(model: keras.Model, shape: Shape, reason: InputError) -> Calls:
    try:
        outputs = model(np.zeros((1, *shape), np.float32), training=False).shape
    except Exception as error:  # Models raise nearly every kind for an image they cannot take.
        raise reason from error
    _require_vector(model, tuple(outputs[1:]))
    call = Call((), (0,), 1, lambda images: model(images, training=False))
    return Calls(None, (call,), 0, 1, outputs[-1])


def _require_fitting(model: keras.Model, shape: Shape) -> None:
    """Refuses images of another size than a model with one input was built for."""
    inputs = getattr(model, "inputs", None) or ()
    if len(inputs) != 1:
        return
    built = inputs[0].shape[1:]
    fits = (b in (None, s) for b, s in zip(built, shape, strict=False))
    if len(built) != len(shape) or not all(fits):
        raise InputError(
            f"The model {model.name!r} takes images of {_text(built)}, not {_text(shape)}; resize "
            "the images, or pad them."
        )


def _text(shape: Sequence[int | None]) -> str:
    return "x".join("any" if size is None else str(size) for size in shape)


def _require_vector(model: keras.Model, shape: Shape) -> None:
    if len(shape) != 1:
        raise InputError(
            f"The model {model.name!r} puts out {_text(shape)} per image; give one that ends in "
            "one logit per class."
        )


def _folded(steps: Sequence[Step], wanted: set[int]) -> tuple[Call, ...]:
    """Joins each normalisation with the convolution before it, if no one else needs that."""
    users = Counter(wanted)
    users.update(source for step in steps for source in set(step.inputs))
    makers = {step.output: step for step in steps}
    pairs = {}
    for step in steps:
        before = makers.get(step.inputs[0]) if step.inputs else None
        if before and users[before.output] == 1 and _foldable(before.layer, step.layer):
            pairs[before.output] = step
    ends = {id(step) for step in pairs.values()}
    return tuple(_call(step, pairs.get(step.output)) for step in steps if id(step) not in ends)


def _foldable(layer: keras.Operation, after: keras.Operation) -> bool:
    return (
        type(layer) in _CONVOLUTIONS
        and layer.activation in (None, keras.activations.linear)
        and type(after) is layers.BatchNormalization
        and after.axis in (-1, 3)
    )


def _call(step: Step, after: Step | None) -> Call:
    if type(step.layer) not in _CONVOLUTIONS:
        return Call((step,), step.inputs, step.output, lambda *values: step.run(values))
    steps = (step,) if after is None else (step, after)
    run = _convolution(step.layer, after and after.layer)
    return Call(steps, step.inputs, steps[-1].output, run)


def _convolution(
    layer: keras.layers.Layer, normalization: layers.BatchNormalization | None
) -> Callable[[tf.Tensor], tf.Tensor]:
    depthwise = isinstance(layer, layers.DepthwiseConv2D)
    convolve = keras.ops.depthwise_conv if depthwise else keras.ops.conv
    kernel = np.asarray(layer.kernel, np.float64)
    filters = int(np.prod(kernel.shape[2:])) if depthwise else kernel.shape[3]
    bias = np.asarray(layer.bias, np.float64) if layer.use_bias else np.zeros(filters)
    if normalization is not None:
        scale, shift = _affine(normalization)
        kernel = kernel * (scale.reshape(kernel.shape[2:]) if depthwise else scale)
        bias = bias * scale + shift
    weights, added = (tf.constant(values, layer.compute_dtype) for values in (kernel, bias))

    def run(images: tf.Tensor) -> tf.Tensor:
        images = tf.cast(images, layer.compute_dtype)
        settings = (layer.strides, layer.padding, "channels_last", layer.dilation_rate)
        convolved = convolve(images, weights, *settings)
        shifted = tf.nn.bias_add(convolved, added)
        return shifted if layer.activation is None else layer.activation(shifted)

    return run


def _affine(layer: layers.BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
    """Batch normalisation in inference as `scale * x + shift`, both of shape (channels,)."""
    scale = 1 / np.sqrt(np.asarray(layer.moving_variance, np.float64) + layer.epsilon)
    if layer.scale:
        scale = scale * np.asarray(layer.gamma, np.float64)
    shift = -scale * np.asarray(layer.moving_mean, np.float64)
    if layer.center:
        shift = shift + np.asarray(layer.beta, np.float64)
    return scale, shift
