"""Discriminators: image -> one logit."""

import keras
from keras import layers

from tfnets.models.blocks import conv, dense
from tfnets.models.spectral import spectral_conv, spectral_dense
from tfnets.models.stacks import DENSE_STACK, Minibatch, Stack, critic


def image_discriminator(
    seed: int,
    shape: tuple[int, int, int] = (28, 28, 1),
    width: int = 16,
    *,
    spectral: bool = False,
) -> keras.Model:
    """Two strided 5x5 convolutions with LeakyReLU, the second batch-normalised (as DCGAN's).

    It matches the decoders of `tfnets.models.autoencoders` in size. Batch normalisation lets it see
    when all generated images of a batch are alike; real and generated images go through it in
    batches of their own.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape (height, width, channels).
        width: Filters of the first convolution; the second has twice as many.
        spectral: Whether every kernel has spectral norm 1 (Miyato et al. 2018), which then takes
            the place of batch normalisation: that would scale the slope up again.

    Returns:
        Model `(n, *shape) -> (n, 1)` logits: positive means "real".
    """
    image = x = keras.Input(shape, name="image")
    convolution, linear = (spectral_conv, spectral_dense) if spectral else (conv, dense)
    for index, filters in enumerate((width, 2 * width), start=1):
        x = convolution(x, filters, 5, name=f"critic_conv{index}", seed=seed, strides=2)
        if index > 1 and not spectral:
            x = layers.BatchNormalization(momentum=0.9, name=f"critic_norm{index}")(x)
        x = layers.LeakyReLU(0.2, name=f"critic_relu{index}")(x)
    x = layers.Flatten(name="critic_flatten")(x)
    return keras.Model(image, linear(x, 1, name="critic_logit", seed=seed), name="discriminator")


def dense_discriminator(
    seed: int,
    shape: tuple[int, int, int] = (28, 28, 1),
    stack: Stack = DENSE_STACK,
    minibatch: Minibatch | None = None,
) -> keras.Model:
    """A fully connected discriminator of images, with the stabilisers as values.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape (height, width, channels).
        stack: The hidden layers; `spectral` holds for the logit's kernel, too.
        minibatch: Sizes of a minibatch discrimination before the logit, or None for none.

    Returns:
        Model `(n, *shape) -> (n, 1)` logits: positive means "real".
    """
    image = keras.Input(shape, name="image")
    x = layers.Flatten(name="critic_flatten")(image)
    return keras.Model(image, critic(x, stack, minibatch, seed), name="discriminator")
