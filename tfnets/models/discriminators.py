"""Discriminators: image -> one logit."""

import keras
from keras import layers

from tfnets.models.blocks import conv, dense


def image_discriminator(
    seed: int, shape: tuple[int, int, int] = (28, 28, 1), width: int = 16
) -> keras.Model:
    """Two strided 5x5 convolutions with LeakyReLU, the second batch-normalised (as DCGAN's).

    It matches the decoders of `tfnets.models.autoencoders` in size. Batch normalisation lets it see
    when all generated images of a batch are alike; real and generated images go through it in
    batches of their own.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape (height, width, channels).
        width: Filters of the first convolution; the second has twice as many.

    Returns:
        Model `(n, *shape) -> (n, 1)` logits: positive means "real".
    """
    image = x = keras.Input(shape, name="image")
    for index, filters in enumerate((width, 2 * width), start=1):
        x = conv(x, filters, 5, name=f"critic_conv{index}", seed=seed, strides=2)
        if index > 1:
            x = layers.BatchNormalization(momentum=0.9, name=f"critic_norm{index}")(x)
        x = layers.LeakyReLU(0.2, name=f"critic_relu{index}")(x)
    x = layers.Flatten(name="critic_flatten")(x)
    return keras.Model(image, dense(x, 1, name="critic_logit", seed=seed), name="discriminator")
