"""Classifiers: the judge that measures generated digits, and the networks of the CIFAR-10 studies.

The latter take images in [0, 1], map them to [-1, 1] themselves, and give logits.
"""

from collections.abc import Callable

import keras
from keras import KerasTensor, layers

from tfnets.errors import InputError
from tfnets.models.blocks import conv, conv_norm, dense

FEATURES = "features"
"""Name of the judge's feature layer: 128 values per image, after ReLU."""


def judge(seed: int, shape: tuple[int, int, int] = (28, 28, 1), classes: int = 10) -> keras.Model:
    """A convolutional digit classifier; its `features` layer is the space of our GAN metrics.

    Four 3x3 convolutions with batch normalisation (two of them with stride 2), a 128-wide feature
    layer and class probabilities. Trained by `scripts/train_reference.py judge`.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape (height, width, channels); images are in [0, 1].
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` probabilities.
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

    Args:
        widths: Filters of the first and of the second convolution, each at least 1.
        seed: Seed of the initial weights.
        shape: Image shape (height, width, channels), at least 16 x 16.
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` logits. For widths (12, 32) it has 18,554 weights.

    Raises:
        InputError: A width below 1, or images that are too small.
    """
    if min(widths) < 1:
        raise InputError(
            f"Two convolutions of widths {widths} cannot be built; give widths of at least 1."
        )

    def body(x: KerasTensor) -> KerasTensor:
        for index, filters in enumerate(widths, start=1):
            x = _conv5(x, filters, f"conv{index}", seed, "relu")
            x = layers.MaxPooling2D(2, name=f"pool{index}")(x)
        return x

    return _classifier("two_convolutions", body, seed, _at_least(16, shape), classes)


def linear_no_pooling(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.2 (a): two 5x5 convolutions (12, 32) and the dense layer, nothing else.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape, at least 9 x 9; at 32x32 the dense layer sees 24 x 24 x 32 = 18,432
            inputs.
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` logits, affine in the image.

    Raises:
        InputError: Images that are too small.
    """
    body = _linear_stack((12, 32), seed)
    return _classifier("linear_no_pooling", body, seed, _at_least(9, shape), classes)


def linear_average_pooling(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.2 (b): `two_convolutions((12, 32))` without ReLU, average in place of max pooling.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape, at least 16 x 16.
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` logits, affine in the image.

    Raises:
        InputError: Images that are too small.
    """

    def body(x: KerasTensor) -> KerasTensor:
        for index, filters in enumerate((12, 32), start=1):
            x = _conv5(x, filters, f"conv{index}", seed)
            x = layers.AveragePooling2D(2, name=f"pool{index}")(x)
        return x

    return _classifier("linear_average_pooling", body, seed, _at_least(16, shape), classes)


def linear_four_convolutions(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.2 (c): four 5x5 convolutions (12, 12, 32, 32) without ReLU or pooling.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape, at least 17 x 17.
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` logits, affine in the image.

    Raises:
        InputError: Images that are too small.
    """
    body = _linear_stack((12, 12, 32, 32), seed)
    return _classifier("linear_four_convolutions", body, seed, _at_least(17, shape), classes)


def single_convolution(seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """Study 1.3: one 5x5 convolution of 12 filters with ReLU, then the dense layer.

    Args:
        seed: Seed of the initial weights.
        shape: Image shape, at least 5 x 5; at 32x32 the dense layer has 28 x 28 x 12 x 10 + 10 =
            94,090 weights.
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` logits.

    Raises:
        InputError: Images that are too small.
    """

    def body(x: KerasTensor) -> KerasTensor:
        return _conv5(x, 12, "conv1", seed, "relu")

    return _classifier("single_convolution", body, seed, _at_least(5, shape), classes)


def perceptron(hidden: int, seed: int, *, shape: Shape = CIFAR, classes: int = 10) -> keras.Model:
    """A fully connected network with one hidden ReLU layer, named `hidden` (study 1.4).

    Args:
        hidden: Units of the hidden layer, at least 1.
        seed: Seed of the initial weights.
        shape: Image shape.
        classes: Number of classes.

    Returns:
        Model `(n, *shape) -> (n, classes)` logits.

    Raises:
        InputError: Fewer than one hidden unit.
    """
    if hidden < 1:
        raise InputError(f"A hidden layer of {hidden} units cannot be built; give at least 1.")

    def body(x: KerasTensor) -> KerasTensor:
        x = layers.Flatten(name="pixels")(x)
        return dense(x, hidden, name="hidden", seed=seed, activation="relu")

    return _classifier("perceptron", body, seed, shape, classes)


def _classifier(
    name: str, body: Callable[[KerasTensor], KerasTensor], seed: int, shape: Shape, classes: int
) -> keras.Model:
    """Image -> [-1, 1] -> body -> flatten -> logits."""
    image = keras.Input(shape, name="image")
    x = body(layers.Rescaling(2.0, offset=-1.0, name="to_signed")(image))
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(image, dense(x, classes, name="logits", seed=seed), name=name)


def _at_least(size: int, shape: Shape) -> Shape:
    """Refuses images from which the convolutions would leave nothing."""
    if min(shape[:2]) < size:
        raise InputError(
            f"The network cannot be built for {shape[0]}x{shape[1]} images; "
            f"give images of at least {size}x{size}."
        )
    return shape


def _linear_stack(widths: tuple[int, ...], seed: int) -> Callable[[KerasTensor], KerasTensor]:
    def body(x: KerasTensor) -> KerasTensor:
        for index, filters in enumerate(widths, start=1):
            x = _conv5(x, filters, f"conv{index}", seed)
        return x

    return body


def _conv5(
    x: KerasTensor, filters: int, name: str, seed: int, activation: str | None = None
) -> KerasTensor:
    return conv(x, filters, 5, name=name, seed=seed, activation=activation, padding="valid")
