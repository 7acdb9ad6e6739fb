"""The one way in which studies train: fixed order, checkpointed, with a progress bar."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.training.callbacks import Progress


def steps_per_execution(steps: int, at_most: int = 50) -> int:
    """The largest divisor of an epoch's steps up to `at_most`, so that epochs end on time."""
    return max(size for size in range(1, min(at_most, steps) + 1) if steps % size == 0)


def fit(
    run: Run,
    part: str,
    model: keras.Model,
    images: np.ndarray,
    *,
    batch_size: int,
    epochs: int,
    seed: int,
    transform: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Trains a compiled model on images, resumable to the epoch (see `checkpoint.fit`).

    Args:
        run: The run folder.
        part: Name of the part, shown beside the bar.
        model: Compiled model.
        images: (n, h, w, c) in [0, 1].
        batch_size: Images per step.
        epochs: Epochs in all.
        seed: Seed of the order.
        transform: `(image batch, seed pair) -> batch for fit`; None gives `(images,)`.
        callbacks: Further callbacks.
    """
    steps = steps_per_epoch(len(images), batch_size)

    def data(first_epoch: int) -> tf.data.Dataset:
        made = batches((images,), batch_size=batch_size, seed=seed, first_epoch=first_epoch)
        if transform is None:
            return made
        numbers = tf.data.Dataset.range(first_epoch * steps, 2**62)
        seeds = numbers.map(lambda step: tf.stack([tf.constant(seed, tf.int64), step]))
        return tf.data.Dataset.zip(made, seeds).map(lambda batch, pair: transform(batch[0], pair))

    checkpoint.fit(
        run,
        part,
        model,
        data,
        epochs=epochs,
        steps_per_epoch=steps,
        callbacks=[*callbacks, Progress(part, epochs, steps)],
    )


def cosine_adam(rate: float, steps: int) -> keras.optimizers.Adam:
    """Adam whose learning rate falls from `rate` to 0 along a half cosine over `steps`."""
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, math.ceil(steps)))
