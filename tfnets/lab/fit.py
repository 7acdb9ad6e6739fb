"""The one way in which studies train: fixed order, checkpointed, with a progress bar."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.lab import progress
from tfnets.tracing.cost import cost
from tfnets.training.optimizers import Adam

EXECUTION = 2e10
"""Multiplications aimed at per compiled call: some tenths of a second on one core, so that Python's
millisecond between calls does not count and an interrupt is answered at once."""


def steps_per_execution(steps: int, at_most: int = 50) -> int:
    """The largest divisor of an epoch's steps up to `at_most`, so that epochs end on time."""
    return max(size for size in range(1, min(at_most, steps) + 1) if steps % size == 0)


def executed_steps(model: keras.Model, batch_size: int) -> int:
    """How many training steps of `model` make a compiled call of about `EXECUTION`, from 1 to 500.

    A step is reckoned as three passes (forward, gradient by weights, gradient by inputs).
    """
    per_step = 3 * batch_size * cost(model).multiplications
    return int(min(500, max(1, EXECUTION // per_step)))


def fit(
    run: Run,
    part: str,
    model: keras.Model,
    arrays: Sequence[np.ndarray],
    *,
    batch_size: int,
    epochs: int,
    seed: int,
    transform: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    tracked: Mapping[str, tf.Variable] | None = None,
) -> None:
    """Trains a compiled model on arrays, resumable to the epoch (see `checkpoint.fit`).

    Args:
        run: The run folder.
        part: Name of the part, shown beside the bar.
        model: Compiled model.
        arrays: Arrays of equal length, for instance `(images,)` or `(images, labels)`.
        batch_size: Images per step.
        epochs: Epochs in all.
        seed: Seed of the order.
        transform: `(*batch, seed pair) -> batch for fit`; None gives the batch as it is.
        callbacks: Further callbacks.
        tracked: Variables that are saved and restored with the model.
    """
    steps = steps_per_epoch(len(arrays[0]), batch_size)

    def data(first_epoch: int) -> tf.data.Dataset:
        made = batches(arrays, batch_size=batch_size, seed=seed, first_epoch=first_epoch)
        if transform is None:
            return made
        numbers = tf.data.Dataset.range(first_epoch * steps, 2**62)
        seeds = numbers.map(lambda step: tf.stack([tf.constant(seed, tf.int64), step]))
        return tf.data.Dataset.zip(made, seeds).map(lambda batch, pair: transform(*batch, pair))

    shown = progress.counter(part, model, batch_size, epochs, steps)
    lasting = {"epochs": epochs, "steps_per_epoch": steps}
    checkpoint.fit(
        run, part, model, data, callbacks=[*callbacks, shown], tracked=tracked, **lasting
    )


def annealed_fit(
    run: Run,
    part: str,
    network: keras.Model,
    arrays: Sequence[np.ndarray],
    *,
    loss: Any,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    **options: Any,
) -> None:
    """Trains as `fit` does, by an Adam whose learning rate falls to 0 along a half cosine.

    The functional network, not compiled, stays without optimiser and loss, so that it is saved
    without them. The loss is as `keras.Model.compile` takes it, and all else as in `fit`.
    """
    model = keras.Model(network.input, network.output)
    steps = steps_per_epoch(len(arrays[0]), batch_size)
    adam, together = cosine_adam(learning_rate, epochs * steps), steps_per_execution(steps)
    model.compile(adam, loss=loss, jit_compile=False, steps_per_execution=together)
    fit(run, part, model, arrays, batch_size=batch_size, epochs=epochs, **options)


def own_targets(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """What `fit` takes as the transform of an autoencoder: images are their own targets."""
    del seed
    return images, images


def cosine_adam(rate: float, steps: int, beta_1: float = 0.9) -> keras.optimizers.Adam:
    """Adam whose learning rate falls from `rate` to 0 along a half cosine over `steps`."""
    return Adam(keras.optimizers.schedules.CosineDecay(rate, math.ceil(steps)), beta_1=beta_1)


SAVED_STEPS = 50
"""Updates at least between two saved states of training: folders may be small."""


def resumable_fit(
    run: Run,
    part: str,
    seed: int,
    model: keras.Model,
    arrays: Sequence[np.ndarray],
    size: int,
    epochs: int,
) -> None:
    """Trains as `methods.labels.representation.Fit` says, saving its state every so many epochs.

    The number of epochs is rounded up to a multiple of those between two states; learning rates
    have come to 0 by then.
    """
    steps = steps_per_epoch(len(arrays[0]), size)
    passes = max(1, min(epochs, SAVED_STEPS // steps))
    rounds = -(-epochs // passes)

    def data(first: int) -> tf.data.Dataset:
        return batches(arrays, batch_size=size, seed=seed, first_epoch=first * passes)

    lasting = {"epochs": rounds, "steps_per_epoch": passes * steps}
    shown = progress.counter(part, model, size, *lasting.values())
    checkpoint.fit(run, part, model, data, callbacks=[shown], **lasting)
