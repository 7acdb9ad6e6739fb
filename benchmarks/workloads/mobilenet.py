"""MobileNetV2 at 224 x 224 in both libraries, and pictures for it."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras
    import torch

    from tfnets.models.trained.networks import Network

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, repeats and stride of each stage (Sandler et al. 2018, table 2)."""

MEAN = np.array((0.485, 0.456, 0.406))
DEVIATION = np.array((0.229, 0.224, 0.225))
"""What the network's pixels are normalised with, per channel."""


def load() -> "Network":
    """The package's network with the published weights."""
    from tfnets import models

    return models.load("mobilenet_v2")


def keras_network() -> "keras.Model":
    """The same layers, batch normalisation folded in; random weights."""
    from tfnets.models.trained.mobilenet import mobilenet_v2

    return mobilenet_v2(0)


def torch_network() -> "torch.nn.Sequential":
    """The same in PyTorch."""
    from torch import nn

    from benchmarks.torch_layers import PerChannel, convolution, inverted_residual, linear

    blocks, channels = [], 32
    for expansion, width, repeats, stride in STAGES:
        for repeat in range(repeats):
            step = stride if repeat == 0 else 1
            blocks.append(inverted_residual(channels, width, expansion, step))
            channels = width
    return nn.Sequential(
        PerChannel(1 / DEVIATION, -MEAN / DEVIATION),
        *convolution(3, 32, 3, stride=2),
        *blocks,
        *convolution(channels, 1280, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        linear(1280, 1000),
    )


def pictures(network: "Network", *names: str) -> np.ndarray:
    """Photos that come with scikit-image and scikit-learn, as the network takes them.

    Returns:
        Shape (n, 224, 224, 3), multiples of 1/255.
    """
    from tfnets.datasets.pictures import photo

    return np.stack([network.prepare(photo(name).pixels) for name in names])
