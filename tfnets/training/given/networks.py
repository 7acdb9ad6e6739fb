"""Networks handed to trainers: taken as they are, or refused with the way to mend them."""

import keras

from tfnets.errors import InputError

RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
"""Activation -> the values that it can give."""


def require(
    network: keras.Model, role: str, shape: tuple[int | None, ...] | None = None, inputs: int = 0
) -> None:
    """Refuses what is no functional model of one output; builds a Sequential that has no input yet.

    Args:
        network: What was handed in.
        role: What it is to be, for the sentence.
        shape: Shape (None, ...) of what it will be given, where that is known.
        inputs: How many inputs it must have; 0 for any number.

    Raises:
        InputError: A subclassed or unbuilt model, or another number of inputs or outputs.
    """
    if isinstance(network, keras.Sequential) and not network.built and shape is not None:
        network.build(shape)
    if not getattr(network, "inputs", None):
        raise InputError(
            f"The {role} is a {type(network).__name__} whose inputs are not known; for a "
            "Sequential, add keras.Input(shape) first; wrap a subclassed network: "
            "x = keras.Input(shape); keras.Model(x, network(x))."
        )
    if len(network.outputs) != 1:
        raise InputError(
            f"The {role} has {len(network.outputs)} outputs; give a model of one of them: "
            "keras.Model(network.inputs, network.outputs[0])."
        )
    if inputs and len(network.inputs) != inputs:
        raise InputError(
            f"The {role} takes {len(network.inputs)} inputs, but is given {inputs} here; for "
            "images that are asked for by labels or captions there is ConditionalGAN."
        )


def require_critic(network: keras.Model, role: str = "discriminator") -> None:
    """Refuses a discriminator that ends in a sigmoid or softmax: losses take logits."""
    end = ending(network)
    if end in ("sigmoid", "softmax"):
        raise InputError(
            f"The {role} ends in a {end}, but the losses take logits; leave the {end} out of its "
            "last layer."
        )


def require_free(*critics: keras.Model) -> None:
    """Refuses a discriminator that is frozen, with an `InputError`."""
    for critic in critics:
        if not critic.trainable_weights:
            raise InputError(
                f"All weights of {critic.name} are frozen, so it would never learn; set "
                "`trainable = True` before `compile`: a trainer moves one network at a time by "
                "itself. To keep a discriminator still, freeze it after `compile`."
            )


def require_fit(made: keras.Model, taken: keras.Model) -> None:
    """Refuses, with an `InputError`, two networks whose images have different shapes."""
    shapes = made.output_shape[1:], tuple(taken.inputs[0].shape[1:])
    if not fits(*shapes):
        raise InputError(
            f"The generator makes images of shape {shapes[0]}, but the discriminator takes "
            f"{shapes[1]}; give networks that fit."
        )


def fits(shape: tuple[int | None, ...], wanted: tuple[int | None, ...]) -> bool:
    """Whether two shapes can be equal; None is any size."""
    pairs = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(None in pair or pair[0] == pair[1] for pair in pairs)


def ending(network: keras.Model) -> str | None:
    """The name of the activation that gives the output, also where it is reshaped afterwards."""
    layer, node, _ = network.outputs[0]._keras_history
    while isinstance(layer, keras.layers.Reshape | keras.layers.Flatten):
        layer, node, _ = layer._inbound_nodes[node].input_tensors[0]._keras_history
    if isinstance(layer, keras.Model):
        return ending(layer) if getattr(layer, "outputs", None) else None
    return getattr(getattr(layer, "activation", None), "__name__", None)
