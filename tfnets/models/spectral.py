"""Spectral normalisation: layers whose kernel is kept at spectral norm 1 (Miyato et al. 2018)."""

import keras
from keras import KerasTensor, layers

from tfnets.models.blocks import initializer


def spectral_dense(x: KerasTensor, units: int, *, name: str, seed: int) -> KerasTensor:
    """Fully connected layer (n, features) -> (n, units), its kernel of spectral norm 1."""
    layer = layers.Dense(units, kernel_initializer=initializer(seed, name), name=name)
    return normalised(layer, x, seed)


def spectral_conv(
    x: KerasTensor, filters: int, size: int, *, name: str, seed: int, strides: int = 1
) -> KerasTensor:
    """Square convolution, "same"; its kernel as a matrix (h w c, filters) of spectral norm 1."""
    layer = layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding="same",
        kernel_initializer=initializer(seed, name),
        name=name,
    )
    return normalised(layer, x, seed)


def normalised(layer: layers.Layer, x: KerasTensor, seed: int) -> KerasTensor:
    """Applies a layer under `keras.layers.SpectralNormalization`, called `<name>_spectral`.

    Each call in training mode does one power iteration and divides the kernel by the norm it
    finds; the first calls so bring the kernel to norm 1. Keras draws the start of the iteration
    from the global generator; here it is a function of (seed, name), as all initial weights are.
    """
    wrapper = layers.SpectralNormalization(layer, name=f"{layer.name}_spectral")
    y = wrapper(x)
    start = initializer(seed, wrapper.name, keras.initializers.RandomNormal)
    wrapper.vector_u.assign(start(wrapper.vector_u.shape))
    return y
