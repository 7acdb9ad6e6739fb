"""A photo, a network and a class of it, whose occlusion maps study 2.4 makes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from tfnets.datasets.pictures import picture
from tfnets.errors import InputError
from tfnets.inputs.covering.occlusion import Occlusion, occlude
from tfnets.inputs.covering.windows import windows
from tfnets.lab.trial import DataStore
from tfnets.models.trained.networks import Network
from tfnets.studies.occlusion.settings import Settings

BOXES = {
    "jellyfish": (160 / 427, 300 / 640, 390 / 427, 572 / 640),
    "chelsea": (80 / 300, 130 / 451, 270 / 300, 350 / 451),
}
"""The object in a photo, drawn by hand: top, left, bottom and right as shares of its height and
width. The jellyfish's body without its tentacles; the cat's eyes and nose."""


@dataclass(frozen=True, eq=False)
class CoveredPhotos:
    """Photos, a network, a class of each photo, and how blocks are laid."""

    network: Network
    settings: Settings
    names: tuple[str, ...]  # the study's image and the other photos
    images: np.ndarray  # as the network takes them, (n, height, width, channels)
    targets: np.ndarray  # a class of each, (n,)
    p: np.ndarray  # its probability, (n,)
    size: int  # side of a block
    stride: int  # pixels from block to block
    seed: int  # of the fill `noise`
    notes: tuple[str, ...] = ()  # what has to be said of network and image, one line each
    box: np.ndarray | None = None  # where the study's object is (height, width), if that is known

    def occlude(self, *shown: np.ndarray, size: int = 0, **how: Any) -> Occlusion:
        """Covers blocks of images of classes as the settings say where nothing else is given.

        Without a stride, it is in proportion to the size.
        """
        settings, size = self.settings, size or self.size
        stride = max(1, round(self.stride * size / self.size))
        given = {"stride": stride, "fill": settings.fill, "read": settings.read} | how
        given |= {"size": size, "batch_size": settings.batch_size, "seed": self.seed}
        return occlude(self.network.model, *shown, **given, progress=False)

    @property
    def first(self) -> tuple[np.ndarray, np.ndarray]:
        """The study's image (1, height, width, channels) and its class (1,)."""
        return self.images[:1], self.targets[:1]


def covered(
    settings: Settings, store: DataStore, seed: int, *, quiet: bool = True
) -> CoveredPhotos:
    """Loads network and photos, and lays blocks; `quiet` logs no conversion of a picture.

    Raises:
        InputError: They cannot be had, the network has no classes, or not this one, or blocks do
            not fit.
    """
    network = store.network(settings.network)
    if network.classes < 2:
        asked = "give one that ends in logits"
        raise InputError(f"The network {settings.network} has no classes; {asked}.")
    names = tuple(dict.fromkeys((settings.image, *settings.photos)))
    pictures = [picture(name, store.data_dir, quiet=quiet) for name in names]
    images = np.stack([network.prepare(shown.pixels) for shown in pictures])
    side = min(images.shape[1:3])
    size = settings.size or min(side, max(6, side // 7))
    stride = settings.stride or max(1, size // 4)
    windows(images.shape[1:3], size, stride)
    logits = np.asarray(network.model(images, training=False))
    targets = logits.argmax(axis=1)
    if settings.target:
        targets[0] = network.class_index(settings.target)
    p = np.asarray(tf.nn.softmax(logits.astype(np.float64)))[np.arange(len(names)), targets]
    notes = (*network.notes, *pictures[0].told)
    box = object_box(network, settings.image, pictures[0].pixels.shape[:2])
    found = (names, images, targets, p, size, stride, seed, notes, box)
    return CoveredPhotos(network, settings, *found)


def object_box(network: Network, image: str, size: tuple[int, int]) -> np.ndarray | None:
    """Where the object of a photo of a size is, as the network gets it: true in (height, width).

    None for a picture without a box in `BOXES`.
    """
    name = image.removeprefix("photo_")
    if name not in BOXES:
        return None
    top, left, bottom, right = np.round(np.multiply(BOXES[name], (*size, *size))).astype(int)
    mask = np.zeros((*size, network.input_shape[2]), np.float32)
    mask[top:bottom, left:right] = 1
    return network.prepare(mask)[..., 0] > 0.5
