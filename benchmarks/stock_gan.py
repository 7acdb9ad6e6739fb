"""A GAN as Keras's own guides write it: a model with a `train_step`, for stock `fit`."""

from typing import Any

import keras
import tensorflow as tf


class StockGAN(keras.Model):
    """Alternating updates, one each; the same passes as `tfnets.training.gan.GAN`."""

    def __init__(self, generator: keras.Model, discriminator: keras.Model, latent: int) -> None:
        """Takes both networks and the size of the N(0, 1) latent."""
        super().__init__()
        self.generator, self.discriminator, self.latent = generator, discriminator, latent
        self.seed_generator = keras.random.SeedGenerator(0)
        self.d_tracker = keras.metrics.Mean("discriminator_loss")
        self.g_tracker = keras.metrics.Mean("generator_loss")

    def compile(
        self,
        d_optimizer: keras.optimizers.Optimizer,
        g_optimizer: keras.optimizers.Optimizer,
    ) -> None:
        """Takes one optimiser for each network; everything else is Keras's default."""
        super().compile()
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.loss_function = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Both losses."""
        return [self.d_tracker, self.g_tracker]

    def train_step(self, data: tuple[Any, ...]) -> dict[str, tf.Tensor]:
        """One discriminator and one generator update.

        Args:
            data: Images, and in a check the latents (2, n, dim) of both updates.
        """
        images, *given = data
        size = tf.shape(images)[0]
        latents = given[0] if given else [self._draw(size), self._draw(size)]
        d_loss = self._update_discriminator(images, latents[0])
        g_loss = self._update_generator(latents[1])
        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {tracker.name: tracker.result() for tracker in self.metrics}

    def _draw(self, size: tf.Tensor) -> tf.Tensor:
        return keras.random.normal((size, self.latent), seed=self.seed_generator)

    def _update_discriminator(self, images: tf.Tensor, latent: tf.Tensor) -> tf.Tensor:
        fakes = self.generator(latent, training=True)
        with tf.GradientTape() as tape:
            real = self.discriminator(images, training=True)
            fake = self.discriminator(fakes, training=True)
            loss = self.loss_function(tf.ones_like(real), real)
            loss += self.loss_function(tf.zeros_like(fake), fake)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def _update_generator(self, latent: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            fake = self.discriminator(self.generator(latent, training=True), training=True)
            loss = self.loss_function(tf.ones_like(fake), fake)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss
