"""Judges: networks in whose features images are measured, beside real ones judged once.

A judge says of an image what its features are and which class it shows; the classes that stand on
`Judge` say which numbers a study reports.
"""

import functools
from typing import Any

import keras
import numpy as np
from keras import layers

from tfnets import metrics, models
from tfnets.artifacts import reference
from tfnets.datasets import ImageData
from tfnets.metrics.sample_quality import Judged, Numbers
from tfnets.models.classifiers import FEATURES, features_and_probabilities

CIFAR_LAYER = "pool2"
"""Layer of the CIFAR-10 network whose mean over the plane is its features."""


class Judge:
    """What a network sees in images, and how near they come to real ones, which it judges once.

    The reference are real test images, the ceiling training images in the measured ones' place.
    Real images are judged when that is first asked for.

    Attributes:
        samples: Real images, as many as are measured at a time.
        labels: Their classes (samples,).
        classes: Number of classes.
    """

    def __init__(
        self, data: ImageData, samples: int | None = None, model: keras.Model | None = None
    ) -> None:
        """Takes real images and the network; raises as `load`.

        Args:
            data: Test images, which others are compared with, and training images.
            samples: How many of the test images; None for all, and all where there are fewer.
            model: Model image -> `{"features", "probabilities"}`; None for `load(data.name)`.
        """
        self.labels = data.y_test[:samples]
        self.samples, self.classes = len(self.labels), len(data.class_names)
        self._data, self._model = data, model or load(data.name)

    def judged(self, images: np.ndarray) -> Judged:
        """Returns `features` and `probabilities` of images (..., height, width, channels)."""
        shape = images.shape[:-3]
        flat = images.reshape(-1, *images.shape[-3:])
        found = self._model.predict(flat, batch_size=500, verbose=0)
        return {name: values.reshape(*shape, -1) for name, values in found.items()}

    @functools.cached_property
    def reference(self) -> Judged:
        """The judged test images."""
        return self.judged(self._data.x_test[: self.samples])

    @functools.cached_property
    def others(self) -> Judged:
        """As many judged training images: what a perfect generator would draw."""
        return self.judged(self._data.x_train[: self.samples])

    @functools.cached_property
    def ceiling(self) -> Numbers:
        """What the others reach in the measured images' place, see `metrics.ceiling`."""
        return metrics.ceiling(self.reference, self.others, self.labels)

    @functools.cached_property
    def agreement_real(self) -> dict[str, Any]:
        """How far the judge can be trusted: its agreement with the labels of the test images."""
        return self.agreement(self.reference)

    def numbers(self, judged: Judged) -> Numbers:
        """Returns `metrics.sample_quality` of as many judged images as there are real ones."""
        return metrics.sample_numbers(self.reference, judged, self.labels) | self.ceiling

    def frechet(self, judged: Judged, first: int | None = None) -> float:
        """Returns the Frechet distance of judged images to the first real ones; None: to all."""
        return metrics.frechet_distance(self.reference["features"][:first], judged["features"])

    def agreement(self, judged: Judged) -> dict[str, Any]:
        """Returns `metrics.label_agreement` of images that should be of the real ones' classes."""
        return metrics.label_agreement(self.labels, seen(judged))


def seen(judged: Judged) -> np.ndarray:
    """Returns the class (...) that the judge sees in each image."""
    return judged["probabilities"].argmax(axis=-1)


def load(dataset: str) -> keras.Model:
    """Returns the judge of a data set: image -> `{"features", "probabilities"}`.

    `mnist` and `fashion_mnist` have a judge of their own with 128 features. `cifar10` has the
    (48, 128) network of study `width_sweep`, with the 128 channels of its last plane averaged: it
    is right on 7 of 10 test images, so that single labels say little.

    Raises:
        InputError: The model is not there.
    """
    if dataset != "cifar10":
        return features_and_probabilities(reference.judge(dataset))
    return pooled(models.load("cifar10").model, CIFAR_LAYER)


def pooled(network: keras.Model, layer: str) -> keras.Model:
    """A judge (see `load`) of a network with logits: a layer's plane, averaged, is its features."""
    plane = network.get_layer(layer).output
    outputs = {
        "features": layers.GlobalAveragePooling2D(name=FEATURES)(plane),
        "probabilities": layers.Softmax(name="probabilities")(network.output),
    }
    return keras.Model(network.input, outputs, name=f"{network.name}_judge")
