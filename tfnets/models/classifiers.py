"""Classifiers: the judge that measures generated digits, and the networks of the CIFAR-10 studies.

`seed` is that of the initial weights, `shape` (height, width, channels) that of the images, which
are in [0, 1], `classes` the number of classes. The networks of the studies map images to [-1, 1]
themselves and are models `(n, *shape) -> (n, classes)` logits; an `InputError` is raised for images
smaller than what each says.
"""

import keras
from keras import layers

from tfnets.errors import InputError
from tfnets.models.blocks import conv, conv_norm, dense

FEATURES = "features"
"""Name of the judge's feature layer: 128 values per image, after ReLU."""


def judge(seed: int, shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Model:
    """A convolutional digit classifier; its `features` layer is the space of our GAN metrics.

    Four 3x3 convolutions with batch normalisation (two of them with stride 2), a 128-wide feature
    layer and class probabilities (n, classes). Trained by `scripts/train_reference.py judge`.
    """
    image = keras.Input(shape, name="image")
    x = conv_norm(image, 32, 3, name="conv1", seed=seed)
    x = conv_norm(x, 32, 3, name="conv2", seed=seed, strides=2)
    x = conv_norm(x, 64, 3, name="conv3", seed=seed)
    x = conv_norm(x, 64, 3, name="conv4", seed=seed, strides=2)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(0.3, seed=seed, name="dropout1")(x)
    x = dense(x, 128, name=FEATURES, seed=seed, activation="relu")
    x = layers.Dropout(0.3, seed=seed + 1, name="dropout2")(x)
    x = dense(x, classes, name="probabilities", seed=seed, activation="softmax")
    return keras.Model(image, x, name="judge")


def features_and_probabilities(model: keras.Model) -> keras.Model:
    """Returns a model image -> {"features": (n, 128), "probabilities": (n, classes)}."""
    outputs = {"features": model.get_layer(FEATURES).output, "probabilities": model.output}
    return keras.Model(model.input, outputs, name=f"{model.name}_features")


Shape = tuple[int, int, int]
CIFAR: Shape = (32, 32, 3)


def two_convolutions(
    widths: tuple[int, int], seed: int, *, shape: Shape = CIFAR, classes: int = 10
) -> keras.Model:
    """The CIFAR-10 network of study 1.1: two 5x5 convolutions, each with ReLU and 2x2 max-pooling.

    For filters `widths` (12, 32) it has 18,554 weights; images are at least 16 x 16.

    Raises:
        InputError: A width below 1, or images that are too small.
    """
    if min(widths) < 1:
        raise InputError(
            f"Two convolutions of widths {widths} cannot be built; give widths of at least 1."
        )
    pooled = {"activation": "relu", "pooling": layers.MaxPooling2D}
    return _classifier("two_convolutions", widths, seed, shape, classes, 16, **pooled)


def linear_no_pooling(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.2 (a): two 5x5 convolutions (12, 32) and the dense layer, nothing else.

    It is affine in the image, of at least 9 x 9; at 32x32 the dense layer sees 24 x 24 x 32 =
    18,432 inputs.
    """
    return _classifier("linear_no_pooling", (12, 32), seed, shape, classes, 9)


def linear_average_pooling(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.2 (b): `two_convolutions((12, 32))` without ReLU, average in place of max pooling.

    It is affine in the image, of at least 16 x 16.
    """
    name, pooling = "linear_average_pooling", layers.AveragePooling2D
    return _classifier(name, (12, 32), seed, shape, classes, 16, pooling=pooling)


def linear_four_convolutions(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.2 (c): four 5x5 convolutions (12, 12, 32, 32) without ReLU or pooling.

    It is affine in the image, of at least 17 x 17.
    """
    return _classifier("linear_four_convolutions", (12, 12, 32, 32), seed, shape, classes, 17)


def single_convolution(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.3: one 5x5 convolution of 12 filters with ReLU, then the dense layer.

    Images are at least 5 x 5; at 32x32 the dense layer has 28 x 28 x 12 x 10 + 10 = 94,090 weights.
    """
    return _classifier("single_convolution", (12,), seed, shape, classes, 5, activation="relu")


def perceptron(hidden: int, seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """A fully connected network with one hidden ReLU layer, named `hidden` (study 1.4).

    Raises:
        InputError: Fewer than one hidden unit.
    """
    if hidden < 1:
        raise InputError(f"A hidden layer of {hidden} units cannot be built; give at least 1.")
    return _classifier("perceptron", (), seed, shape, classes, hidden=hidden)


def _classifier(
    name: str,
    widths: tuple[int, ...],
    seed: int,
    shape: Shape,
    classes: int,
    least: int = 0,
    *,
    activation: str | None = None,
    pooling: type[layers.Layer] | None = None,
    hidden: int = 0,
) -> keras.Model:
    """Image -> [-1, 1] -> 5x5 convolutions, each pooled -> flat -> hidden units -> logits."""
    if min(shape[:2]) < least:
        raise InputError(
            f"The network cannot be built for {shape[0]}x{shape[1]} images; "
            f"give images of at least {least}x{least}."
        )
    image = keras.Input(shape, name="image")
    x = layers.Rescaling(2.0, offset=-1.0, name="to_signed")(image)
    settings = {"seed": seed, "activation": activation, "padding": "valid"}
    for index, filters in enumerate(widths, start=1):
        x = conv(x, filters, 5, name=f"conv{index}", **settings)
        if pooling:
            x = pooling(2, name=f"pool{index}")(x)
    if hidden:
        x = layers.Flatten(name="pixels")(x)
        x = dense(x, hidden, name="hidden", seed=seed, activation="relu")
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(image, dense(x, classes, name="logits", seed=seed), name=name)
