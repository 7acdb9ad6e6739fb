"""The abstract adversarial trainer: two networks, alternating updates, used through `fit`."""

import abc
from typing import Any

import keras
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.losses import NON_SATURATING, AdversarialLoss


class AdversarialTrainer(keras.Model, abc.ABC):
    """Alternates discriminator and generator updates (Goodfellow et al. 2014, algorithm 1).

    A final class says what is real and what is fake; everything else is here. Networks come into
    the constructor, optimisers and loss into `compile`. The random numbers of a step are a function
    of (seed, step), and `step` is a variable, so a checkpoint of this object holds the whole
    state of training. Save the parts (`trainer.generator.save(...)`), not the trainer.

    Attributes:
        generator: Network that is trained to fool the discriminator.
        discriminator: Network from images (or what `real` returns) to logits (n, 1).
        step: Number of finished training steps, a `tf.Variable`.
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, *, seed: int) -> None:
        """Takes the two networks and the seed of the latent vectors."""
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name="step")
        self._seed = (seed, 0)
        self._trackers = [
            keras.metrics.Mean(name)
            for name in ("discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy")
        ]

    def compile(
        self,
        *,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
        loss: AdversarialLoss = NON_SATURATING,
        discriminator_steps: int = 1,
        steps_per_execution: int = 1,
    ) -> None:
        """Sets how both networks are trained.

        Calling it again with the same optimisers (after layers were frozen or freed) keeps their
        state: they are built over every trainable weight known at the first call.

        Args:
            generator_optimizer: Optimiser of the generator.
            discriminator_optimizer: Optimiser of the discriminator.
            loss: Value from `tfnets.training.losses`.
            discriminator_steps: Discriminator updates per generator update, at least 1; all on the
                step's one batch, each with new latents.
            steps_per_execution: Steps per compiled call; more hides Python's overhead. It must
                divide the steps of an epoch, because Keras always runs all of them.

        Raises:
            InputError: `discriminator_steps` is below 1.
        """
        if discriminator_steps < 1:
            raise InputError(
                f"There are {discriminator_steps} discriminator steps per generator step; give at "
                "least 1."
            )
        super().compile(
            optimizer=discriminator_optimizer,
            jit_compile=False,
            steps_per_execution=steps_per_execution,
        )
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        self.adversarial_loss = loss
        self.discriminator_steps = discriminator_steps
        for optimizer, network in (
            (generator_optimizer, self.generator),
            (discriminator_optimizer, self.discriminator),
        ):
            if not optimizer.built:
                optimizer.build(network.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The trackers that `fit` resets each epoch and reports."""
        return self._trackers

    @abc.abstractmethod
    def real(self, data: Any) -> Any:
        """Returns the discriminator's input for a batch of `fit`."""

    @abc.abstractmethod
    def fake(self, data: Any, seed: tf.Tensor) -> Any:
        """Returns generated input for the discriminator, as many rows as the batch has.

        Args:
            data: The batch of `fit`.
            seed: int32 (2,), another one for each call.
        """

    def call(self, z: tf.Tensor) -> tf.Tensor:
        """Returns `generator(z)`."""
        return self.generator(z)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """One generator update after `discriminator_steps` discriminator updates.

        Args:
            data: The batch of `fit`.

        Returns:
            Epoch means: both losses, and the shares of real and of fake input that the
            discriminator called right (in its last update of each step).
        """
        seed = tf.random.experimental.stateless_fold_in(self._seed, self.step)
        for turn in range(self.discriminator_steps):
            turn_seed = tf.random.experimental.stateless_fold_in(seed, turn + 1)
            d_loss, real, fake = self._update_discriminator(data, turn_seed)
        g_loss = self._update_generator(data, tf.random.experimental.stateless_fold_in(seed, 0))
        self.step.assign_add(1)
        boundary = self.adversarial_loss.boundary
        values = (d_loss, g_loss, _share(real > boundary), _share(fake < boundary))
        for tracker, value in zip(self._trackers, values, strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self._trackers}

    def _update_discriminator(
        self, data: Any, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        made = self.fake(data, seed)
        with tf.GradientTape() as tape:
            real = self.discriminator(self.real(data), training=True)
            fake = self.discriminator(made, training=True)
            loss = self.adversarial_loss.discriminator(real, fake)
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply(tape.gradient(loss, weights), weights)
        return loss, real, fake

    def _update_generator(self, data: Any, seed: tf.Tensor) -> tf.Tensor:
        weights = self.generator.trainable_weights
        if not weights:
            return self.adversarial_loss.generator(
                self.discriminator(self.fake(data, seed), training=True)
            )
        with tf.GradientTape() as tape:
            fake = self.discriminator(self.fake(data, seed), training=True)
            loss = self.adversarial_loss.generator(fake)
        self.generator_optimizer.apply(tape.gradient(loss, weights), weights)
        return loss


def _share(mask: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.cast(mask, tf.float32))
