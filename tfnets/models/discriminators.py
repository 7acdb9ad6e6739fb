"""Discriminators: image -> one logit."""

import keras
from keras import layers

from tfnets.models.blocks import conv, dense, relu
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

    Where `spectral`, every kernel has spectral norm 1 (Miyato et al. 2018), which takes the place
    of batch normalisation: that would scale the slope up again. `shape` is (height, width,
    channels); the first convolution has `width` filters, the second twice as many.

    Returns:
        Model `(n, *shape) -> (n, 1)` logits: positive means "real".
    """
    image = x = keras.Input(shape, name="image")
    settings = {"seed": seed, "spectral": spectral}
    for index, filters in enumerate((width, 2 * width), start=1):
        x = conv(x, filters, 5, name=f"critic_conv{index}", strides=2, **settings)
        if index > 1 and not spectral:
            x = layers.BatchNormalization(momentum=0.9, name=f"critic_norm{index}")(x)
        x = relu(x, f"critic_relu{index}")
    x = layers.Flatten(name="critic_flatten")(x)
    return keras.Model(image, dense(x, 1, name="critic_logit", **settings), name="discriminator")


def dense_discriminator(
    seed: int,
    shape: tuple[int, int, int] = (28, 28, 1),
    stack: Stack = DENSE_STACK,
    minibatch: Minibatch | None = None,
) -> keras.Model:
    """A fully connected discriminator of images, with the stabilisers as values.

    `shape` is (height, width, channels), `stack` the hidden layers, whose `spectral` holds for the
    logit's kernel, too; `minibatch` are the sizes of a minibatch discrimination before the logit.

    Returns:
        Model `(n, *shape) -> (n, 1)` logits: positive means "real".
    """
    image = keras.Input(shape, name="image")
    x = layers.Flatten(name="critic_flatten")(image)
    return keras.Model(image, critic(x, stack, minibatch, seed), name="discriminator")
