"""What unlabelled images teach a classifier: values for `SemiSupervised.compile(guidance=...)`.

Each is called as `guidance(network, batch, seed)` and gives a loss in nats, averaged over the
batch; the first of `batch` are images (n, h, w, c).
"""

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.augmentations import Augmentation
from tfnets.training.semi_supervised import Batch, Guidance


def summed(*guidances: Guidance) -> Guidance:
    """The sum of several, each with a seed of its own."""

    def guidance(network: keras.Model, batch: Batch, seed: tf.Tensor) -> tf.Tensor:
        fold = tf.random.experimental.stateless_fold_in
        return tf.add_n(
            [one(network, batch, fold(seed, place)) for place, one in enumerate(guidances)]
        )

    return guidance


def targets(augmentation: Augmentation) -> Guidance:
    """Cross-entropy between given shares and the answer to the deformed image.

    The batch is (images, shares (n, classes), weights (n,)); for instance shares that were spread
    over a graph (Iscen et al. 2019, "Label propagation for deep semi-supervised learning").
    """

    def guidance(network: keras.Model, batch: Batch, seed: tf.Tensor) -> tf.Tensor:
        images, shares, weights = batch
        logits = network(augmentation(images, seed, _no_step()), training=True)
        losses = tf.nn.softmax_cross_entropy_with_logits(shares, logits)
        return tf.reduce_mean(weights * losses)

    return guidance


def confident(strong: Augmentation, threshold: float = 0.95) -> Guidance:
    """What the network is sure of, it shall also say of the strongly deformed image.

    Sohn et al. 2020, "FixMatch", equation 4. `strong` deforms the image that is learned from;
    `threshold` is the least probability of an answer that is learned from, in (0, 1).
    """
    if not 0 < threshold < 1:
        raise InputError(f"The threshold is {threshold}; give a number between 0 and 1.")

    def guidance(network: keras.Model, batch: Batch, seed: tf.Tensor) -> tf.Tensor:
        images = batch[0]
        answers = tf.nn.softmax(network(images, training=False))
        sure = tf.cast(tf.reduce_max(answers, axis=1) >= threshold, tf.float32)
        answer = tf.argmax(answers, axis=1)
        logits = network(strong(images, seed, _no_step()), training=True)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.stop_gradient(answer), logits)
        return tf.reduce_mean(tf.stop_gradient(sure) * losses)

    return guidance


def virtual_adversarial(radius: float, finite: float = 1e-1) -> Guidance:
    """The answer shall not change in the direction in which it changes most.

    Miyato et al. 2018, "Virtual Adversarial Training", with one power iteration. The
    network is asked as it will be used, so that changed images do not move its running statistics.
    `radius` is the L2 length of the change in the images' unit, `finite` that of the step by which
    the direction is found.
    """
    if not radius > 0:
        raise InputError(f"The radius is {radius}; give a number above 0.")

    def guidance(network: keras.Model, batch: Batch, seed: tf.Tensor) -> tf.Tensor:
        images = batch[0]
        logits = tf.stop_gradient(network(images, training=False))
        start = _unit(tf.random.stateless_normal(tf.shape(images), seed))
        with tf.GradientTape() as tape:
            tape.watch(start)
            distance = _divergence(logits, network(images + finite * start, training=False))
        worst = _unit(tf.stop_gradient(tape.gradient(distance, start)))
        return _divergence(logits, network(images + radius * worst, training=False))

    return guidance


def mutual_information(prior: np.ndarray, sureness: float, balance: float) -> Guidance:
    """Each answer shall be sure, and all together as frequent as the classes are.

    Krause, Perona, Gomes 2010, "Discriminative clustering by regularized information maximization",
    with a weight for each of the two terms: `sureness` times the mean entropy of the answers, plus
    `balance` times the divergence of the mean answer of a batch from `prior`.

    `prior` are the expected shares of the classes (classes,), all above 0; weights are at least 0.
    """
    expected = tf.math.log(tf.constant(prior, tf.float32))

    def guidance(network: keras.Model, batch: Batch, seed: tf.Tensor) -> tf.Tensor:
        del seed
        logits = network(batch[0], training=True)
        shares, logs = tf.nn.softmax(logits), tf.nn.log_softmax(logits)
        mean = tf.reduce_mean(shares, axis=0)
        divergence = tf.reduce_sum(mean * (tf.math.log(mean + 1e-12) - expected))
        entropy = -tf.reduce_mean(tf.reduce_sum(shares * logs, axis=1))
        return sureness * entropy + balance * divergence

    return guidance


def _no_step() -> tf.Tensor:
    """What augmentations get that do not change in the course of a training."""
    return tf.zeros((), tf.int64)


def _divergence(logits: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    """Mean Kullback-Leibler divergence of the answers in nats."""
    shares = tf.nn.softmax(logits)
    difference = tf.nn.log_softmax(logits) - tf.nn.log_softmax(others)
    return tf.reduce_mean(tf.reduce_sum(shares * difference, axis=1))


def _unit(changes: tf.Tensor) -> tf.Tensor:
    axes = list(range(1, len(changes.shape)))
    return changes / (tf.sqrt(tf.reduce_sum(changes**2, axis=axes, keepdims=True)) + 1e-12)
