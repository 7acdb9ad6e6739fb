"""Tiny networks for the tests of training."""

import keras
import numpy as np
from keras import layers

from tfnets.latents import Normal
from tfnets.training.gan import GAN

IMAGES = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32) + 1


def kernel(seed):
    return keras.initializers.GlorotUniform(seed=seed)


def generator(norm=False):
    z = keras.Input((2,), name="z")
    x = layers.Dense(5, "tanh", kernel_initializer=kernel(1), name="made1")(z)
    if norm:
        x = layers.BatchNormalization(name="made_norm")(x)
    x = layers.Dense(3, kernel_initializer=kernel(2), name="made2")(x)
    return keras.Model(z, x, name="generator")


def discriminator(dropout=False):
    image = keras.Input((3,), name="image")
    x = layers.Dense(6, "tanh", kernel_initializer=kernel(3), name="critic1")(image)
    if dropout:
        x = layers.Dropout(0.4, seed=5, name="critic_dropout")(x)
    x = layers.Dense(1, kernel_initializer=kernel(4), name="critic2")(x)
    return keras.Model(image, x, name="discriminator")


def optimizers():
    return {
        "generator_optimizer": keras.optimizers.Adam(0.01, beta_1=0.5),
        "discriminator_optimizer": keras.optimizers.Adam(0.02, beta_1=0.5),
    }


def gan(seed=0, latent=None, norm=False, dropout=False, **compiled):
    trainer = GAN(generator(norm), discriminator(dropout), latent or Normal(2), seed=seed)
    trainer.compile(**(optimizers() | compiled))
    return trainer


def same(first, second):
    """Asserts that two lists of arrays are equal to the bit."""
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
