"""DCGAN of 28 x 28 digits, without dropout, so that the sides can be compared."""

from typing import TYPE_CHECKING

from benchmarks.training import Adam, Training
from benchmarks.workloads.autoencoder import data

if TYPE_CHECKING:
    import keras
    import torch

LATENT = 100


def keras_networks(seed: int) -> "tuple[keras.Model, keras.Model]":
    """Generator and discriminator of `tfnets.models.dcgan`."""
    from tfnets.models import dcgan

    return dcgan.generator(LATENT, seed), dcgan.discriminator(seed)


def torch_networks() -> "tuple[torch.nn.Sequential, torch.nn.Sequential]":
    """The same in PyTorch, turned by 180 degrees."""
    from torch import nn

    from benchmarks.torch_layers import Plane, linear, norm, plane_norm

    generator = nn.Sequential(
        linear(LATENT, 7 * 7 * 256, writes=(7, 7, 256), bias=False),
        norm(7 * 7 * 256, writes=(7, 7, 256)),
        nn.LeakyReLU(0.2),
        Plane(7, 7, 256),
        nn.ConvTranspose2d(256, 128, 5, padding=2, bias=False),
        plane_norm(128, pixels=7 * 7),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(128, 64, 5, stride=2, padding=2, output_padding=1, bias=False),
        plane_norm(64, pixels=14 * 14),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(64, 1, 5, stride=2, padding=2, output_padding=1),
        nn.Sigmoid(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 5, stride=2, padding=2),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 5, stride=2, padding=2),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        linear(7 * 7 * 128, 1, reads=(7, 7, 128)),
    )
    return generator, discriminator


BATCH128 = Training(
    name="dcgan_batch128",
    title="DCGAN of MNIST, batches of 128, Adam",
    loss="gan",
    batch_size=128,
    steps=30,
    optimizer=Adam(1e-4),
    data=data,
    keras_networks=keras_networks,
    torch_networks=torch_networks,
    latent=LATENT,
    mirrored=True,
)
