"""AlexNet (Krizhevsky et al. 2012) as published for Caffe, and torchvision's feature part.

The first has two groups of channels in its second, fourth and fifth convolution, and local
response normalisation. Caffe's weights are known as `bvlc_alexnet.npy`: layer -> [weights, biases],
weights (height, width, in of one group, out). Both are functional models of built-in layers, so
that their `.keras` files load anywhere. Each convolution and its ReLU are layers of their own
(`conv2`, `conv2_relu`), so that a unit can be asked for before its ReLU cuts it off.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers
from numpy.typing import NDArray

from tfnets.errors import InputError
from tfnets.models.blocks import conv, dense
from tfnets.models.trained.imagenet import BGR_MEAN, STANDARD_OFFSET, STANDARD_SCALE

SHAPE = (227, 227, 3)
"""Image shape of the published network."""

CONVOLUTIONS = {
    "conv1": (11, 96, 1), "conv2": (5, 256, 2), "conv3": (3, 384, 1), "conv4": (3, 384, 2),
    "conv5": (3, 256, 2),
}  # fmt: skip
"""Edge of the kernel, channels and groups of each convolution of the published network."""

FEATURE_CONVOLUTIONS = {
    "conv1": (11, 64), "conv2": (5, 192), "conv3": (3, 384), "conv4": (3, 256), "conv5": (3, 256),
}  # fmt: skip
"""Edge of the kernel and channels of each convolution of torchvision's network."""

DENSE = ("fc6", "fc7", "fc8")
"""The dense layers; the last one gives the logits."""

RADIUS, ALPHA, BETA = 2, 2e-5, 0.75
"""Local response normalisation: neighbours on each side, their weight (Caffe's 1e-4 over the 5
channels), and the power."""


def alexnet(
    seed: int = 0, *, units: int = 4096, classes: int = 1000, padding: str = "valid"
) -> keras.Model:
    """Builds the published AlexNet with random weights, without dropout.

    Images are taken in [0, 1] and in red, green, blue; the mean is subtracted inside. The published
    kernels want blue, green, red, so `import_alexnet` turns those of the first layer around.

    Args:
        seed: Seed of the initial weights.
        units: Units of each of the two hidden dense layers.
        classes: Number of classes.
        padding: Padding of the first convolution: `valid` as the weights were trained by Caffe,
            `same` as in the forward script of Toronto; the weights are the same.

    Returns:
        Model of images (n, 227, 227, 3) in [0, 1] -> logits (n, classes). Layers are called
        `conv1` to `conv5`, `norm1`, `norm2`, `pool1`, `pool2`, `pool5`, `fc6` to `fc8`, and the
        activations `NAME_relu`. It has 60,965,224 trainable weights.
    """
    image = keras.Input(SHAPE, name="image")
    mean = [-value for value in BGR_MEAN[::-1]]
    x = layers.Rescaling(255.0, mean, name="preprocess")(image)
    x = conv(x, 96, 11, name="conv1", seed=seed, strides=4, padding=padding)
    x = _pool(_normalised(_relu(x), "norm1"), "pool1")
    x = _relu(_grouped(x, "conv2", seed))
    x = _pool(_normalised(x, "norm2"), "pool2")
    x = _relu(conv(x, 384, 3, name="conv3", seed=seed))
    x = _relu(_grouped(x, "conv4", seed))
    x = _pool(_relu(_grouped(x, "conv5", seed)), "pool5")
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = _relu(dense(x, units, name=name, seed=seed))
    model = keras.Model(image, dense(x, classes, name="fc8", seed=seed), name="alexnet")
    _set_normalisations(model)
    return model


def alexnet_features(seed: int = 0) -> keras.Model:
    """Builds the convolutions of torchvision's AlexNet ("one weird trick") with random weights.

    Returns:
        Model of images (n, 224, 224, 3) in [0, 1] -> the fifth convolution's plane after ReLU
        (n, 13, 13, 256). Layers are called `conv1` to `conv5`, `pool1`, `pool2`, and the
        activations `NAME_relu`.
    """
    image = keras.Input((224, 224, 3), name="image")
    x = layers.Rescaling(list(STANDARD_SCALE), list(STANDARD_OFFSET), name="preprocess")(image)
    x = layers.ZeroPadding2D(2, name="conv1_pad")(x)
    x = conv(x, 64, 11, name="conv1", seed=seed, strides=4, padding="valid")
    x = _pool(_relu(x), "pool1")
    x = _pool(_relu(conv(x, 192, 5, name="conv2", seed=seed)), "pool2")
    for name in ("conv3", "conv4", "conv5"):
        size, channels = FEATURE_CONVOLUTIONS[name]
        x = _relu(conv(x, channels, size, name=name, seed=seed))
    return keras.Model(image, x, name="alexnet_features")


