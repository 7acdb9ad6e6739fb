"""Measuring a classifier on fixed images, as one compiled program."""

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError


class Evaluation:
    """Mean cross-entropy and accuracy of a network that gives logits.

    The images stay in memory as tensors and the loop over batches is compiled, so that measuring
    within a training costs one call. It reads the network's weights, and nothing else changes: a
    running `fit` keeps its metrics, which `model.evaluate` would reset.
    """

    def __init__(
        self, model: keras.Model, images: np.ndarray, labels: np.ndarray, batch_size: int = 500
    ) -> None:
        """Takes `images -> (n, classes)` logits and what is measured, as `check_data`."""
        check_data(model, images, labels)
        with tf.device("CPU"):
            self._images, self._labels = tf.constant(images), tf.constant(labels, tf.int32)
        self._model, self._batch = model, batch_size
        self._sums = tf.function(self._loop, autograph=True, jit_compile=False)

    def __call__(self) -> dict[str, float]:
        """Returns `{"loss", "accuracy"}`: mean cross-entropy in nats, share of right answers."""
        loss, right = self._sums()
        n = len(self._labels)
        return {"loss": float(loss) / n, "accuracy": float(right) / n}

    def _loop(self) -> tuple[tf.Tensor, tf.Tensor]:
        loss, right = tf.constant(0.0, tf.float64), tf.constant(0, tf.int64)
        n = len(self._labels)
        for start in tf.range(0, n, self._batch):
            end = tf.minimum(start + self._batch, n)
            logits = self._model(self._images[start:end], training=False)
            labels = self._labels[start:end]
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            hits = tf.argmax(logits, axis=-1, output_type=tf.int32) == labels
            loss += tf.cast(tf.reduce_sum(losses), tf.float64)
            right += tf.math.count_nonzero(hits)
        return loss, right


def check_data(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> None:
    """Refuses images and labels that a classifier cannot learn from or be measured on.

    Args:
        model: `images -> (n, classes)`.
        images: (n, height, width, channels) in [0, 1].
        labels: (n,) integers from 0 to classes - 1.

    Raises:
        InputError: No or wrongly shaped images, another number of labels than images, labels that
            are not whole numbers or out of range.
    """
    if not len(images):
        raise InputError("There are no images to learn from or to measure on; give at least one.")
    wanted, got = model.input_shape[1:], tuple(images.shape[1:])
    if len(wanted) != len(got) or any(w not in (None, g) for w, g in zip(wanted, got, strict=True)):
        raise InputError(
            f"The images have shape {_times(got)}, but the network {model.name!r} takes "
            f"{_times(wanted)}; resize the images or build the network for their shape."
        )
    classes = model.output_shape[-1]
    labels = np.asarray(labels)
    if labels.shape != (len(images),) or not np.issubdtype(labels.dtype, np.integer):
        raise InputError(
            f"The labels have shape {labels.shape} and type {labels.dtype}; give one whole number "
            f"for each of the {len(images)} images."
        )
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        raise InputError(
            f"A label is {wrong[0]}, but the network {model.name!r} has {classes} classes; "
            f"give labels from 0 to {classes - 1}."
        )


def _times(shape: tuple[int | None, ...]) -> str:
    return "x".join("any" if size is None else str(size) for size in shape)
