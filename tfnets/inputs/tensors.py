"""Which tensor of a network a layer's name means."""

import difflib

import keras

from tfnets.errors import InputError
from tfnets.tracing.graph import Graph


def tensor_of(model: keras.Model, graph: Graph, layer: str | None) -> int:
    """Returns the number, in the model's graph, of the tensor that a layer puts out.

    Args:
        model: The model.
        graph: Its graph, from `tfnets.tracing.tracing.trace`.
        layer: A name as `tfnets.tracing.tracing.trace` gives it (`NAME`, `NAME:2` for the second
            call of a shared layer, `MODEL/NAME` inside a nested model); None for the model's own
            output, the logits.

    Raises:
        InputError: An unknown name (near ones are listed), or logits of a model that has several
            outputs.
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
