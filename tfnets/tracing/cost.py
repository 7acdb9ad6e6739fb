"""What a network costs: weights and multiplications per layer, at any size of image (study 6.1).

Counted are the multiplications of kernel entries with values, per image: an n x n image under a
k x k kernel, `valid`, one channel and one filter, takes k^2 (n - k + 1)^2. They are equal to the
number of multiply-accumulates. Not counted are biases, normalisation, activations, average pooling
and products of two layers' outputs, which are small beside it. The zeros of `same` padding are
multiplied like any value, and so are the products that a transposed convolution cuts off at the
edges: that is what a plain implementation does.

A layer after another adds its multiplications; it does not multiply them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras

from tfnets.tracing.graph import Graph, Shape, Size, Step
from tfnets.tracing.receptive_field import Field, fields
from tfnets.tracing.rules import Rules, find
from tfnets.tracing.tracing import trace


@dataclass(frozen=True)
class LayerCost:
    """Cost of one call of a layer.

    Attributes:
        name: The layer's name; `NAME:2` for the second call of a shared layer.
        kind: Name of its class.
        output: Shape it puts out, without the batch axis.
        weights: Number of its weights, trainable or not; 0 from the second call on.
        multiplications: Multiplications of kernel entries with values, per image.
    """

    name: str
    kind: str
    output: Shape
    weights: int
    multiplications: int


@dataclass(frozen=True)
class Cost:
    """Cost of a network: one row per call of a layer, in the order of the data."""

    rows: tuple[LayerCost, ...]

    @property
    def weights(self) -> int:
        """Weights of all layers, as `model.count_params()`."""
        return sum(row.weights for row in self.rows)

    @property
    def multiplications(self) -> int:
        """Multiplications of all layers, per image."""
        return sum(row.multiplications for row in self.rows)


def cost(model: keras.Model, input_shape: Size = None, *, rules: Rules | None = None) -> Cost:
    """Counts weights and multiplications of every layer of a functional or Sequential model.

    Another shape (height, width, channels) of its image than its own may be given, and rules for
    kinds of layer that are not in `tfnets.tracing.rules.RULES`.

    Raises:
        InputError: The model has no graph, a layer's kind is not known, or the shape does not fit.
    """
    graph = trace(model, input_shape)
    first = {id(step.layer): step for step in reversed(graph.steps)}
    rows = (_row(graph, step, rules, new=first[id(step.layer)] is step) for step in graph.steps)
    return Cost(tuple(rows))


def _row(graph: Graph, step: Step, rules: Rules | None, *, new: bool) -> LayerCost:
    output = graph.shapes[step.output]
    inputs = [graph.shapes[source] for source in step.inputs]
    multiplications = find(step, rules).multiplications(step.layer, inputs, output)
    owned = new and isinstance(step.layer, keras.layers.Layer)
    weights = step.layer.count_params() if owned else 0
    return LayerCost(step.name, step.kind, output, weights, multiplications)


def table(cost: Cost, fields: Mapping[str, Field | None] | None = None) -> str:
    """Returns the rows and the totals as aligned text for the terminal.

    Receptive fields by layer (`receptive_field.fields`) add two columns: the field as height x
    width and its stride, or `varies` where a layer's units have no common one.
    """
    seen = {} if fields is None else {name: _field(field) for name, field in fields.items()}
    between = [] if fields is None else ["field", "stride"]
    lines = [["layer", "kind", "output", *between, "weights", "multiplications"]]
    for row in cost.rows:
        numbers = (f"{row.weights:,}", f"{row.multiplications:,}")
        lines.append([row.name, row.kind, _by(row.output), *seen.get(row.name, []), *numbers])
    blank = [""] * (2 + len(between))
    lines.append(["total", *blank, f"{cost.weights:,}", f"{cost.multiplications:,}"])
    return _aligned(lines)


def cost_table(model: keras.Model, input_shape: Size = None) -> str:
    """Returns the table of `cost(model, input_shape)`, with fields of exactly one image input."""
    alone = sum(len(tensor.shape) == 4 for tensor in model.inputs) == 1
    seen = fields(model, input_shape=input_shape) if alone else None
    return table(cost(model, input_shape), seen)


def _field(field: Field | None) -> list[str]:
    if field is None:
        return ["varies", "-"]
    strides = field.stride if field.stride[0] != field.stride[1] else field.stride[:1]
    return [_by((field.height, field.width)), _by(strides)]


def _by(sizes: Sequence[object]) -> str:
    return "x".join(map(str, sizes)) or "1"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sides = [str.ljust] * (len(widths) - 2) + [str.rjust] * 2
    lines = [
        "  ".join(side(cell, n) for side, cell, n in zip(sides, row, widths, strict=True)).rstrip()
        for row in rows
    ]
    rule = "-" * max(map(len, lines))
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])
