"""The deep convolutional GAN of Radford et al. (2016), for images of 28 or 32 pixels.

Strided convolutions in place of pooling, transposed convolutions in the generator, LeakyReLU, and
batch normalisation in the generator; filters 256, 128, 64 as in TensorFlow's DCGAN tutorial. What
differs from the paper: images are in [0, 1] as everywhere in this package, so the generator ends
in a sigmoid instead of a tanh, and the discriminator has neither batch normalisation nor dropout,
so that its output depends on the one image alone.
"""

import keras
from keras import layers

from tfnets.errors import InputError
from tfnets.models.blocks import conv, dense, initializer

SIZES = (28, 32)
"""Edges of the images, in pixels: MNIST's and CIFAR-10's."""

SLOPE = 0.2
"""Slope of LeakyReLU below zero (Radford et al. 2016, section 3)."""

FILTERS = 256
"""Channels of the generator's first plane; each of the next two has half as many."""


def generator(latent: int, seed: int, *, size: int = 28, channels: int = 1) -> keras.Model:
    """Dense layer to a plane of size/4, then transposed 5x5 convolutions of stride 1, 2 and 2.

    Args:
        latent: Size of the latent vector, at least 1.
        seed: Seed of the initial weights.
        size: Edge of the images in pixels, one of `SIZES`.
        channels: Channels of the images: 1 for grey, 3 for colour.

    Returns:
        Model `(n, latent) -> (n, size, size, channels)` in (0, 1), named `generator`.

    Raises:
        InputError: The size is not one of `SIZES`, or another number is below 1.
    """
    _require(size, latent=latent, channels=channels)
    edge = size // 4
    z = keras.Input((latent,), name="z")
    units = edge * edge * FILTERS
    x = dense(z, units, name="generator_dense1", seed=seed, use_bias=False)
    x = _norm_relu(x, "generator_dense1")
    x = layers.Reshape((edge, edge, FILTERS), name="generator_reshape1")(x)
    for index, (filters, strides) in enumerate(((FILTERS // 2, 1), (FILTERS // 4, 2)), start=1):
        name = f"generator_upconv{index}"
        x = _upconv(x, filters, strides, name=name, seed=seed, use_bias=False)
        x = _norm_relu(x, name)
    x = _upconv(x, channels, 2, name="generator_upconv3", seed=seed, activation="sigmoid")
    return keras.Model(z, x, name="generator")


def discriminator(seed: int, *, size: int = 28, channels: int = 1) -> keras.Model:
    """Two 5x5 convolutions of stride 2 with LeakyReLU, then one logit.

    Args:
        seed: Seed of the initial weights.
        size: Edge of the images in pixels, one of `SIZES`.
        channels: Channels of the images: 1 for grey, 3 for colour.

    Returns:
        Model `(n, size, size, channels) -> (n, 1)` logits, positive for "real"; named
        `discriminator`.

    Raises:
        InputError: The size is not one of `SIZES`, or `channels` is below 1.
    """
    _require(size, channels=channels)
    image = x = keras.Input((size, size, channels), name="image")
    for index, filters in enumerate((FILTERS // 4, FILTERS // 2), start=1):
        x = conv(x, filters, 5, name=f"critic_conv{index}", seed=seed, strides=2)
        x = layers.LeakyReLU(SLOPE, name=f"critic_relu{index}")(x)
    x = layers.Flatten(name="critic_flatten")(x)
    return keras.Model(image, dense(x, 1, name="critic_logit", seed=seed), name="discriminator")


def _norm_relu(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.LeakyReLU(SLOPE, name=f"{name}_relu")(x)


def _upconv(
    x: keras.KerasTensor,
    filters: int,
    strides: int,
    *,
    name: str,
    seed: int,
    activation: str | None = None,
    use_bias: bool = True,
) -> keras.KerasTensor:
    layer = layers.Conv2DTranspose(
        filters,
        5,
        strides=strides,
        padding="same",
        activation=activation,
        use_bias=use_bias,
        kernel_initializer=initializer(seed, name),
        name=name,
    )
    return layer(x)


def _require(size: int, **numbers: int) -> None:
    if size not in SIZES:
        known = " or ".join(map(str, SIZES))
        raise InputError(f"The image size is {size} pixels; a DCGAN here is made for {known}.")
    for name, number in numbers.items():
        if number < 1:
            raise InputError(f"{name} is {number}; give a whole number of at least 1.")
