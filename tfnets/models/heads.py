"""Small classifiers for few labels, many of them side by side in one model.

The repetitions of an experiment (one head per draw of the labelled images) become one more axis of
every weight. Training them all is then one program with large matrix products, not hundreds of
small ones, and each head still learns exactly what it would learn alone.
"""

import math

import keras
from keras import layers

from tfnets.errors import InputError, choices
from tfnets.models.blocks import initializer

HEADS: dict[str, tuple[tuple[str, int], ...]] = {
    "softmax": (),
    "relu32": (("relu", 32),),
    "sigmoid32": (("sigmoid", 32),),
    "sigmoid64": (("sigmoid", 64),),
    "sigmoid64x2": (("sigmoid", 64), ("sigmoid", 64)),
}
"""Heads of study 4.1: (activation, units) of each hidden layer, before 10 softmax units."""


def parallel_heads(
    name: str, draws: int, features: int, seed: int, classes: int = 10
) -> keras.Model:
    """Builds `draws` independent classifiers of one kind as one model.

    The batch axis runs over the examples of a draw, so `fit` takes inputs (examples, draws,
    features) and labels (examples, draws); `tfnets.training.parallel` trains it. `name` is a key of
    `HEADS`. The initial weights are Glorot uniform, as of one classifier alone, and different from
    draw to draw.

    Returns:
        Model `(n, draws, features) -> (n, draws, classes)` logits.

    Raises:
        InputError: Unknown name.
    """
    if name not in HEADS:
        raise InputError(f"There is no head called {name!r}; {choices(name, HEADS)}.")
    inputs = x = keras.Input((draws, features), name="inputs")
    for index, (activation, units) in enumerate(HEADS[name], start=1):
        x = _parallel_dense(x, units, f"head_dense{index}", seed, activation)
    return keras.Model(inputs, _parallel_dense(x, classes, "head_logits", seed), name=name)


def finetuned_head(encoder: keras.Model, head: keras.Model) -> keras.Model:
    """Joins a copy of an encoder and a one-draw head, to train both: images -> (n, 1, classes).

    The encoder stays as it is; the head is from `parallel_heads` with `draws=1` and trained on.
    """
    copy = keras.models.clone_model(encoder)
    copy.set_weights(encoder.get_weights())
    latent = layers.Reshape((1, -1), name="one_draw")(copy.output)
    return keras.Model(copy.input, head(latent), name="finetuned")


def _parallel_dense(
    x: keras.KerasTensor, units: int, name: str, seed: int, activation: str | None = None
) -> keras.KerasTensor:
    draws = x.shape[1]
    # Glorot's limit by hand: Keras counts the draws axis into the fans, each version its own way.
    limit = math.sqrt(6 / (x.shape[2] + units))
    glorot = keras.initializers.RandomUniform(-limit, limit, seed=initializer(seed, name).seed)
    return layers.EinsumDense(
        "ndf,dfh->ndh", (draws, units), activation, "dh", kernel_initializer=glorot, name=name
    )(x)
