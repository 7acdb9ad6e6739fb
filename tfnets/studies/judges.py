"""The networks whose features the GAN studies measure in, one per data set."""

import keras
from keras import layers

from tfnets import models
from tfnets.artifacts import reference
from tfnets.models.classifiers import FEATURES, features_and_probabilities

CIFAR_LAYER = "pool2"
"""Layer of the CIFAR-10 network whose mean over the plane is its features."""


def load(dataset: str) -> keras.Model:
    """Returns the judge of a data set: image -> `{"features", "probabilities"}`.

    Digits and clothes have a judge of their own with 128 features. CIFAR-10 has the (48, 128)
    network of study `width_sweep`, with the 128 channels of its last plane averaged: it is right on
    7 of 10 test images, so that single labels say little.

    Args:
        dataset: `mnist`, `fashion_mnist` or `cifar10`.

    Raises:
        InputError: The model is not there.
    """
    if dataset != "cifar10":
        return features_and_probabilities(reference.judge(dataset))
    return pooled(models.load("cifar10").model, CIFAR_LAYER)


def pooled(network: keras.Model, layer: str) -> keras.Model:
    """Makes a judge of any classifier with logits: a layer's plane, averaged, is its features.

    Args:
        network: Model image -> logits (n, classes).
        layer: Name of a layer with output (n, height, width, channels).

    Returns:
        Model image -> `{"features": (n, channels), "probabilities": (n, classes)}`.
    """
    plane = network.get_layer(layer).output
    outputs = {
        "features": layers.GlobalAveragePooling2D(name=FEATURES)(plane),
        "probabilities": layers.Softmax(name="probabilities")(network.output),
    }
    return keras.Model(network.input, outputs, name=f"{network.name}_judge")
