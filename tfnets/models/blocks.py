"""Layers with a name and a seed: tensor -> tensor; `settings` are Keras's for the layer.

Layers without `activation` are linear, planes keep their size ("same") times or over the strides.
"""

import zlib
from typing import Any

import keras
from keras import KerasTensor, layers

from tfnets.errors import InputError


def initializer(
    seed: int, name: str, kind: type[keras.initializers.Initializer] | None = None
) -> keras.initializers.Initializer:
    """Returns an initialiser of a kind whose values depend on (seed, name) and on nothing else.

    `name` is the layer's; None for the kind is Glorot uniform, Keras's own default.
    """
    kind = kind or keras.initializers.GlorotUniform
    return kind(seed=zlib.crc32(f"{seed}/{name}".encode()))


def dense(
    x: KerasTensor, units: int, *, name: str, seed: int, spectral: bool = False, **settings: Any
) -> KerasTensor:
    """Fully connected layer: (n, features) -> (n, units); `spectral` as in `conv`."""
    settings = {"kernel_initializer": initializer(seed, name)} | settings
    layer = layers.Dense(units, name=name, **settings)
    return normalised(layer, x, seed) if spectral else layer(x)


def conv(
    x: KerasTensor, *sizes: int, name: str, seed: int, spectral: bool = False, **settings: Any
) -> KerasTensor:
    """Square convolution of `sizes` (filters, edge): (n, h, w, c) -> (n, h', w', filters).

    Where `spectral`, its kernel as a matrix (edge * edge * c, filters) has spectral norm 1.
    """
    settings = {"padding": "same", "kernel_initializer": initializer(seed, name)} | settings
    layer = layers.Conv2D(*sizes, name=name, **settings)
    return normalised(layer, x, seed) if spectral else layer(x)


def upconv(x: KerasTensor, *sizes: int, name: str, seed: int, **settings: Any) -> KerasTensor:
    """Transposed convolution, which doubles the plane if no other `strides` are given."""
    settings = {"strides": 2, "padding": "same"} | settings
    settings["kernel_initializer"] = initializer(seed, name)
    return layers.Conv2DTranspose(*sizes, name=name, **settings)(x)


def conv_norm(x: KerasTensor, *sizes: int, name: str, seed: int, strides: int = 1) -> KerasTensor:
    """Convolution without bias, batch normalisation, ReLU: `name`, `name_norm`, `name_relu`."""
    return norm_relu(conv(x, *sizes, name=name, seed=seed, strides=strides, use_bias=False), name)


def upconv_norm(x: KerasTensor, *sizes: int, name: str, seed: int) -> KerasTensor:
    """Transposed convolution that doubles the plane, batch normalisation, ReLU."""
    return norm_relu(upconv(x, *sizes, name=name, seed=seed, use_bias=False), name)


def norm_relu(
    x: KerasTensor, name: str, *, slope: float = 0.0, momentum: float = 0.9
) -> KerasTensor:
    """Batch normalisation and `relu`, named after the layer they follow."""
    x = layers.BatchNormalization(momentum=momentum, name=f"{name}_norm")(x)
    return relu(x, f"{name}_relu", slope)


def relu(x: KerasTensor, name: str, slope: float = 0.2) -> KerasTensor:
    """LeakyReLU of a slope below zero, ReLU where that is 0."""
    return (layers.LeakyReLU(slope, name=name) if slope else layers.ReLU(name=name))(x)


def normalised(layer: layers.Layer, x: KerasTensor, seed: int) -> KerasTensor:
    """Applies a layer under `keras.layers.SpectralNormalization`, called `<name>_spectral`.

    Its kernel is kept at spectral norm 1 (Miyato et al. 2018): each call in training mode does one
    power iteration and divides by the norm it finds; the first calls so bring the kernel to norm 1.
    Keras draws the start of the iteration from the global generator; here it is a function of
    (seed, name), as all initial weights are.
    """
    wrapper = layers.SpectralNormalization(layer, name=f"{layer.name}_spectral")
    y = wrapper(x)
    start = initializer(seed, wrapper.name, keras.initializers.RandomNormal)
    wrapper.vector_u.assign(start(wrapper.vector_u.shape))
    return y


def latent_input(size: int, name: str = "z") -> KerasTensor:
    """An input of latent vectors (n, size).

    Raises:
        InputError: A size below 1.
    """
    if size < 1:
        raise InputError(f"The latent size is {size}; give a whole number of at least 1.")
    return keras.Input((size,), name=name)


def require_positive(**numbers: int) -> None:
    """Refuses a number below 1 with an `InputError` that names it."""
    for name, number in numbers.items():
        if number < 1:
            raise InputError(f"{name} is {number}; give a whole number of at least 1.")
