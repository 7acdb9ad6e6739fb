"""What a model ends in: logits, or probabilities that are not to be taken for logits."""

import keras

from tfnets.errors import InputError

_KINDS = {"softmax": "softmax", "sigmoid": "sigmoid", "hardsigmoid": "sigmoid"}
_PASSING = ("Reshape", "Flatten", "Identity", "Dropout", "Activation", "Cast", "Squeeze")


def kind_of(operation: keras.Operation) -> str:
    """`softmax` or `sigmoid` if that is what an operation is or ends in, else an empty text."""
    activation = getattr(operation, "activation", None)
    names = type(operation).__name__, getattr(activation, "__name__", type(activation).__name__)
    return next(filter(None, (_KINDS.get(name.lower().replace("_", "")) for name in names)), "")


def require_logits(model: keras.Model) -> None:
    """Refuses a model whose output comes out of a softmax or a sigmoid, also when nested.

    Raises:
        InputError: It does, with what to do.
    """
    tensors = list(getattr(model, "outputs", None) or ())
    while len(tensors) == 1:
        history = tensors[0]._keras_history
        operation, node = history.operation, history.operation._inbound_nodes[history.node_index]
        if kind := kind_of(operation):
            raise InputError(f"The model {model.name!r} puts out probabilities; {_ADVICE[kind]}.")
        if getattr(operation, "outputs", None):
            tensors = list(operation.outputs)
        else:
            tensors = node.input_tensors if type(operation).__name__ in _PASSING else []


_ADVICE = {
    "softmax": "give its logits: load it with `tfnets.models.load`, which takes the softmax off",
    "sigmoid": "each says yes or no for itself (sigmoid), so they are no logits of classes that "
    "exclude each other; give a model that ends in those",
}
