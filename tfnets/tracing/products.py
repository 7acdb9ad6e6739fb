"""Counting the products of a call in the graph that TensorFlow makes of it, whatever its layer.

Counted are matrix products and convolutions, of kernels and of tensors with each other: an output
value that is a sum of n products counts n. The body of a loop (LSTM, GRU) counts as often as it
runs, the larger branch of a condition once. Nothing is computed.
"""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.tracing.graph import Shape, Step

_ONLY_SHAPES = ("OnesLike", "Shape", "ZerosLike")
_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")


def products(step: Step, inputs: Sequence[Shape]) -> int:
    """Counts the multiplications of one call, for inputs of these whole shapes.

    Raises:
        InputError: TensorFlow cannot make a graph of the call, or it does not show them: a loop of
            unknown length, or Python's own code.
    """
    try:
        return _in_graph(graph_of(step, inputs))
    except Exception as error:  # Layers raise nearly every kind.
        raise InputError(
            f"The multiplications of the layer {step.name!r} ({step.kind}) cannot be counted; give "
            "a rule as rules={...: tfnets.tracing.rules.Rule(...)}."
        ) from error


def graph_of(step: Step, inputs: Sequence[Shape]) -> tf.Graph:
    """Returns TensorFlow's graph of one call, for inputs of these whole shapes."""
    specs = map(tf.TensorSpec, inputs, (tensor.dtype for tensor in step.node.input_tensors))
    traced = tf.function(lambda *values: step.outputs(values), autograph=False)
    return traced.get_concrete_function(*specs).graph


def _in_graph(graph: tf.Graph) -> int:
    """Counts what the outputs need: Keras tries a recurrent cell once, only for its shapes."""
    waiting, needed = [output.op for output in graph.outputs], {}
    while waiting:
        operation = waiting.pop()
        if operation.name not in needed and operation.type not in _ONLY_SHAPES:
            needed[operation.name] = operation
            waiting += [tensor.op for tensor in operation.inputs]
    return sum(map(_of, needed.values()))


def _of(operation: tf.Operation) -> int:
    if operation.type in _PYTHON:
        raise ValueError(operation.type)
    shapes = [tuple(x.shape) for x in (*operation.inputs, *operation.outputs)]
    if operation.type in _COUNTS:
        return _COUNTS[operation.type](operation, *shapes)
    inner = dict(_functions(operation))
    if inner.get("body"):
        return inner["body"] * _rounds(operation)
    return max(inner.values(), default=0)


def _functions(operation: tf.Operation) -> Iterator[tuple[str, int]]:
    """Yields the functions that an operation calls, by attribute, and what is counted in each."""
    for key, value in operation.node_def.attr.items():
        for place, function in enumerate([value.func] if value.func.name else value.list.func):
            graph = operation.graph._get_function(function.name).graph
            yield f"{key}{place or ''}", _in_graph(graph)


def _rounds(loop: tf.Operation) -> int:
    """How often the body of a loop is run: its second input, a constant or the largest of some."""
    most = loop.inputs[1]
    while most.op.type == "Max":
        most = most.op.inputs[0]
    return int(np.max(tf.get_static_value(most)))


def _matrices(operation: tf.Operation, first: Shape, second: Shape, output: Shape) -> int:
    turned = operation.get_attr("transpose_a" if operation.type == "MatMul" else "adj_x")
    return prod(output) * first[-2 if turned else -1]


def _einsum(operation: tf.Operation, *shapes: Shape) -> int:
    left, kept = operation.get_attr("equation").decode().split("->")
    sizes = {}
    for labels, shape in zip(left.split(","), shapes, strict=False):
        before, _, after = labels.partition("...")
        sizes |= zip(before, shape, strict=False)
        sizes |= zip(reversed(after), reversed(shape), strict=False)
    summed = prod(size for label, size in sizes.items() if label not in kept)
    return prod(shapes[-1]) * summed if "," in left else 0


def _convolution(_: Any, image: Shape, kernel: Shape, output: Shape) -> int:
    return prod(output) * prod(kernel[:-1])


def _transposed(_: Any, sizes: Shape, kernel: Shape, image: Shape, output: Shape) -> int:
    return prod(image) * prod(kernel[:-1])


_COUNTS = (
    dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), _matrices)
    | dict.fromkeys(("Conv2D", "Conv3D"), _convolution)
    | dict.fromkeys(("Conv2DBackpropInput", "Conv3DBackpropInputV2"), _transposed)
    | {"Einsum": _einsum}
    | {"DepthwiseConv2dNative": lambda _, image, kernel, out: prod(out) * prod(kernel[:2])}
)
