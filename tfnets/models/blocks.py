"""Layers with a name and a seed: tensor -> tensor."""

import zlib

import keras
from keras import KerasTensor, layers


def initializer(
    seed: int, name: str, kind: type[keras.initializers.Initializer] | None = None
) -> keras.initializers.Initializer:
    """Returns an initialiser whose values depend on (seed, name) and on nothing else.

    Args:
        seed: The run's seed.
        name: The layer's name; layers of one network so get independent values.
        kind: The initialiser's class; Glorot uniform, Keras's own default, if None.
    """
    kind = kind or keras.initializers.GlorotUniform
    return kind(seed=zlib.crc32(f"{seed}/{name}".encode()))


def dense(
    x: KerasTensor,
    units: int,
    *,
    name: str,
    seed: int,
    activation: str | None = None,
    use_bias: bool = True,
) -> KerasTensor:
    """Fully connected layer: (n, features) -> (n, units)."""
    layer = layers.Dense(
        units,
        activation=activation,
        use_bias=use_bias,
        kernel_initializer=initializer(seed, name),
        name=name,
    )
    return layer(x)


def conv(
    x: KerasTensor,
    filters: int,
    size: int,
    *,
    name: str,
    seed: int,
    activation: str | None = None,
    strides: int = 1,
    padding: str = "same",
    use_bias: bool = True,
) -> KerasTensor:
    """Square convolution: (n, h, w, c) -> (n, h', w', filters)."""
    layer = layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding=padding,
        activation=activation,
        use_bias=use_bias,
        kernel_initializer=initializer(seed, name),
        name=name,
    )
    return layer(x)


def conv_norm(
    x: KerasTensor, filters: int, size: int, *, name: str, seed: int, strides: int = 1
) -> KerasTensor:
    """Convolution without bias, batch normalisation, ReLU: `name`, `name_norm`, `name_relu`."""
    x = layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer=initializer(seed, name),
        name=name,
    )(x)
    return norm_relu(x, name=name)


def upconv_norm(x: KerasTensor, filters: int, size: int, *, name: str, seed: int) -> KerasTensor:
    """Transposed convolution that doubles the plane, batch normalisation, ReLU."""
    x = layers.Conv2DTranspose(
        filters,
        size,
        strides=2,
        padding="same",
        use_bias=False,
        kernel_initializer=initializer(seed, name),
        name=name,
    )(x)
    return norm_relu(x, name=name)


def norm_relu(x: KerasTensor, *, name: str) -> KerasTensor:
    """Batch normalisation (momentum 0.9) and ReLU, named after the layer they follow."""
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
