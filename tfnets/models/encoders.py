"""Convolutional encoders for learning without labels, their projectors, and classifiers on them."""

import keras
import numpy as np
from keras import layers

from tfnets.errors import InputError
from tfnets.models import blocks

WIDTHS = (32, 64, 128)
"""Filters of the encoder's convolutions, each of which halves the plane."""


def contrastive_encoder(
    shape: tuple[int, int, int],
    *,
    features: int = 128,
    widths: tuple[int, ...] = WIDTHS,
    seed: int = 0,
) -> keras.Model:
    """Images (n, *shape) -> features (n, features): convolutions of stride 2, one dense layer.

    Raises:
        InputError: Images too small for so many halvings.
    """
    if min(shape[:2]) < 2 ** len(widths):
        raise InputError(
            f"The images are {shape[0]}x{shape[1]} pixels; the encoder needs at least "
            f"{2 ** len(widths)} along each side."
        )
    image = x = keras.Input(shape, name="image")
    for place, filters in enumerate(widths, 1):
        size = 5 if place == 1 else 3
        x = blocks.conv_norm(x, filters, size, name=f"encoder_conv{place}", seed=seed, strides=2)
    x = layers.Flatten(name="encoder_flatten")(x)
    x = blocks.dense(x, features, name="encoder_dense", seed=seed)
    return keras.Model(image, x, name="encoder")


def projector(features: int, *, directions: int = 64, seed: int = 0) -> keras.Model:
    """Features (n, features) -> directions (n, directions), which contrastive learning compares."""
    given = keras.Input((features,), name="features")
    x = blocks.norm_relu(given, "projector")
    x = blocks.dense(x, directions, name="projector_dense", seed=seed)
    return keras.Model(given, x, name="projector")


def classifier_on(
    encoder: keras.Model,
    classes: int,
    *,
    seed: int = 0,
    statistics: tuple[np.ndarray, np.ndarray] | None = None,
) -> keras.Model:
    """Images -> logits (n, classes): a copy of the encoder, its features normalised, one layer.

    `statistics` are mean and variance (d,) of the encoder's features. If given, no normalisation
    learns: the network is then one and the same function in training and afterwards, of one image
    at a time. None for normalisation by the batch in training.
    """
    body = keras.models.clone_model(encoder)
    body.set_weights(encoder.get_weights())
    x = blocks.norm_relu(body.output, "head")
    x = blocks.dense(x, classes, name="head_logits", seed=seed)
    model = keras.Model(body.input, x, name="classifier")
    if statistics is not None:
        norms = [one for one in model.layers if isinstance(one, layers.BatchNormalization)]
        norms[-1].set_weights([*norms[-1].get_weights()[:-2], *statistics])
        for norm in norms:
            norm.trainable = False
    return model


def with_probabilities(classifier: keras.Model) -> keras.Model:
    """The classifier with probabilities (n, classes) in place of logits; it shares the weights."""
    probabilities = layers.Softmax(name="probabilities")(classifier.output)
    return keras.Model(classifier.input, probabilities, name="classifier")