def import_alexnet(arrays: Mapping[str, Any], padding: str = "valid") -> keras.Model:
    """Builds `alexnet` with weights in the published layout, layer -> [weights, biases].

    They are from `tfnets.models.trained.pickles.read_npy`; so are the sizes of the dense layers.

    Raises:
        InputError: A layer is missing, or has another shape.
    """
    pairs = {name: _pair(arrays, name) for name in (*CONVOLUTIONS, *DENSE)}
    units, classes = (pairs[name][1].size for name in ("fc6", "fc8"))
    model = alexnet(units=units, classes=classes, padding=padding)
    for name, (weights, biases) in pairs.items():
        if name == "conv1":
            weights = weights[:, :, ::-1] if weights.ndim == 4 else weights
        groups = CONVOLUTIONS[name][2] if name in CONVOLUTIONS else 1
        _put(model, name, groups, weights, biases)
    return model


def import_features(arrays: Mapping[str, Sequence[NDArray]]) -> keras.Model:
    """Builds `alexnet_features` with given weights (height, width, in, out) and biases by layer.

    Raises:
        InputError: A layer (`conv1` to `conv5`) is missing, or has another shape.
    """
    model = alexnet_features()
    for name in FEATURE_CONVOLUTIONS:
        _put(model, name, 1, *_pair(arrays, name))
    return model


def _relu(x: KerasTensor) -> KerasTensor:
    return layers.ReLU(name=f"{x._keras_history.operation.name}_relu")(x)


def _pool(x: KerasTensor, name: str) -> KerasTensor:
    return layers.MaxPooling2D(3, 2, name=name)(x)


def _grouped(x: KerasTensor, name: str, seed: int) -> KerasTensor:
    """A convolution of two groups: half of the output reads half of the input."""
    size, channels, groups = CONVOLUTIONS[name]
    width = x.shape[-1] // groups
    parts = []
    for group in range(groups):
        part = _named(x[..., group * width : (group + 1) * width], f"{name}_slice{group + 1}")
        parts.append(conv(part, channels // groups, size, name=f"{name}_{group + 1}", seed=seed))
    return layers.Concatenate(name=name)(parts)


def _normalised(x: KerasTensor, name: str) -> KerasTensor:
    """Local response normalisation: a / (1 + alpha * sum of a^2 over 5 neighbouring channels)^beta.

    The sum is a 1x1 convolution with fixed weights, which `_set_normalisations` puts in.
    """
    squares = layers.Multiply(name=f"{name}_squares")([x, x])
    settings = {"kernel_initializer": "zeros", "trainable": False}
    sums = layers.Conv2D(x.shape[-1], 1, name=f"{name}_sum", **settings)
    factor = _named(sums(squares) ** -BETA, f"{name}_factor")
    return layers.Multiply(name=name)([x, factor])


def _set_normalisations(model: keras.Model) -> None:
    for name in ("norm1_sum", "norm2_sum"):
        layer = model.get_layer(name)
        channel = np.arange(layer.filters)
        near = np.abs(channel[:, None] - channel) <= RADIUS
        kernel = ALPHA * near[None, None].astype(np.float32)
        layer.set_weights([kernel, np.ones(layer.filters, np.float32)])


def _named(x: KerasTensor, name: str) -> KerasTensor:
    """Gives an operation of `keras.ops` a name of its own: Keras only numbers them."""
    x._keras_history.operation.name = name
    return x


def _pair(arrays: Mapping[str, Any], name: str) -> tuple[NDArray, NDArray]:
    if name not in arrays:
        raise InputError(
            f"The weights have no layer {name!r}, only {', '.join(arrays)}; give the published "
            "layout, layer -> [weights, biases]."
        )
    pair = arrays[name]
    if len(pair) != 2 or not all(isinstance(array, np.ndarray) for array in pair):
        raise InputError(f"The weights of {name!r} are not two arrays, weights and biases.")
    return pair[0], pair[1]


def _put(model: keras.Model, name: str, groups: int, weights: NDArray, biases: NDArray) -> None:
    """Sets the weights of a layer, or of the parts of a grouped one."""
    parts = [name] if groups == 1 else [f"{name}_{group + 1}" for group in range(groups)]
    targets = [model.get_layer(part) for part in parts]
    shape = list(targets[0].kernel.shape)
    shape[-1] *= groups
    if list(weights.shape) != shape or biases.shape != (shape[-1],):
        raise InputError(
            f"The weights of {name!r} have the shapes {weights.shape} and {biases.shape}; "
            f"{model.name} takes {tuple(shape)} and {(shape[-1],)}."
        )
    kernels, shifts = np.split(weights, groups, axis=-1), np.split(biases, groups)
    for target, kernel, bias in zip(targets, kernels, shifts, strict=True):
        target.set_weights([kernel.astype(np.float32), bias.astype(np.float32)])
