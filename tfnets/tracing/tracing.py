"""Listing a model's layer calls: the walk along Keras's graph, and the shapes at any image size."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import keras
from keras import tree

from tfnets.errors import InputError
from tfnets.tracing.graph import Graph, Shape, Step
from tfnets.tracing.products import graph_of


def trace(model: keras.Model, input_shape: Sequence[int] | None = None) -> Graph:
    """Lists the layer calls of a functional or Sequential model.

    The model itself is left alone, also for another size of image: every layer is only asked for
    the shape it would put out.

    Args:
        model: The model; nested models are unfolded.
        input_shape: Shape of the image (height, width, channels), or of the one input with as many
            axes, if it is to be another than the model was built with, or is left open there.

    Raises:
        InputError: The model has no graph, or its layers cannot take images of this shape.
    """
    if not getattr(model, "inputs", None):
        raise InputError(
            f"The model {model.name!r} has no graph of layers; give a functional model, or a "
            "Sequential one that is built (with an Input as its first layer)."
        )
    return _Tracer(model, _source_shapes(model, input_shape)).graph()


def _source_shapes(model: keras.Model, wanted: Sequence[int] | None) -> list[Shape]:
    shapes = [tuple(tensor.shape[1:]) for tensor in model.inputs]
    if wanted is not None:
        wanted = tuple(int(size) for size in wanted)
        alike = [place for place, shape in enumerate(shapes) if len(shape) == len(wanted)]
        chosen = [p for p in alike if None in shapes[p]] if len(alike) > 1 else alike
        if not alike or min(wanted, default=1) < 1:
            raise InputError(
                f"The input shape is {wanted}, the model's {_shapes_text(shapes)}; give height, "
                "width and channels (HEIGHTxWIDTHxCHANNELS), or as many sizes, each at least 1."
            )
        if not chosen:
            raise InputError(
                f"The model {model.name!r} has {len(alike)} "
                f"{'image inputs' if len(wanted) == 3 else 'inputs of that kind'}; another input "
                "shape can be given to a model with exactly one."
            )
        for place in chosen:
            pairs = zip(shapes[place], wanted, strict=True)
            # Two texts of open length, say, get the same one.
            filled = tuple(size if built is None else built for built, size in pairs)
            shapes[place] = _wanted_shape(shapes[place], wanted) if len(alike) == 1 else filled
    if any(size is None for shape in shapes for size in shape):
        raise InputError(
            f"The model {model.name!r} leaves its input shape open: {_shapes_text(shapes)}; give "
            "the shape (height, width, channels) of the image, or as many sizes as the input has, "
            "or load it with a size (`load(model, size=(height, width))`, `--size 224x224`)."
        )
    return shapes


def _shapes_text(shapes: Sequence[Sequence[int | None]]) -> str:
    return ", ".join(str(tuple(shape)) for shape in shapes)


def _wanted_shape(built: tuple[int | None, ...], wanted: Shape) -> Shape:
    if len(wanted) > 1 and built[-1] not in (None, wanted[-1]):
        raise InputError(
            f"The input shape {wanted} has {wanted[-1]} channels, but the model takes "
            f"{built[-1]}; give the other sizes and {built[-1]}."
        )
    return wanted


class _Tracer:
    """Numbers the tensors of a model and of the models nested in it."""

    def __init__(self, model: keras.Model, shapes: Sequence[Shape]) -> None:
        self._model = model
        self._specs: list[keras.KerasTensor] = []
        self._steps: list[Step] = []
        self._names: dict[str, int] = {}
        specs = [
            keras.KerasTensor((tensor.shape[0] or 1, *shape), tensor.dtype)
            for shape, tensor in zip(shapes, model.inputs, strict=True)
        ]
        self._batch = specs[0].shape[0]
        self._sources = [self._number(spec) for spec in specs]

    def graph(self) -> Graph:
        output = self._unfold(self._model, self._sources, "")[0]
        shapes = tuple(tuple(spec.shape[1:]) for spec in self._specs)
        sources, steps = tuple(self._sources), tuple(self._steps)
        parts = {
            number: Fraction(spec.shape[0], self._batch)
            for number, spec in enumerate(self._specs)
            if spec.shape[:1] not in ((), (self._batch,))
        }
        name, names = self._model.name, self._names
        return Graph(name, steps, shapes, sources, names, parts, self._batch, output)

    def _number(self, spec: keras.KerasTensor) -> int:
        if spec.shape[:1] == (None,):  # As after a condition, whose branches Keras compares.
            spec = keras.KerasTensor((self._batch, *spec.shape[1:]), spec.dtype)
        self._specs.append(spec)
        return len(self._specs) - 1

    def _unfold(self, model: keras.Model, sources: Sequence[int], prefix: str) -> list[int]:
        """Adds the calls of a model on the tensors `sources`; returns its outputs' numbers."""
        numbers = {id(x): number for x, number in zip(model.inputs, sources, strict=True)}
        for node in _ordered_nodes(model):
            inputs = tuple(numbers[id(x)] for x in node.input_tensors)
            name = self._unused(prefix + node.operation.name)
            if getattr(node.operation, "inputs", None):
                outputs = self._unfold(node.operation, inputs, f"{name}/")
            else:
                outputs = self._call(node, inputs, name)
            # A nested model with several outputs is addressed by its layers' names.
            if len(outputs) == 1:
                self._names[name] = outputs[0]
            numbers |= {id(x): out for x, out in zip(node.outputs, outputs, strict=True)}
        return [numbers[id(x)] for x in model.outputs]

    def _unused(self, name: str) -> str:
        numbered = (f"{name}:{call}" for call in itertools.count(2))
        return next(one for one in itertools.chain([name], numbered) if one not in self._names)

    def _call(self, node: Any, inputs: tuple[int, ...], name: str) -> list[int]:
        specs = [self._specs[number] for number in inputs]
        image = [self._specs[source] for source in self._sources]
        first = Step(name, node.operation, inputs, len(self._specs), node)
        outputs = [self._number(spec) for spec in _outputs(first, specs, image)]
        for place, output in enumerate(outputs):
            label = f"{name}[{place}]" if place else name
            self._names[label] = output
            self._steps.append(Step(label, node.operation, inputs, output, node, place))
        return outputs


