"""Occlusion: the logit that each covered window of a photo costs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.job import Floats, Found, Job, Question, Side, Work, judged
from benchmarks.workload import OURS, Row
from benchmarks.workloads import mobilenet

if TYPE_CHECKING:
    import keras
    import torch

    from tfnets.models.trained.networks import Network

TOLERANCE = {"network": 1e-4, "heat": 1e-4}
"""Largest differences (see `agree`) that two sides which do the same may have."""


@dataclass(frozen=True)
class Sliding:
    """Black windows that slide over the image.

    Attributes:
        size: Edge of a window in pixels.
        stride: Pixels from one window to the next.
        captum_batch: Windows at a time for captum.
        xplique_batch: Windows at a time for xplique.
    """

    size: int = 16
    stride: int = 8
    captum_batch: int = 32
    xplique_batch: int = 32


def question(network: "Network") -> Question:
    """A photo of a cat and the class that the network sees in it."""
    images = mobilenet.pictures(network, "chelsea")
    return Question(images, network.model(images).numpy().argmax(axis=1))


def ours(network: "keras.Model", asked: Question, settings: Sliding) -> Work:
    """`tfnets.inputs.covering.occlusion`, with its exact short cut."""
    from tfnets.inputs.covering.occlusion import occlude

    def work() -> Floats:
        found = occlude(
            network, asked.images, asked.targets, size=settings.size, stride=settings.stride,
            progress=False,
        )  # fmt: skip
        return found.heat

    return work


def captum(network: "torch.nn.Module", asked: Question, settings: Sliding) -> Work:
    """Captum's `Occlusion`; a pixel has the mean of the windows over it, as ours."""
    import torch
    from captum.attr import Occlusion

    from benchmarks.torch_weights import array, planes

    occlusion, images = Occlusion(network), planes(asked.images)
    targets = torch.from_numpy(asked.targets)
    channels = images.shape[1]

    def work() -> Floats:
        with torch.no_grad():
            found = occlusion.attribute(
                images, (channels, settings.size, settings.size),
                (channels, settings.stride, settings.stride), 0.0, targets,
                perturbations_per_eval=settings.captum_batch,
            )  # fmt: skip
        return array(found)[..., 0]

    return work


def captum_compiled(network: "torch.nn.Module", asked: Question, settings: Sliding) -> Work:
    """Captum with the network under `torch.compile`."""
    import torch

    return captum(torch.compile(network), asked, settings)


def xplique(network: "keras.Model", asked: Question, settings: Sliding) -> Work:
    """Xplique's `Occlusion`; it adds up the windows over a pixel, so their number divides it."""
    import tensorflow as tf
    from xplique.attributions import Occlusion

    occlusion = Occlusion(
        network, batch_size=settings.xplique_batch, patch_size=settings.size,
        patch_stride=settings.stride, occlusion_value=0.0,
    )  # fmt: skip
    targets = tf.one_hot(asked.targets, network.output.shape[1])
    covering = _covering(asked.images.shape[1:3], settings)
    return lambda: occlusion(asked.images, targets).numpy()[..., 0] / covering


def _covering(plane: tuple[int, int], settings: Sliding) -> Floats:
    """How many windows lie over each pixel."""
    counts = np.zeros(plane, np.float32)
    rows, columns = (range(0, edge - settings.size + 1, settings.stride) for edge in plane)
    for row in rows:
        for column in columns:
            counts[row : row + settings.size, column : column + settings.size] += 1
    return counts


def macs(network: "keras.Model", asked: Question, settings: Sliding) -> None:
    """None: our side computes part of the network for each window."""
    del network, asked, settings


def agree(asked: Question, settings: Sliding, ours: Found, peer: Found) -> Row:
    """Compares two maps.

    Returns:
        `network`: largest difference of the photo's logits. `heat`: largest difference of a
        pixel's heat, and the largest heat as `range`. `passed`: none exceeds `TOLERANCE`.
    """
    del asked, settings
    found = {
        "network": float(np.abs(ours.before - peer.before).max()),
        "heat": float(np.abs(ours.result - peer.result).max()),
    }
    return {**judged(found, TOLERANCE), "range": float(np.abs(ours.result).max())}


MOBILENET = Job(
    name="occlusion_mobilenet",
    title="occlusion of a photo by 729 windows, MobileNetV2, 224 x 224",
    steps=2,
    load=mobilenet.load,
    keras_network=mobilenet.keras_network,
    torch_network=mobilenet.torch_network,
    question=question,
    sides={
        OURS: Side("tensorflow", ours),
        "captum": Side("torch", captum, ("captum",)),
        "captum_compiled": Side("torch", captum_compiled, ("captum",)),
        "xplique": Side("tensorflow", xplique, ("xplique",)),
    },
    settings=Sliding(),
    agree=agree,
    macs=macs,
)
