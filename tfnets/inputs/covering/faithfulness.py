"""Does a map say what the network depends on? Deletion and insertion scores (study 2.4).

Petsiuk, Das and Saenko 2018, "RISE: Randomized input sampling for explanation of black-box models".
Deletion takes the pixels away in the map's order, the most important first, and follows the
class's probability: a good map makes it fall early, so that the area under the curve is small.
Insertion brings them back into a blurred image: a good map makes the area large. What such an area
is worth is said by the same blocks in random order.

The orders come from `tfnets.inputs.covering.orders`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from tfnets.errors import InputError
from tfnets.inputs.checks import checked_images, checked_targets
from tfnets.inputs.covering.calls import Calls, calls_of, run
from tfnets.inputs.covering.fills import filled
from tfnets.inputs.covering.orders import Ranks
from tfnets.inputs.covering.windows import Floats


@dataclass(frozen=True, eq=False)
class Curves:
    """Probability of the class while pixels are replaced, m orders for each of n images.

    Attributes:
        shares: Share of pixels replaced, from 0 to 1, shape (n, m, points).
        scores: Probability of the class there, shape (n, m, points).
        areas: Area under each curve (trapezoids), shape (n, m), in [0, 1].
    """

    shares: Floats
    scores: Floats
    areas: Floats


def deletion(
    model: keras.Model,
    images: Floats,
    ranks: ArrayLike,
    targets: int | ArrayLike,
    *,
    fill: str | ArrayLike = "mean",
    **settings: Any,
) -> Curves:
    """Follows the class's probability while the image is taken away.

    Args:
        model: Images (n, height, width, channels) in [0, 1] -> logits (n, classes).
        images: Shape (n, height, width, channels), float32 in [0, 1].
        ranks: Orders of each image, shape (n, m, height, width), from
            `tfnets.inputs.covering.orders`.
        targets: The class, or one class per image (n,).
        fill: What stands in for pixels that are away, as in `tfnets.inputs.covering.fills.filled`;
            best what the map was made with. `blur` has a standard deviation of a twentieth of the
            image's longer side.
        settings: `steps`, points of a curve after its first one (32; at most one per block);
            `batch_size`, most images at a time (32); `seed` of the fill `noise` (0); `progress`,
            whether to show a bar (True).

    Raises:
        InputError: As in `tfnets.inputs.covering.occlusion.occlude`, or orders of another shape.
    """
    return _replacing(model, images, ranks, targets, fill, **settings)


def insertion(
    model: keras.Model,
    images: Floats,
    ranks: ArrayLike,
    targets: int | ArrayLike,
    *,
    fill: str | ArrayLike = "blur",
    **settings: Any,
) -> Curves:
    """Follows the class's probability while the image comes back, the pixels of rank 0 first.

    Arguments and errors as `deletion`; `fill` is what is there at first.
    """
    return _replacing(model, images, ranks, targets, fill, back=True, **settings)


def _replacing(
    model: keras.Model,
    images: Floats,
    ranks: ArrayLike,
    targets: int | ArrayLike,
    fill: str | ArrayLike,
    *,
    back: bool = False,
    steps: int = 32,
    batch_size: int = 32,
    seed: int = 0,
    progress: bool = True,
) -> Curves:
    """Goes from the images to their fill, or back, in each order."""
    before = checked_images(images)
    after = filled(before, fill, blur=max(before.shape[1:3]) / 20, seed=seed)
    if back:
        before, after = after, before
    ranks = _checked_ranks(ranks, before.shape)
    if steps < 1 or batch_size < 1:
        raise InputError(f"steps is {steps} and batch_size {batch_size}; give 1 or more of each.")
    network = calls_of(model, before.shape[1:])
    targets = checked_targets(targets, len(before), network.classes)
    blocks = int(ranks.max()) + 1
    bounds = np.unique(np.linspace(0, blocks, min(steps, blocks) + 1).round().astype(np.int32))
    program = _Program(network, bounds, ranks.shape[1], batch_size)
    total = ranks.shape[0] * ranks.shape[1]
    with tqdm(total=total, desc="replacing", unit="curve", disable=not progress) as bar:
        scores = []
        for each in zip(before, after, ranks, targets, strict=True):
            scores.append(program(*each))
            bar.update(ranks.shape[1])
    shares = np.stack([(ranks < bound).mean(axis=(2, 3)) for bound in bounds], axis=-1)
    areas = np.trapezoid(np.array(scores, np.float64), shares, axis=-1)
    return Curves(shares.astype(np.float32), np.array(scores), areas.astype(np.float32))


class _Program:
    """The compiled forward passes of all points of all orders of one image."""

    def __init__(self, network: Calls, bounds: Ranks, orders: int, batch_size: int) -> None:
        self._network, self._orders = network, orders
        # No block and every block are the same image in each order.
        inner = bounds[1:-1]
        points = [(0, bounds[0]), (0, bounds[-1])]
        points += [(order, bound) for order in range(orders) for bound in inner]
        batches = math.ceil(len(points) / batch_size)
        size = math.ceil(len(points) / batches)
        padded = points + points[-1:] * (batches * size - len(points))
        self._batches = np.split(np.array(padded, np.int32), batches)
        self._points, self._inner = len(points), len(inner)
        self._run: Callable[..., tf.Tensor] | None = None

    def __call__(self, before: Floats, after: Floats, ranks: Ranks, target: int) -> Floats:
        """Returns the class's probability, shape (orders, points)."""
        given = [tf.constant(values) for values in (before, after, ranks)]
        if self._run is None:
            program = tf.function(self._probabilities, autograph=False, jit_compile=False)
            self._run = program.get_concrete_function(*given, tf.constant(self._batches[0]))
        found = [self._run(*given, tf.constant(batch)) for batch in self._batches]
        scores = np.concatenate([values.numpy()[:, target] for values in found])[: self._points]
        inner = scores[2:].reshape(self._orders, self._inner)
        first, last = (np.full((self._orders, 1), score, np.float32) for score in scores[:2])
        return np.concatenate([first, inner, last], axis=1)

    def _probabilities(
        self, before: tf.Tensor, after: tf.Tensor, ranks: tf.Tensor, points: tf.Tensor
    ) -> tf.Tensor:
        orders = tf.gather(ranks, points[:, 0])
        replaced = (orders < points[:, 1][:, None, None])[..., None]
        images = tf.where(replaced, after, before)
        values = run(self._network.calls, {self._network.image: images})
        return tf.nn.softmax(tf.cast(values[self._network.logits], tf.float32))


def _checked_ranks(ranks: ArrayLike, shape: tuple[int, ...]) -> Ranks:
    ranks = np.asarray(ranks)
    wanted = (shape[0], *ranks.shape[1:2], *shape[1:3])
    whole = np.issubdtype(ranks.dtype, np.integer)
    if ranks.ndim != 4 or ranks.shape != wanted or not whole or not ranks.size or ranks.min() < 0:
        raise InputError(
            f"The orders are {ranks.dtype} of shape {ranks.shape}; give ranks from 0 on, of shape "
            f"({shape[0]}, orders, {shape[1]}, {shape[2]}), from map_ranks or random_ranks."
        )
    return ranks.astype(np.int32)
