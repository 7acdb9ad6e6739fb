"""Arrays in memory -> an endless `tf.data.Dataset` of batches in a reproducible order."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfnets.errors import InputError


def steps_per_epoch(n: int, batch_size: int) -> int:
    """Returns how many whole batches are in `n` examples; InputError for none or a bad size."""
    if batch_size < 1:
        raise InputError(f"The batch size is {batch_size}; it must be at least 1.")
    if batch_size > n:
        raise InputError(
            f"The batch size is {batch_size}, but there are only {n} examples; "
            "choose a batch size of at most that."
        )
    return n // batch_size


def batches(
    arrays: Sequence[np.ndarray],
    *,
    batch_size: int,
    seed: int,
    first_epoch: int = 0,
    shuffle: bool = True,
) -> tf.data.Dataset:
    """Returns an endless data set of batches, for `fit(steps_per_epoch=..., shuffle=False)`.

    Indices are shuffled, not images: each batch is gathered from tensors in memory. The order of
    epoch k is a function of (seed, k) alone, so that a data set that starts at epoch k gives what
    an uninterrupted one gives from there on. Each epoch visits every example at most once; the
    last n mod `batch_size` of its order are left out.

    Args:
        arrays: Arrays of equal length n, for instance `(images, labels)`.
        batch_size: Examples per batch, from 1 to n.
        seed: Seed of the order, at least 0.
        first_epoch: The epoch to start at, at least 0.
        shuffle: Whether to shuffle; if not, each epoch is in the order of the arrays.

    Returns:
        A data set of tuples, one tensor of shape (batch_size, ...) per array.

    Raises:
        InputError: There are no arrays, their lengths differ, or a number is out of its range.
    """
    lengths = [len(array) for array in arrays]
    if not lengths:
        raise InputError("There are no arrays to make batches of; give at least one.")
    if len(set(lengths)) > 1:
        raise InputError(
            f"The arrays have different lengths ({', '.join(map(str, lengths))}); "
            "give arrays with one entry per example."
        )
    n = lengths[0]
    steps = steps_per_epoch(n, batch_size)
    if seed < 0 or first_epoch < 0:
        raise InputError(
            f"The seed is {seed} and the first epoch {first_epoch}; both must be at least 0."
        )
    # In the host's memory, where tf.data gathers; captured, so not constants in the graph.
    with tf.device("CPU"):
        tensors = tuple(tf.constant(array) for array in arrays)

    def order(epoch: tf.Tensor) -> tf.data.Dataset:
        indices = tf.range(n)
        if shuffle:
            key = tf.stack([tf.constant(seed, tf.int64), epoch])
            indices = tf.random.experimental.stateless_shuffle(indices, seed=key)
        # Whole rows of indices: half the time of slicing single indices and batching them.
        rows = tf.reshape(indices[: steps * batch_size], (steps, batch_size))
        return tf.data.Dataset.from_tensor_slices(rows)

    def gather(indices: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return tuple(tf.gather(tensor, indices) for tensor in tensors)

    rows = tf.data.Dataset.counter(first_epoch).flat_map(order)
    return rows.map(gather, num_parallel_calls=2, deterministic=True).prefetch(2)
