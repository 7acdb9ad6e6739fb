"""A photo, a network and a class of it, whose occlusion maps study 2.4 makes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tfnets.datasets.pictures import picture
from tfnets.inputs.covering.occlusion import Occlusion, occlude
from tfnets.models.trained.networks import Network
from tfnets.studies.occlusion.settings import Settings

BOXES = {
    "jellyfish": (160 / 427, 300 / 640, 390 / 427, 572 / 640),
    "chelsea": (80 / 300, 130 / 451, 270 / 300, 350 / 451),
}
"""The object in a photo, drawn by hand: top, left, bottom and right as shares of its height and
width. The jellyfish's body without its tentacles; the cat's eyes and nose."""


@dataclass(frozen=True, eq=False)
class Case:
    """Photos, a network, a class of each photo, and how blocks are laid.

    Attributes:
        network: The network.
        settings: The study's settings.
        names: The study's image and the other photos.
        images: As the network takes them, shape (n, height, width, channels).
        targets: A class of each, shape (n,).
        p: Its probability, shape (n,).
        size: Side of a block.
        stride: Pixels from block to block.
        seed: Seed of the fill `noise`.
        notes: What has to be said of network and image, one line each.
    """

    network: Network
    settings: Settings
    names: tuple[str, ...]
    images: np.ndarray
    targets: np.ndarray
    p: np.ndarray
    size: int
    stride: int
    seed: int
    notes: tuple[str, ...] = ()

    def occlude(
        self,
        images: np.ndarray,
        targets: np.ndarray,
        *,
        fill: str = "",
        size: int = 0,
        stride: int = 0,
        read: str = "",
        exact_part: bool = True,
    ) -> Occlusion:
        """Covers blocks as the settings say where nothing is given, strides in proportion."""
        size = size or self.size
        stride = stride or max(1, round(self.stride * size / self.size))
        return occlude(
            self.network.model, images, targets, size=size, stride=stride,
            fill=fill or self.settings.fill,
            read=read or self.settings.read, batch_size=self.settings.batch_size,
            exact_part=exact_part, seed=self.seed,
        )  # fmt: skip

    @property
    def first(self) -> tuple[np.ndarray, np.ndarray]:
        """The study's image (1, height, width, channels) and its class (1,)."""
        return self.images[:1], self.targets[:1]

    def name_of(self, target: int) -> str:
        """A class's name, or its number."""
        names = self.network.class_names
        return names[target] if names else f"class {target}"


def compared(heat: np.ndarray, first: np.ndarray, box: np.ndarray | None) -> dict[str, Any]:
    """A map's largest value, its correlation with the study's map, and its share in the box."""
    flat = np.ptp(heat) == 0 or np.ptp(first) == 0
    same = 0.0 if flat else float(np.corrcoef(heat.ravel(), first.ravel())[0, 1])
    within = {} if box is None else {"in_box": in_box(heat, box)}
    return {"largest": float(heat.max()), "correlation": same, **within}


def object_box(network: Network, image: str, data_dir: Path | str | None) -> np.ndarray | None:
    """Where the object is, as the network gets the photo: true inside its box (height, width).

    None for a picture without a box in `BOXES`.
    """
    name = image.removeprefix("photo_")
    if name not in BOXES:
        return None
    height, width = picture(image, data_dir).pixels.shape[:2]
    top, left, bottom, right = BOXES[name]
    mask = np.zeros((height, width, network.input_shape[2]), np.float32)
    mask[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = 1
    return network.prepare(mask)[..., 0] > 0.5


def in_box(heat: np.ndarray, box: np.ndarray) -> dict[str, float]:
    """How much of a map (height, width) lies in a box: its maximum, and its mass above 0."""
    positive = np.maximum(heat, 0).astype(np.float64)
    return {
        "maximum": bool(box.flat[heat.argmax()]),
        "mass": float(positive[box].sum() / (positive.sum() or 1.0)),
        "area": float(box.mean()),
    }
