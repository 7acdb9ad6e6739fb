"""Generators: latent vector -> image."""

import math
from dataclasses import replace

import keras
from keras import layers

from tfnets.errors import InputError, choices
from tfnets.models.autoencoders import DECODERS, SHAPE
from tfnets.models.blocks import dense, latent_input
from tfnets.models.discriminators import dense_discriminator
from tfnets.models.stacks import DENSE_STACK, Minibatch, Stack


def decoder_generator(architecture: str, latent: int, seed: int) -> keras.Model:
    """A generator that is an autoencoder's decoder, layer for layer and name for name.

    Because the names agree, `tfnets.artifacts.weights.restore_weights` copies a trained decoder in
    without a renaming table (study 3.3).

    Returns:
        Model `(n, latent) -> (n, 28, 28, 1)`, named `generator`; `architecture` is a key of
        `DECODERS`.

    Raises:
        InputError: Unknown architecture, or a latent size below 1.
    """
    if architecture not in DECODERS:
        raise InputError(
            f"There is no decoder called {architecture!r}; {choices(architecture, DECODERS)}."
        )
    latent_input(latent)
    decoder = DECODERS[architecture](latent, seed)
    return keras.Model(decoder.input, decoder.output, name="generator")


def dense_generator(
    latent: int, seed: int, shape: tuple[int, int, int] = SHAPE, stack: Stack = DENSE_STACK
) -> keras.Model:
    """A generator of fully connected layers alone (Goodfellow et al. 2014), sigmoid at its end.

    The one-dense-layer generator of study 3.1 is `decoder_generator("one_dense", ...)`; this one
    has hidden layers.

    `shape` is (height, width, channels), `stack` the hidden layers.

    Returns:
        Model `(n, latent) -> (n, *shape)` in (0, 1), named `generator`.

    Raises:
        InputError: A latent size below 1.
    """
    z = latent_input(latent)
    x = stack(z, "generator", seed)
    x = dense(x, math.prod(shape), name="generator_image", seed=seed, activation="sigmoid")
    x = layers.Reshape(shape, name="generator_reshape")(x)
    return keras.Model(z, x, name="generator")


DENSE = {
    "plain": (dense_generator, dense_discriminator),
    "spectral": (
        dense_generator,
        lambda seed: dense_discriminator(seed, stack=replace(DENSE_STACK, spectral=True)),
    ),
    "minibatch": (dense_generator, lambda seed: dense_discriminator(seed, minibatch=Minibatch())),
}
"""Pairs of `(latent, seed) -> generator` and `seed -> discriminator` by name, dense only."""
