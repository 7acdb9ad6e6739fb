"""The networks whose features the GAN studies measure in, one per data set."""

import keras
import numpy as np
from keras import layers

from tfnets import models
from tfnets.artifacts import reference
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.models.classifiers import FEATURES, features_and_probabilities, judge

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


RATE = 2e-3
BATCH = 64


def trained_judge(
    run: Run, part: str, data: tuple[np.ndarray, np.ndarray], classes: int, epochs: int, seed: int
) -> keras.Model:
    """Trains a classifier, without augmentation; on resuming, a finished one is loaded.

    Args:
        run: The run, which gets `PART.keras`.
        part: Name of the part.
        data: Images (n, height, width, channels) in [0, 1] and labels (n,).
        classes: Number of classes.
        epochs: Passes over the images.
        seed: Seed of weights and order.

    Returns:
        The model `images -> probabilities (n, classes)` of `models.classifiers.judge`.
    """

    def compute() -> dict[str, int]:
        network = judge(seed, data[0].shape[1:], classes)
        # Saved without what it is compiled with, which needs a class of ours.
        model = keras.Model(network.input, network.output)
        steps = steps_per_epoch(len(data[0]), BATCH)
        model.compile(
            cosine_adam(RATE, epochs * steps),
            "sparse_categorical_crossentropy",
            jit_compile=False,
            steps_per_execution=steps_per_execution(steps),
        )
        fit(run, part, model, data, batch_size=BATCH, epochs=epochs, seed=seed)
        run.save_model(part, network)
        return {"parameters": network.count_params()}

    run.part(part, compute)
    return run.load_model(part)
