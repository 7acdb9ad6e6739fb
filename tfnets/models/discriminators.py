"""Discriminators: image -> one logit."""

import keras
from keras import layers

from tfnets.models.blocks import conv, dense


def image_discriminator(
    seed: int, shape: tuple[int, int, int] = (28, 28, 1), width: int = 16
) -> keras.Model:
    """Two strided 5x5 convolutions with LeakyReLU and dropout; no batch normalisation.

    It matches the decoders of `tfnets.models.autoencoders` in size, and sees no batch statistics,
    so that the score of an image does not depend on its neighbours.

    Args:
        seed: Seed of the initial weights and of the dropout.
        shape: Image shape (height, width, channels).
        width: Filters of the first convolution; the second has twice as many.

    Returns:
        Model `(n, *shape) -> (n, 1)` logits: positive means "real".
    """
    image = x = keras.Input(shape, name="image")
    for index, filters in enumerate((width, 2 * width), start=1):
        x = conv(x, filters, 5, name=f"critic_conv{index}", seed=seed, strides=2)
        x = layers.LeakyReLU(0.2, name=f"critic_relu{index}")(x)
        x = layers.Dropout(0.3, seed=seed + index, name=f"critic_dropout{index}")(x)
    x = layers.Flatten(name="critic_flatten")(x)
    return keras.Model(image, dense(x, 1, name="critic_logit", seed=seed), name="discriminator")
