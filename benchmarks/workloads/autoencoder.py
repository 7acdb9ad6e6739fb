"""The report's convolutional autoencoder of study 3.1 with 100 latents, on MNIST."""

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training import Adam, Training
from tfnets import datasets

if TYPE_CHECKING:
    import keras
    import torch


def data() -> tuple[np.ndarray]:
    """Images (60000, 28, 28, 1) in [0, 1]."""
    return (datasets.load("mnist").x_train,)


def keras_networks(seed: int) -> "tuple[keras.Model]":
    """Encoder and decoder as the one model that is trained."""
    from tfnets.models import autoencoders

    return (autoencoders.build("origin", 100, seed).joined(),)


def torch_networks() -> "tuple[torch.nn.Sequential]":
    """The same in PyTorch."""
    from torch import nn

    from benchmarks.torch_layers import Plane, linear

    encoder = []
    for inputs, outputs in ((1, 4), (4, 8), (8, 16)):
        encoder += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    decoder = [
        linear(100, 7 * 7 * 8, writes=(7, 7, 8)),
        nn.ReLU(),
        Plane(7, 7, 8),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        linear(7 * 7 * 8, 28 * 28 * 4, reads=(7, 7, 8), writes=(28, 28, 4)),
        nn.ReLU(),
        Plane(28, 28, 4),
        nn.Conv2d(4, 1, 3, padding=1),
        nn.ReLU(),
    ]
    latent = linear(3 * 3 * 16, 100, reads=(3, 3, 16))
    return (nn.Sequential(*encoder, nn.Flatten(), latent, *decoder),)


BATCH128 = Training(
    name="autoencoder_batch128",
    title="Autoencoder of MNIST (study 3.1), batches of 128, Adam",
    loss="mse",
    batch_size=128,
    steps=300,
    optimizer=Adam(1e-3),
    data=data,
    keras_networks=keras_networks,
    torch_networks=torch_networks,
)
