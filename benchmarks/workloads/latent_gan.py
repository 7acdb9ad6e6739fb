"""The GAN of study 4.2 in a 64-dimensional latent space."""

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.training import PEERS, Adam, Training

if TYPE_CHECKING:
    import keras
    import torch

DIM = 64
GENERATOR = ((256, "relu"), (512, "relu"), (512, "tanh"), (256, "sigmoid"), (DIM, None))
DISCRIMINATOR = ((64, "relu"), (128, "relu"), (256, "relu"), (1, None))
Layers = tuple[tuple[int, str | None], ...]


def data() -> tuple[np.ndarray]:
    """60,000 draws from a mixture of ten normals: what latents of digits look like in kind."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(10, DIM))
    draws = centres[rng.integers(0, 10, 60_000)] + rng.normal(scale=0.5, size=(60_000, DIM))
    return (draws.astype(np.float32),)


def keras_networks(seed: int) -> "tuple[keras.Model, keras.Model]":
    """Generator 64 -> 64 and discriminator 64 -> 1 logit."""
    return _keras_dense("generator", GENERATOR, seed), _keras_dense("critic", DISCRIMINATOR, seed)


def torch_networks() -> "tuple[torch.nn.Sequential, torch.nn.Sequential]":
    """The same in PyTorch."""
    return _torch_dense(GENERATOR), _torch_dense(DISCRIMINATOR)


def _keras_dense(name: str, sizes: Layers, seed: int) -> "keras.Model":
    import keras

    from tfnets.models.blocks import dense

    inputs = x = keras.Input((DIM,), name="inputs")
    for index, (units, activation) in enumerate(sizes, start=1):
        x = dense(x, units, name=f"{name}_dense{index}", seed=seed, activation=activation)
    return keras.Model(inputs, x, name=name)


def _torch_dense(sizes: Layers) -> "torch.nn.Sequential":
    from torch import nn

    from benchmarks.torch_layers import linear

    kinds = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, None: nn.Identity}
    layers, inputs = [], DIM
    for units, activation in sizes:
        layers += [linear(inputs, units), kinds[activation]()]
        inputs = units
    return nn.Sequential(*layers)


BATCH128 = Training(
    name="latent_gan_batch128",
    title="GAN of 64-dimensional latents (study 4.2), batches of 128, Adam",
    loss="gan",
    batch_size=128,
    steps=400,
    optimizer=Adam(1e-4),
    data=data,
    keras_networks=keras_networks,
    torch_networks=torch_networks,
    latent=DIM,
    # There are no planes whose channels could be last.
    peers=tuple(peer for peer in PEERS if peer != "torch_channels_last"),
)
