"""Networks for points in the plane: latent -> point, point -> logit."""

import dataclasses

import keras

from tfnets.models.blocks import dense, latent_input
from tfnets.models.stacks import Minibatch, Stack, critic

GENERATOR = Stack((128, 128), spread=1.0)
DISCRIMINATOR = Stack((128, 128, 128), spread=2.0)


def toy_generator(latent: int, seed: int, stack: Stack = GENERATOR) -> keras.Model:
    """A fully connected generator of points, `stack` its hidden layers, linear at its end.

    Returns:
        Model `(n, latent) -> (n, 2)`, named `generator`.

    Raises:
        InputError: A latent size below 1.
    """
    z = latent_input(latent)
    x = stack(z, "generator", seed)
    return keras.Model(z, dense(x, 2, name="generator_point", seed=seed), name="generator")


def toy_discriminator(
    seed: int, stack: Stack = DISCRIMINATOR, minibatch: Minibatch | None = None
) -> keras.Model:
    """A fully connected discriminator of points; arguments as `discriminators.dense_discriminator`.

    Returns:
        Model `(n, 2) -> (n, 1)` logits, positive for "real"; named `discriminator`.
    """
    point = keras.Input((2,), name="point")
    return keras.Model(point, critic(point, stack, minibatch, seed), name="discriminator")


TOY = {
    "plain": (toy_generator, toy_discriminator),
    "spectral": (
        toy_generator,
        lambda seed: toy_discriminator(seed, dataclasses.replace(DISCRIMINATOR, spectral=True)),
    ),
    "minibatch": (toy_generator, lambda seed: toy_discriminator(seed, minibatch=Minibatch())),
}
"""Pairs of `(latent, seed) -> generator` and `seed -> discriminator` by name."""
