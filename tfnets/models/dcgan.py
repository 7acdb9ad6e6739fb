"""The deep convolutional GAN of Radford et al. (2016), for images of 28 or 32 pixels.

Strided convolutions in place of pooling, transposed convolutions in the generator, no hidden dense
layer but the one that makes the first plane. What else belongs to it is a `Style`: `PAPER` has
batch normalisation in both networks, ReLU and tanh in the generator and LeakyReLU in the
discriminator (study 3.7); `TUTORIAL` is TensorFlow's DCGAN tutorial without its dropout, with
LeakyReLU throughout and a discriminator that sees each image alone.

    generator(100, seed=0, size=32, channels=3, style=dataclasses.replace(PAPER, filters=64))

Images are in [0, 1] as everywhere in this package: a tanh output is mapped there by the
generator's last layer, and back to [-1, 1] by the discriminator's first.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
from keras import KerasTensor, layers

from tfnets.errors import InputError
from tfnets.models.blocks import conv, dense, latent_input, relu, require_positive, upconv

SIZES = (28, 32)
"""Edges of the images, in pixels: MNIST's and CIFAR-10's."""

SLOPE = 0.2
"""Slope of LeakyReLU below zero (Radford et al. 2016, section 3)."""

FILTERS = 256
"""Channels of the tutorial's first plane."""


@dataclass(frozen=True)
class Style:
    """What distinguishes one DCGAN from another.

    Attributes:
        filters: Channels of the generator's first plane, at least 4; each of the next two has half
            as many, and the discriminator's two convolutions have a quarter and a half.
        norm: Which networks have batch normalisation: `both`, `generator` or `none`. The
            generator's last layer and the discriminator's first never have.
        slope: Slope of the generator's activation below zero; 0 is ReLU.
        tanh: Whether the generator ends in tanh, mapped to [0, 1], in place of a sigmoid.

    Raises:
        InputError: Fewer than 4 filters, or an unknown `norm`.
    """

    filters: int = FILTERS
    norm: str = "both"
    slope: float = 0.0
    tanh: bool = True

    def __post_init__(self) -> None:
        if self.filters < 4:
            raise InputError(f"A DCGAN of {self.filters} filters cannot be halved twice; give 4.")
        if self.norm not in ("both", "generator", "none"):
            raise InputError(
                f"There is no batch normalisation in {self.norm!r}; choose both, generator or none."
            )


PAPER = Style()
"""Both networks normalised, ReLU and tanh in the generator, as study 3.7 asks."""

TUTORIAL = Style(norm="generator", slope=SLOPE, tanh=False)
"""TensorFlow's DCGAN tutorial without dropout."""

STYLES = {"paper": PAPER, "paper_without_norm": replace(PAPER, norm="none"), "tutorial": TUTORIAL}


def generator(
    latent: int, seed: int, *, size: int = 28, channels: int = 1, style: Style = TUTORIAL
) -> keras.Model:
    """Dense layer to a plane of size/4, then transposed 5x5 convolutions of stride 1, 2 and 2.

    Args:
        latent: Size of the latent vector, at least 1.
        seed: Seed of the initial weights.
        size: Edge of the images in pixels, one of `SIZES`.
        channels: Channels of the images: 1 for grey, 3 for colour.
        style: Filters, normalisation, activation and output.

    Returns:
        Model `(n, latent) -> (n, size, size, channels)` in [0, 1], named `generator`.

    Raises:
        InputError: The size is not one of `SIZES`, or another number is below 1.
    """
    _require(size, latent=latent, channels=channels)
    edge, plain, z = size // 4, style.norm == "none", latent_input(latent)
    units = edge * edge * style.filters
    x = dense(z, units, name="generator_dense1", seed=seed, use_bias=plain)
    x = _activated(x, "generator_dense1", style)
    x = layers.Reshape((edge, edge, style.filters), name="generator_reshape1")(x)
    for index, (share, strides) in enumerate(((2, 1), (4, 2)), start=1):
        name, part = f"generator_upconv{index}", style.filters // share
        x = upconv(x, part, 5, name=name, seed=seed, strides=strides, use_bias=plain)
        x = _activated(x, name, style)
    last = "tanh" if style.tanh else "sigmoid"
    x = upconv(x, channels, 5, name="generator_upconv3", seed=seed, activation=last)
    if style.tanh:
        x = layers.Rescaling(0.5, offset=0.5, name="generator_to_unit")(x)
    return keras.Model(z, x, name="generator")


def discriminator(
    seed: int, *, size: int = 28, channels: int = 1, style: Style = TUTORIAL
) -> keras.Model:
    """Two 5x5 convolutions of stride 2 with LeakyReLU, then one logit; arguments as `generator`.

    Where it is normalised, real and generated images should go through it in batches of their own.

    Returns:
        Model `(n, size, size, channels) -> (n, 1)` logits, positive for "real"; named
        `discriminator`.
    """
    _require(size, channels=channels)
    image = x = keras.Input((size, size, channels), name="image")
    if style.tanh:
        x = layers.Rescaling(2.0, offset=-1.0, name="critic_to_signed")(x)
    for index, share in enumerate((4, 2), start=1):
        normed = index > 1 and style.norm == "both"
        name, part = f"critic_conv{index}", style.filters // share
        x = conv(x, part, 5, name=name, seed=seed, strides=2, use_bias=not normed)
        if normed:
            x = layers.BatchNormalization(momentum=0.9, name=f"critic_norm{index}")(x)
        x = relu(x, f"critic_relu{index}", SLOPE)
    x = layers.Flatten(name="critic_flatten")(x)
    return keras.Model(image, dense(x, 1, name="critic_logit", seed=seed), name="discriminator")


Pair = tuple[Callable[[int, int], keras.Model], Callable[[int], keras.Model]]


def networks(style: Style, *, size: int = 28, channels: int = 1) -> Pair:
    """Returns both builders of a style: `(latent, seed) -> generator`, `seed -> discriminator`."""
    made = (generator, discriminator)
    return tuple(functools.partial(f, size=size, channels=channels, style=style) for f in made)


DCGAN: dict[str, Pair] = {
    **{name: networks(style) for name, style in STYLES.items()},
    "paper_32": networks(PAPER, size=32, channels=3),
}
"""Pairs of builders by name; for digits, and the paper's for colour images of 32 pixels."""


def _activated(x: KerasTensor, name: str, style: Style) -> KerasTensor:
    if style.norm != "none":
        x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return relu(x, f"{name}_relu", style.slope)


def _require(size: int, **numbers: int) -> None:
    if size not in SIZES:
        known = " or ".join(map(str, SIZES))
        raise InputError(f"The image size is {size} pixels; a DCGAN here is made for {known}.")
    require_positive(**numbers)
