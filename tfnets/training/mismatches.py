"""Conditions that do not fit their images, for matching-aware training (Reed et al. 2016).

A mismatch is called as `mismatch(condition, seed)` with the conditions of a batch, a tuple of
tensors (n, ...), and returns others in their place.
"""

from collections.abc import Callable

import tensorflow as tf

from tfnets.errors import InputError

Mismatch = Callable[[tuple[tf.Tensor, ...], tf.Tensor], tuple[tf.Tensor, ...]]


def wrong_labels(classes: int) -> Mismatch:
    """For the one condition, labels (n,): another label, each of the others equally often.

    An `InputError` refuses fewer than 2 classes: there is no other.
    """
    if classes < 2:
        raise InputError(f"With {classes} classes no label is wrong; give 2 classes or more.")

    def mismatch(condition: tuple[tf.Tensor, ...], seed: tf.Tensor) -> tuple[tf.Tensor, ...]:
        (labels,) = condition
        moves = tf.random.stateless_uniform(tf.shape(labels), seed, 1, classes, tf.int32)
        return (tf.math.floormod(labels + tf.cast(moves, labels.dtype), classes),)

    return mismatch


def exchanged() -> Mismatch:
    """The conditions of other images of the batch: all moved by one number of rows, never 0.

    Where several images have equal conditions, some still fit; in a batch of one all do.
    """

    def mismatch(condition: tuple[tf.Tensor, ...], seed: tf.Tensor) -> tuple[tf.Tensor, ...]:
        n = tf.shape(condition[0])[0]
        move = tf.random.stateless_uniform((), seed, 1, tf.maximum(n, 2), tf.int32)
        return tuple(tf.roll(values, move, axis=0) for values in condition)

    return mismatch
