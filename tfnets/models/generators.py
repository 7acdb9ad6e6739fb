"""Generators: latent vector -> image."""

import keras

from tfnets.errors import InputError
from tfnets.models.autoencoders import DECODERS


def decoder_generator(architecture: str, latent: int, seed: int) -> keras.Model:
    """A generator that is an autoencoder's decoder, layer for layer and name for name.

    Because the names agree, `tfnets.artifacts.weights.restore_weights` copies a trained decoder in
    without a renaming table (SPEC 3.3).

    Args:
        architecture: A key of `tfnets.models.autoencoders.DECODERS`.
        latent: Size of the latent vector, at least 1.
        seed: Seed of the initial weights.

    Returns:
        Model `(n, latent) -> (n, 28, 28, 1)`, named `generator`.

    Raises:
        InputError: Unknown architecture, or a latent size below 1.
    """
    if architecture not in DECODERS:
        known = ", ".join(DECODERS)
        raise InputError(f"There is no decoder called {architecture!r}; choose from {known}.")
    if latent < 1:
        raise InputError(f"The latent size is {latent}; give a whole number of at least 1.")
    decoder = DECODERS[architecture](latent, seed)
    return keras.Model(decoder.input, decoder.output, name="generator")
