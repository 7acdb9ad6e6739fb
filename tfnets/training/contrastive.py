"""Contrastive learning without labels: an encoder that sees through deformations."""

from typing import Any

import keras
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.augmentations import Augmentation
from tfnets.training.given.networks import require
from tfnets.training.optimizers import scaling
from tfnets.training.trainer import Trainer, own_seed


class Contrastive(Trainer):
    """Two deformed views of an image shall be nearer than views of others (SimCLR).

    Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations",
    equation 1 (NT-Xent). `fit` takes batches of images (n, h, w, c) in [0, 1], alone or as the
    first of a tuple. It reports `loss` in nats and `found`, the share of views whose nearest is the
    same image's other. Save `encoder`, not the trainer.

    Attributes:
        encoder: (n, h, w, c) -> (n, features).
        projector: (n, features) -> (n, directions); used in training only.
    """

    def __init__(
        self,
        encoder: keras.Model,
        projector: keras.Model,
        augmentation: Augmentation,
        *,
        temperature: float,
        seed: int,
    ) -> None:
        """Takes the networks, what makes the views, and the softmax's temperature.

        Raises:
            InputError: The temperature is not above 0.
        """
        super().__init__("loss", "found")
        if not temperature > 0:
            raise InputError(f"The temperature is {temperature}; give a number above 0.")
        require(encoder, "encoder", inputs=1)
        require(projector, "projector", encoder.output_shape, inputs=1)
        self.encoder, self.projector = encoder, projector
        self._wanted = {"image": encoder.inputs[0]}
        self._augmentation, self._temperature, self._seed = augmentation, temperature, seed

    def compile(self, optimizer: keras.optimizers.Optimizer, **options: Any) -> None:
        """Compiles as Keras does, with the optimiser's state there from the start."""
        known = getattr(self, "optimizer", None)
        scaled = scaling(optimizer, self.encoder, self.projector, known=known)
        super().compile(scaled, auto_scale_loss=False, **options)
        if not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)

    def call(self, images: Any) -> tf.Tensor:
        """Returns `encoder(images)`."""
        return self.encoder(images)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """One update on one batch."""
        images = self._read(data)[0]
        seed = own_seed(tf.stack([tf.constant(self._seed, tf.int64), self.step]))
        twice = tf.concat([images, images], axis=0)
        views = self._augmentation(twice, seed, self.step)
        with tf.GradientTape() as tape:
            directions = self.projector(self.encoder(views, training=True), training=True)
            losses, found = nt_xent(tf.cast(directions, tf.float32), self._temperature)
            loss = tf.reduce_mean(losses)
        weights = self.encoder.trainable_variables + self.projector.trainable_variables
        self._descend(self.optimizer, tape, loss, weights, images)
        return self._finish(self.encoder, images, loss, found)


def nt_xent(directions: tf.Tensor, temperature: float) -> tuple[tf.Tensor, tf.Tensor]:
    """The normalised, temperature-scaled cross-entropy of two views of n images.

    Rows i and n + i of the directions (2n, d) are views of the same image; their cosines are
    divided by the temperature.

    Returns:
        Losses (2n,) in nats, and whether the nearest other view is the right one, (2n,) floats.
    """
    directions = tf.math.l2_normalize(directions, axis=1)
    count = tf.shape(directions)[0]
    cosines = tf.matmul(directions, directions, transpose_b=True) / temperature
    cosines -= 1e9 * tf.eye(count)
    partner = tf.math.floormod(tf.range(count) + count // 2, count)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(partner, cosines)
    nearest = tf.argmax(cosines, axis=1, output_type=tf.int32)
    return losses, tf.cast(tf.equal(nearest, partner), tf.float32)
