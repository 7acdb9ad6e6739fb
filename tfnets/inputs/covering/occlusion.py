"""Which part of an image a network's answer depends on: cover a block, see what goes (study 2.4).

Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks". Three pure steps
of `tfnets.inputs.covering.windows`: `windows` says which blocks are covered, `covered` covers them,
`heat` turns what each block costs into a map. `occlude` is the three together, for a network.

Exactly: a window of `size` slides by `stride` from the image's top left corner; windows at the
right and the bottom edge are cut off there, so that every pixel is covered (as captum does it).
The drop of a window is the score of the image minus the score of the image with the window filled.
A pixel's heat is the mean drop of the windows that cover it. Positive: the block supports the
class; negative: the class is seen better without it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from tfnets.errors import InputError
from tfnets.inputs.checks import checked_images, checked_targets, require_logits
from tfnets.inputs.covering.calls import calls_of
from tfnets.inputs.covering.fills import filled
from tfnets.inputs.covering.recompute import Recomputer
from tfnets.inputs.covering.stages import plan
from tfnets.inputs.covering.windows import Floats, Windows, heat, pair, windows

READS = ("logit", "probability")
"""What of the class is read: its logit, or its softmax probability."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What covering each window costs.

    Attributes:
        drops: Score without minus score with the window filled, shape (n, rows, columns).
        heat: Mean drop of the windows over each pixel, shape (n, height, width).
        scores: Score of each image with nothing covered, shape (n,).
        windows: The windows.
    """

    drops: Floats
    heat: Floats
    scores: Floats
    windows: Windows


def occlude(
    model: keras.Model,
    images: Floats,
    targets: int | ArrayLike,
    *,
    size: int | Sequence[int],
    stride: int | Sequence[int],
    fill: str | ArrayLike = "zero",
    read: str = "logit",
    batch_size: int = 32,
    exact_part: bool = True,
    seed: int = 0,
    progress: bool = True,
) -> Occlusion:
    """Maps how much each block of an image supports a class.

    Args:
        model: Images (n, height, width, channels) in [0, 1] -> logits (n, classes).
        images: Shape (n, height, width, channels), float32 in [0, 1].
        targets: The class, or one class per image (n,).
        size: Height and width of a window, or one number for both.
        stride: Rows and columns from one window to the next.
        fill: As in `tfnets.inputs.covering.fills.filled`; the Gaussian of `blur` has half the
            window's longer side as its standard deviation.
        read: `logit` or `probability`. A probability also falls when another class rises.
        batch_size: Most covered images at a time.
        exact_part: Whether to compute only what sees the window, where the network allows it
            (see `tfnets.inputs.covering.recompute`); the result is the same up to rounding.
        seed: Seed of the fill `noise`.
        progress: Whether to show a bar.

    Raises:
        InputError: Images of the wrong shape or outside [0, 1], an unknown class, read or fill,
            or windows that do not fit.
    """
    images = checked_images(images)
    if read not in READS or batch_size < 1:
        raise InputError(
            f"read is {read!r} and batch_size {batch_size}; read is one of {', '.join(READS)}, "
            "batch_size 1 or more."
        )
    grid = windows(images.shape[1:3], size, stride)
    network = calls_of(model, images.shape[1:])
    targets = checked_targets(targets, len(images), network.classes)
    if read == "probability" and network.classes < 2:
        raise InputError("A network of one output has no probabilities of classes; read its logit.")
    fills = filled(images, fill, blur=max(pair("size", size)) / 2, seed=seed)
    boxes = grid.boxes()
    stages = plan(network, boxes, images=len(images)) if exact_part else ()
    sensitivity = _Sensitivity(Recomputer(network, boxes, stages=stages), grid, read, batch_size)
    total = len(images) * sensitivity.windows
    with tqdm(total=total, desc="occlusion", unit="window", disable=not progress) as bar:
        found = [sensitivity(*each, bar) for each in zip(images, fills, targets, strict=True)]
    scores = np.array([score for score, _ in found], np.float32)
    drops = np.array([score - others for score, others in found], np.float32)
    drops = drops.reshape(-1, *grid.grid)
    return Occlusion(drops, heat(drops, grid), scores, grid)


class _Sensitivity:
    """The scores of one image, whole and with each window filled."""

    def __init__(self, recomputer: Recomputer, grid: Windows, read: str, batch_size: int) -> None:
        self.windows = math.prod(grid.grid)
        self._recomputer, self._read = recomputer, read
        # Equal batches of window numbers; the last one repeats its last window.
        count = math.ceil(self.windows / batch_size)
        indices = np.arange(count * math.ceil(self.windows / count))
        self._batches = np.split(np.minimum(indices, self.windows - 1), count)

    def __call__(self, image: Floats, fill: Floats, target: int, bar: tqdm) -> tuple[float, Floats]:
        """Returns the score of the image, and those with a window filled (windows,)."""
        known, logits = self._recomputer.known(image)
        require_logits(logits[None])
        scores = []
        for indices in self._batches:
            found = self._recomputer.logits(known, fill, indices)
            scores.append(self._score(found, target))
            bar.update(min(len(indices), self.windows - bar.n % self.windows))
        return self._score(logits[None], target)[0], np.concatenate(scores)[: self.windows]

    def _score(self, logits: tf.Tensor, target: int) -> NDArray[np.float64]:
        """In float64, so that a small difference of large scores is not rounded again."""
        logits = tf.cast(logits, tf.float64)
        values = logits if self._read == "logit" else tf.nn.softmax(logits)
        return values[:, target].numpy()
