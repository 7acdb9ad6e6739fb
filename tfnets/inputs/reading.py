"""Reading inner tensors of a model, whatever its shape: nested, branched, Sequential."""

import difflib
from collections.abc import Sequence

import keras

from tfnets.errors import InputError
from tfnets.theory.graph import Graph
from tfnets.theory.tracing import trace


def reader(model: keras.Model, layers: Sequence[str | None]) -> keras.Model:
    """Returns a model that maps the same images to inner tensors.

    It shares the model's layers and weights. Nested models are unfolded and only the layers that
    lead to what is asked for are run, each once.

    Args:
        model: A functional or Sequential model with one image input (n, height, width, channels).
        layers: Names as `tfnets.theory.tracing.trace` gives them (`NAME`, `NAME:2` for the second
            call of a shared layer, `MODEL/NAME` inside a nested model); None for the model's own
            output, the logits. At least one; a name may come twice.

    Returns:
        Functional model: images -> list of tensors (n, ...), one per name, in order; for one name,
        the tensor itself.

    Raises:
        InputError: No name, an unknown one (near ones are listed), or a model without one image
            input or without a graph.
    """
    if not layers:
        raise InputError("No layer was named; give at least one, or None for the logits.")
    graph = trace(model)
    targets = [tensor_of(model, graph, layer) for layer in layers]
    dtype = model.inputs[graph.sources.index(graph.image)].dtype
    image = keras.Input(graph.shapes[graph.image], dtype=dtype, name="image")
    values = {graph.image: image}
    for step in _leading_to(graph, set(targets)):
        values[step.output] = step.run([values[source] for source in step.inputs])
    outputs = [values[target] for target in targets]
    return keras.Model(image, outputs if len(outputs) > 1 else outputs[0], name="reader")


def tensor_of(model: keras.Model, graph: Graph, layer: str | None) -> int:
    """Returns the number, in the model's graph, of the tensor that a layer puts out.

    Args:
        model: The model.
        graph: Its graph, from `tfnets.theory.tracing.trace`.
        layer: As in `reader`.

    Raises:
        InputError: As in `reader`.
    """
    if layer is None:
        return _output(model, graph)
    if layer not in graph.names:
        near = difflib.get_close_matches(layer, graph.names, n=5, cutoff=0.5)
        listed = near or list(graph.names)[:12]
        raise InputError(
            f"The model {model.name!r} has no layer {layer!r}; "
            f"{'near names are' if near else 'its layers begin with'} {', '.join(listed)}."
        )
    return graph.names[layer]


def _output(model: keras.Model, graph: Graph) -> int:
    """The walk ends at the model's output, if each model on the way down has only one."""
    operation = model
    while getattr(operation, "inputs", None):
        if len(operation.outputs) != 1:
            raise InputError(
                f"The model {operation.name!r} has {len(operation.outputs)} outputs; give a model "
                "that ends in one output, the logits."
            )
        operation = operation.outputs[0]._keras_history.operation
    return graph.steps[-1].output


def _leading_to(graph: Graph, targets: set[int]) -> list:
    steps = {id(step) for target in targets for step in graph.leading_to(target)}
    return [step for step in graph.steps if id(step) in steps]
