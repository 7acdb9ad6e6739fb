"""study 4.1: five heads on 20 draws of 50 labels, on pixels and on an encoder's latents."""

import numpy as np

from benchmarks.heads import Column, Data, Heads
from benchmarks.task import SEED
from tfnets import datasets

LABELS, DRAWS, TESTED = 50, 20, 2_000
"""Labelled images per draw, draws, and test images that the check compares the classifiers on."""


def data() -> Data:
    """MNIST, balanced draws; the latents are those of study `few_labels`' own encoder."""
    from tfnets.artifacts import models, reference

    digits = datasets.load("mnist")
    chosen = datasets.few_label_draws(digits.y_train, LABELS, DRAWS, SEED)
    encoder = models.load_model(reference.FOLDER / "few_labels" / "origin-0_encoder.keras")
    known, test = digits.x_train[chosen.ravel()], digits.x_test[:TESTED]
    latents = [encoder.predict(images, verbose=0) for images in (known, test)]
    pixels = [images.reshape(len(images), -1) for images in (known, test)]
    return Data(
        {"pixels": _column(*pixels), "latents": _column(*latents)},
        digits.y_train[chosen],
        digits.y_test[:TESTED],
    )


def _column(known: np.ndarray, test: np.ndarray) -> Column:
    return Column(known.reshape(DRAWS, LABELS, -1), test)


HEADS = Heads(
    name="few_labels_heads",
    title="5 heads x 20 draws of 50 labels x 2 columns (study 4.1), 500 updates each, Adam",
    steps=1,
    data=data,
    heads=("softmax", "relu32", "sigmoid32", "sigmoid64", "sigmoid64x2"),
    updates=500,
    rate=3e-3,
)
