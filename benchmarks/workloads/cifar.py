"""The CIFAR-10 classifier of study 1.1 with widths 12 and 32, at two batch sizes."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training import SGD, Training
from tfnets import datasets

if TYPE_CHECKING:
    import keras
    import torch


def data() -> tuple[np.ndarray, np.ndarray]:
    """Images (50000, 32, 32, 3) in [0, 1] and labels."""
    loaded = datasets.load("cifar10")
    return loaded.x_train, loaded.y_train


def keras_networks(seed: int) -> "tuple[keras.Model]":
    """Rescaling to [-1, 1]; twice a valid 5x5 convolution with ReLU and pooling; 10 logits."""
    from tfnets.models.classifiers import two_convolutions

    return (two_convolutions((12, 32), seed),)


def torch_networks() -> "tuple[torch.nn.Sequential]":
    """The same in PyTorch."""
    from torch import nn

    from benchmarks.torch_layers import Rescale, linear

    network = nn.Sequential(
        Rescale(2.0, -1.0),
        nn.Conv2d(3, 12, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(12, 32, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        linear(5 * 5 * 32, 10, reads=(5, 5, 32)),
    )
    return (network,)


BATCH64 = Training(
    name="cifar_batch64",
    title="CIFAR-10 classifier (12, 32), batches of 64, SGD with momentum",
    loss="crossentropy",
    batch_size=64,
    steps=500,
    optimizer=SGD(1e-3, 0.9),
    data=data,
    keras_networks=keras_networks,
    torch_networks=torch_networks,
)
BATCH4 = dataclasses.replace(
    BATCH64,
    name="cifar_batch4",
    title="CIFAR-10 classifier (12, 32), batches of 4, SGD with momentum",
    batch_size=4,
    steps=3000,
)
