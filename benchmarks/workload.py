"""What a workload is: data, networks and optimiser, defined once for every side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras
    import torch

OURS = "ours"
TORCH_PEERS = ("torch_eager", "torch_channels_last", "torch_compile")
KERAS = "keras_fit"
PEERS = (*TORCH_PEERS, KERAS)


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: `v = momentum v - rate g`, `w = w + v`."""

    rate: float
    momentum: float = 0.0


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma & Ba 2015) in Keras's form: epsilon is added to the uncorrected root."""

    rate: float
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7


@dataclass(frozen=True)
class Workload:
    """One training to be timed. Nothing here imports TensorFlow or PyTorch before it is called.

    Attributes:
        name: What the command line and the rows call it.
        title: One line for people.
        loss: `crossentropy` (of logits), `mse` (of the input's reconstruction) or `gan`
            (non-saturating, logits, one update of each network per step).
        batch_size: Examples per step.
        steps: Timed steps of one repeat.
        optimizer: What every network is trained with.
        data: Returns the arrays of equal length, images first, in the layout of Keras.
        keras_networks: `seed -> (model,)` or, for a GAN, `(generator, discriminator)`.
        torch_networks: The same networks with any weights, in the layout of PyTorch.
        latent: Size of a GAN's N(0, 1) latent vector.
        mirrored: PyTorch's networks see images turned by 180 degrees (see `torch_weights`).
        peers: Which of `PEERS` make sense.
    """

    name: str
    title: str
    loss: str
    batch_size: int
    steps: int
    optimizer: SGD | Adam
    data: Callable[[], tuple[np.ndarray, ...]]
    keras_networks: Callable[[int], "tuple[keras.Model, ...]"]
    torch_networks: Callable[[], "tuple[torch.nn.Sequential, ...]"]
    latent: int | None = None
    mirrored: bool = False
    peers: tuple[str, ...] = PEERS
