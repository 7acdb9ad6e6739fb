"""Training many small classifiers at once, as one model with an axis of repetitions."""

from collections.abc import Iterable, Iterator

import keras
import numpy as np
import tensorflow as tf

from tfnets.training.optimizers import Adam


def summed_crossentropy(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy per example, summed over the draws: (n, draws), (n, draws, classes) -> (n,).

    The sum leaves each draw's gradient what it would be if that draw were trained alone.
    """
    # Keras hands labels over as floats.
    labels = tf.cast(labels, tf.int32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_sum(losses, axis=1)


def train_parallel(
    model: keras.Model, inputs: np.ndarray, labels: np.ndarray, **training: float
) -> None:
    """Trains all draws of a model with whole-batch Adam steps; arguments as `train_in_turn`.

    Inputs (n, draws, ...) are the n examples of every draw, labels (n, draws) class numbers.
    """
    start = (model.get_weights(), inputs, labels)
    for _ in train_in_turn(model, [start], **training):
        pass


def train_in_turn(
    model: keras.Model,
    starts: Iterable[tuple[list[np.ndarray], np.ndarray, np.ndarray]],
    *,
    steps: int,
    learning_rate: float,
) -> Iterator[None]:
    """Trains one model from several starts, compiled once; yields after each training.

    Args:
        model: `(n, draws, ...) -> (n, draws, classes)` logits.
        starts: Initial weights, inputs and labels of each training, the shapes all alike.
        steps: Whole-batch Adam updates of each.
        learning_rate: Adam's learning rate.

    Yields:
        None, while the model has the weights of the training that just ended.
    """
    settings = {"jit_compile": False, "steps_per_execution": min(50, steps)}
    model.compile(Adam(learning_rate), summed_crossentropy, **settings)
    model.optimizer.build(model.trainable_variables)
    fresh = [variable.numpy() for variable in model.optimizer.variables]
    for weights, inputs, labels in starts:
        model.set_weights(weights)
        for variable, value in zip(model.optimizer.variables, fresh, strict=True):
            variable.assign(value)
        # As long as the training: of endless data, Keras would take whole executions.
        data = tf.data.Dataset.from_tensors((inputs, labels)).repeat(steps)
        model.fit(data, shuffle=False, verbose=0)
        yield


def parallel_accuracy(
    model: keras.Model, inputs: np.ndarray, labels: np.ndarray, batch_size: int = 500
) -> np.ndarray:
    """Accuracy in [0, 1] of every draw on the same examples: (draws,).

    The model is `(n, draws, features) -> (n, draws, classes)`; inputs (n, features) with class
    numbers (n,) are shown to every draw, `batch_size` at a time.
    """
    draws = model.input.shape[1]
    right = np.zeros(draws)
    for start in range(0, len(inputs), batch_size):
        batch = inputs[start : start + batch_size, None]
        shown = np.broadcast_to(batch, (len(batch), draws, *batch.shape[2:]))
        guesses = model.predict_on_batch(shown).argmax(axis=-1)
        right += (guesses == labels[start : start + batch_size, None]).sum(axis=0)
    return right / len(inputs)
