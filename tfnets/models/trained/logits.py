"""Making any image classifier one that maps images in [0, 1] to logits.

The given model is left as it is: what has to change is copied, the rest is shared.
"""

import dataclasses
from collections.abc import Sequence

import keras
from keras import layers

from tfnets.errors import InputError
from tfnets.tracing.endings import kind_of
from tfnets.tracing.graph import Graph
from tfnets.tracing.tracing import trace


def require_image_model(model: keras.Model) -> tuple[int, int, int]:
    """Returns the image shape (height, width, channels) of a model with one input and one output.

    Raises:
        InputError: The model has no graph, several inputs or outputs, an input that is not an
            image of fixed size, or one that takes whole numbers.
    """
    graph = trace(model)
    if len(model.inputs) != 1 or len(model.outputs) != 1 or not graph.steps:
        raise InputError(
            f"The model {model.name!r} has {len(model.inputs)} inputs and {len(model.outputs)} "
            "outputs; give one that maps one image to one output."
        )
    shape = graph.shapes[graph.sources[0]]
    if len(shape) != 3:
        raise InputError(
            f"The model {model.name!r} takes inputs of shape {shape}; give one that takes images "
            "(height, width, channels)."
        )
    if not str(model.inputs[0].dtype).startswith("float"):
        raise InputError(
            f"The model {model.name!r} takes {model.inputs[0].dtype} images, for which there are "
            "no gradients; give one that takes floats."
        )
    return shape


def one_to_one(model: keras.Model) -> keras.Model:
    """Returns a functional model from one tensor to one tensor, of one input and one output.

    It is the model itself, unless that is Sequential (which has no `input` before it was called) or
    takes or puts out a list or dictionary of one.
    """
    if not isinstance(model, keras.Sequential) and all(
        isinstance(end, keras.KerasTensor) for end in (model.input, model.output)
    ):
        return model
    return _ending(model, model.outputs[0])


def without_softmax(model: keras.Model) -> tuple[keras.Model, str]:
    """Takes a softmax off the end of a model, as an activation or a layer, also when nested.

    Returns:
        A model that puts out the logits, and a line that says what was taken off; the model itself
        and an empty line when there is no softmax at its end. Layers keep their names.
    """
    history = model.outputs[0]._keras_history
    last, node = history.operation, history.operation._inbound_nodes[history.node_index]
    if len(node.input_tensors) != 1 or len(model.outputs[0].shape) != 2:
        return model, ""
    before = node.input_tensors[0]
    if getattr(last, "outputs", None):
        inner, note = without_softmax(last)
        return (_ending(model, inner(before)), note) if note else (model, "")
    if kind_of(last) != "softmax":
        return model, ""
    note = (
        f"The softmax at the end of {model.name!r} ({last.name!r}) was taken off: all is done on "
        "the logits."
    )
    if isinstance(last, keras.Layer) and last.weights:
        return _ending(model, _linear_copy(last, before)), note
    return _ending(model, before), note


def at_size(model: keras.Model, size: Sequence[int]) -> keras.Model:
    """Fixes the height and width of a model that leaves them open; names as for `preceded_by`.

    Raises:
        InputError: The model has fixed ones already and they are others, or cannot take these.
    """
    built = tuple(model.inputs[0].shape[1:])
    if len(built) != 3 or len(size) != 2 or None in built[2:]:
        raise InputError(f"The model {model.name!r} takes {built}; a size is height and width.")
    if any(side not in (None, new) for side, new in zip(built[:2], size, strict=True)):
        raise InputError(
            f"The model {model.name!r} takes images of {built[0]}x{built[1]}, not "
            f"{size[0]}x{size[1]}; leave the size out."
        )
    graph = trace(model, (*size, built[2]))
    image = keras.Input((*size, built[2]), name="image", dtype=model.inputs[0].dtype)
    return keras.Model(image, _called(model, graph, image), name=model.name)


def preceded_by(layer: keras.layers.Layer, model: keras.Model) -> keras.Model:
    """Puts a preprocessing layer in front of a model.

    A model without nested models is copied layer by layer, so that its layers keep their names; one
    with nested models becomes nested itself, and its layers are then called `MODEL/NAME`.

    The layer leads from images in [0, 1] to what the model takes, of the same shape; the model
    keeps its name.
    """
    graph = trace(model)
    image = keras.Input(graph.shapes[graph.sources[0]], name="unit_image")
    taken = {step.name.partition("/")[0] for step in graph.steps}
    while layer.name in taken:
        layer.name = f"{layer.name}_"
    first = layer(image)
    return keras.Model(image, _called(model, graph, first), name=model.name)


def rescaling(bounds: tuple[float, float]) -> keras.layers.Layer:
    """Returns the layer that maps [0, 1] to the bounds.

    Raises:
        InputError: The bounds are not two numbers, the smaller one first.
    """
    try:
        low, high = (float(bound) for bound in bounds)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The bounds are {bounds!r}; give two numbers, the values of black and of white."
        ) from error
    if not -1e6 < low < high < 1e6:
        raise InputError(f"The bounds are {low:g} and {high:g}; the first must be the smaller one.")
    return layers.Rescaling(high - low, low, name="to_bounds")


def _ending(model: keras.Model, output: keras.KerasTensor) -> keras.Model:
    return keras.Model(model.inputs[0], output, name=model.name)


def _linear_copy(layer: keras.layers.Layer, x: keras.KerasTensor) -> keras.KerasTensor:
    copy = type(layer).from_config(layer.get_config() | {"activation": "linear"})
    output = copy(x)
    copy.set_weights(layer.get_weights())
    return output


def _called(model: keras.Model, graph: Graph, first: keras.KerasTensor) -> keras.KerasTensor:
    nested = any("/" in step.name for step in graph.steps)
    return model(first) if nested else _copied(graph, first)


def _copied(graph: Graph, first: keras.KerasTensor) -> keras.KerasTensor:
    """Calls copies of all layers, each with the weights of its original, on another input."""
    values, copies = {graph.sources[0]: first}, {}
    for step in graph.steps:
        if id(step.layer) not in copies:
            copy = type(step.layer).from_config(step.layer.get_config())
            copy.name = step.layer.name
            copies[id(step.layer)] = copy
        inputs = [values[source] for source in step.inputs]
        values[step.output] = dataclasses.replace(step, layer=copies[id(step.layer)]).run(inputs)
    for layer in (step.layer for step in graph.steps):
        if getattr(layer, "weights", None):
            copy = copies[id(layer)]
            copy.set_weights(layer.get_weights())
            if hasattr(copy, "finalize_state"):  # Normalization derives what it uses from these.
                copy.finalize_state()
    return values[graph.output]
