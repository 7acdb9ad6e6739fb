"""What a network costs: weights and multiplications per layer, at any size of image (study 6.1).

Counted are the multiplications of kernel entries with values, per image: an n x n image under a
k x k kernel, `valid`, one channel and one filter, takes k^2 (n - k + 1)^2. They are equal to the
number of multiply-accumulates. Matrix products of two tensors, as in attention, count in the same
way. Not counted are biases, normalisation, activations, average pooling, products value by value,
inner products of two vectors and resizing, which are small beside it; looking up a row (Embedding)
takes none. The zeros of `same` padding are multiplied like any value, and so are the products that
a transposed convolution cuts off at the edges: that is what a plain implementation does.

Layers without a formula in `tfnets.tracing.rules` are counted in TensorFlow's graph of their call
(`tfnets.tracing.products`): a recurrent layer takes its cell's products once per step of time.

A layer after another adds its multiplications; it does not multiply them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras

from tfnets.errors import InputError
from tfnets.tracing.graph import Graph, Shape, Size, Step
from tfnets.tracing.products import products
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
        weights: Number of its weights, trainable or not, without those of earlier rows.
        multiplications: Multiplications of kernel entries with values, per image; None if unknown.
    """

    name: str
    kind: str
    output: Shape
    weights: int
    multiplications: int | None


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
        """Multiplications of all layers, per image, as far as they are known."""
        return sum(row.multiplications or 0 for row in self.rows)


def cost(model: keras.Model, input_shape: Size = None, *, rules: Rules | None = None) -> Cost:
    """Counts weights and multiplications of every layer of a functional or Sequential model.

    Another shape (height, width, channels) of its image than its own may be given, and rules for
    kinds of layer that are not in `tfnets.tracing.rules.RULES`.

    Raises:
        InputError: The model has no graph, or the shape does not fit.
    """
    graph, seen = trace(model, input_shape), set()
    return Cost(tuple(_row(graph, step, rules, seen) for step in graph.steps if step.place == 0))


def _row(graph: Graph, step: Step, rules: Rules | None, seen: set[int]) -> LayerCost:
    new = {id(weight): weight for weight in getattr(step.layer, "weights", [])}
    weights = sum(math.prod(new[key].shape) for key in new.keys() - seen)
    seen.update(new)
    try:
        multiplications = _multiplications(graph, step, rules)
    except InputError:
        multiplications = None
    return LayerCost(step.name, step.kind, graph.shapes[step.output], weights, multiplications)


def _multiplications(graph: Graph, step: Step, rules: Rules | None) -> int:
    inputs = [graph.shapes[source] for source in step.inputs]
    try:
        rule = find(step, rules)
    except InputError:
        whole = [
            (int(graph.parts.get(source, 1) * graph.batch), *shape)
            for source, shape in zip(step.inputs, inputs, strict=True)
        ]
        return products(step, whole) // graph.batch
    counted = rule.multiplications(step.layer, inputs, graph.shapes[step.output])
    return int(counted * graph.parts.get(step.output, 1))


def table(cost: Cost, fields: Mapping[str, Field | None] | None = None) -> str:
    """Returns the rows and the totals as aligned text for the terminal.

    Receptive fields by layer (`receptive_field.fields`) add two columns: the field as height x
    width and its stride, `varies` where a layer's units have no common one, and `unknown` where a
    kind of layer is on the way for which no rule is known.
    """
    seen = {} if fields is None else {name: _field(field) for name, field in fields.items()}
    unknown = [] if fields is None else ["unknown", "-"]
    between = [] if fields is None else ["field", "stride"]
    lines = [["layer", "kind", "output", *between, "weights", "multiplications"]]
    for row in cost.rows:
        products = "unknown" if row.multiplications is None else f"{row.multiplications:,}"
        fielded = seen.get(row.name, unknown)
        lines.append([row.name, row.kind, _by(row.output), *fielded, f"{row.weights:,}", products])
    blank = [""] * (2 + len(between))
    more = " + unknown" if any(row.multiplications is None for row in cost.rows) else ""
    lines.append(["total", *blank, f"{cost.weights:,}", f"{cost.multiplications:,}{more}"])
    return _aligned(lines)


def cost_table(model: keras.Model, input_shape: Size = None) -> str:
    """Returns the table of `cost(model, input_shape)`, with fields of exactly one image input."""
    counted = cost(model, input_shape)
    alone = sum(len(tensor.shape) == 4 for tensor in model.inputs) == 1
    return table(counted, fields(model, input_shape=input_shape) if alone else None)


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
