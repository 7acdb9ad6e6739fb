"""The workloads by name."""

from benchmarks.workload import Workload
from benchmarks.workloads import (
    attack,
    autoencoder,
    cifar,
    dcgan,
    few_labels,
    latent_gan,
    maximize,
    occlusion,
    trials,
)
from tfnets.errors import InputError

WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        cifar.BATCH4,
        cifar.BATCH64,
        autoencoder.BATCH128,
        dcgan.BATCH128,
        latent_gan.BATCH128,
        few_labels.HEADS,
        maximize.MOBILENET,
        occlusion.MOBILENET,
        attack.MOBILENET,
        trials.CIFAR,
        trials.AUTOENCODER,
    )
}

PEERS = tuple(dict.fromkeys(peer for each in WORKLOADS.values() for peer in each.peers))
"""All peers of all workloads."""


def find(name: str) -> Workload:
    """Returns a workload by name.

    Raises:
        InputError: There is none of that name.
    """
    if name not in WORKLOADS:
        raise InputError(f"There is no workload {name!r}; choose from {', '.join(WORKLOADS)}.")
    return WORKLOADS[name]
