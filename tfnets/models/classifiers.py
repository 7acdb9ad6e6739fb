"""Classifiers: the judge that measures generated digits."""

import keras
from keras import layers

from tfnets.models.blocks import conv_norm, dense

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