def _outputs(
    step: Step, specs: list[keras.KerasTensor], image: list[keras.KerasTensor]
) -> list[keras.KerasTensor]:
    """What a call puts out; refuses a shape that the layer cannot take."""
    misfit = InputError(
        f"The layer {step.name!r} ({step.kind}) cannot take {_text(specs)}, which is what an input "
        f"of {_text(image)} gives it; choose an image size that the model was made for."
    )
    if not _fits(step, specs):
        raise misfit
    known = {id(x): spec for x, spec in zip(step.node.input_tensors, specs, strict=True)}
    args, kwargs = step.node.arguments.fill_in(known)
    try:
        outputs = tree.flatten(step.layer.compute_output_spec(*args, **kwargs))
        if any(None in output.shape[1:] for output in outputs):  # EinsumDense((None, 8)), say.
            found = graph_of(step, [spec.shape for spec in specs]).outputs
            outputs = [keras.KerasTensor(tuple(x.shape), x.dtype.name) for x in found]
        empty = any(min(output.shape[1:], default=1) < 1 for output in outputs)
    except Exception as error:  # Layers raise nearly every kind for a shape they cannot take.
        raise misfit from error
    if empty:
        raise misfit
    return outputs


def _text(specs: Sequence[keras.KerasTensor]) -> str:
    return " and ".join("x".join(map(str, spec.shape[1:])) or "one value" for spec in specs)


def _fits(step: Step, specs: list[keras.KerasTensor]) -> bool:
    """Whether shapes fit the layer's weights (`compute_output_spec` takes any)."""
    wanted = [spec for spec in tree.flatten(getattr(step.layer, "input_spec", None)) if spec]
    return all(
        size is None or (-len(spec.shape) <= axis < len(spec.shape) and spec.shape[axis] == size)
        for want, spec in zip(wanted, specs, strict=False)
        for axis, size in want.axes.items()
    )


def _ordered_nodes(model: keras.Model) -> list[Any]:
    """Returns the calls between a model's inputs and outputs, each after those it needs."""
    done = {id(tensor) for tensor in model.inputs}
    ordered, waiting = [], list(reversed(model.outputs))
    while waiting:
        tensor = waiting[-1]
        if id(tensor) in done:
            waiting.pop()
            continue
        history = tensor._keras_history
        node = history.operation._inbound_nodes[history.node_index]
        missing = [x for x in node.input_tensors if id(x) not in done]
        if missing:
            waiting.extend(reversed(missing))
            continue
        ordered.append(node)
        done |= {id(x) for x in node.outputs}
    return ordered
