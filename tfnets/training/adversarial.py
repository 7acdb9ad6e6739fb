"""The abstract adversarial trainer: two networks, alternating updates, used through `fit`."""

import abc
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.augmentations import Augmentation
from tfnets.training.given import networks
from tfnets.training.links import Link
from tfnets.training.losses import NON_SATURATING, AdversarialLoss
from tfnets.training.mismatches import Mismatch
from tfnets.training.optimizers import halves, scale_of, scaling
from tfnets.training.penalties import SLOPE_SCALE, Critic, Penalty
from tfnets.training.trainer import Trainer, own_seed, share_of

Condition = tuple[tf.Tensor, ...]
"""What is asked of each image, row by row: labels, tokens; empty for an unconditional GAN."""

Latent = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""A prior: (n, seed) -> latent vectors (n, dim)."""


class AdversarialTrainer(Trainer, abc.ABC):
    """Alternates discriminator and generator updates (Goodfellow et al. 2014, algorithm 1).

    A final class says what is real, what is fake and what both are judged by; everything else is
    here. Networks come into the constructor, optimisers, loss and stabilisers into `compile`.

    Attributes:
        generator: Network that is trained to fool the discriminator.
        discriminator: Network from images, or a list of images and conditions, to logits, (n, 1) or
            a map of them (n, height, width, 1).
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, *, seed: int) -> None:
        """Takes the two networks and the seed of all that is drawn in training.

        Raises:
            InputError: A network that has no known inputs or several outputs, or a discriminator
                that ends in a sigmoid.
        """
        tracked = ("discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy")
        super().__init__(*tracked, "generator_gradient")
        networks.require(generator, "generator")
        networks.require(discriminator, "discriminator", generator.output_shape)
        networks.require_critic(discriminator)
        self.generator = generator
        self.discriminator = discriminator
        self._seed = (seed, 0)

    def compile(
        self,
        *,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
        loss: AdversarialLoss = NON_SATURATING,
        discriminator_steps: int = 1,
        penalty: Penalty | None = None,
        augmentation: Augmentation | None = None,
        mismatch: Mismatch | None = None,
        link: Link | None = None,
        average: float | None = None,
        steps_per_execution: int = 1,
        run_eagerly: bool = False,
    ) -> None:
        """Sets how both networks are trained.

        Args:
            generator_optimizer: Optimiser of the generator.
            discriminator_optimizer: Optimiser of the discriminator.
            loss: Value from `tfnets.training.losses`; label smoothing is a loss, too (`smoothed`).
            discriminator_steps: Discriminator updates per generator update, at least 1; all on the
                step's one batch, each with new latents.
            penalty: Value from `tfnets.training.penalties`, added to the discriminator's loss.
            augmentation: Value from `tfnets.training.augmentations`: what happens to real and to
                fake images alike before the discriminator sees them. None shows them as they are.
            mismatch: Value from `tfnets.training.mismatches`: real images with conditions that do
                not fit are a third kind of input, to be rejected like fakes, and half of what is
                rejected (Reed et al. 2016, algorithm 1). Only for conditional trainers.
            link: Value from `tfnets.training.links`, added to the generator's loss: what ties the
                generated images, not augmented, to the batch. None for no tie.
            average: Decay in [0, 1) of a running mean of the generator's weights, which `sampler`
                then gives; None for no mean.
            steps_per_execution: Steps per compiled call; it must divide the steps of an epoch.
            run_eagerly: Whether steps run in Python, to look into them.

        Raises:
            InputError: `discriminator_steps` is below 1, `average` outside [0, 1), one optimiser
                for both, or a discriminator that is frozen.
        """
        networks.require_free(self.discriminator)
        if discriminator_steps < 1:
            raise InputError(
                f"There are {discriminator_steps} discriminator steps per generator step; give at "
                "least 1."
            )
        known = getattr(self, "generator_optimizer", None)
        self.generator_optimizer = scaling(generator_optimizer, self.generator, known=known)
        known = getattr(self, "discriminator_optimizer", None)
        self.discriminator_optimizer = scaling(
            discriminator_optimizer, self.discriminator, known=known
        )
        self.adversarial_loss = loss
        self.discriminator_steps = discriminator_steps
        self.penalty, self.augmentation, self.mismatch = penalty, augmentation, mismatch
        self.link = link
        made = (self.generator_optimizer, self.generator.trainable_variables)
        judged = (self.discriminator_optimizer, self.discriminator.trainable_variables)
        how = (average, steps_per_execution, run_eagerly)
        self._compile(self.generator, *how, generator=made, discriminator=judged)

    @property
    def sampler(self) -> keras.Model:
        """The network to sample from and to save: the averaged generator if there is one."""
        return self.generator if self.average is None else self.average.model

    @abc.abstractmethod
    def real(self, data: Any) -> tf.Tensor:
        """Returns the real images (n, ...) of a batch of `fit`."""

    @abc.abstractmethod
    def condition(self, data: Any) -> Condition:
        """Returns what the batch's images are judged together with; () for nothing."""

    @abc.abstractmethod
    def fake(self, data: Any, seed: tf.Tensor) -> tf.Tensor:
        """Returns generated images, as many as the batch of `fit` has and for its conditions.

        `seed` is int32 (2,), another one for each call.
        """

    def call(self, z: Any) -> tf.Tensor:
        """Returns `generator(z)`."""
        return self.generator(z)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """One generator update after `discriminator_steps` discriminator updates.

        Returns:
            Epoch means: both losses, the shares of real and of fake input that the discriminator
            called right (in its last update of each step), and the norm of the gradient that
            reached the generator's weights.
        """
        data = self._read(data)
        self._require_range(self.real(data), self.generator)
        seed = own_seed(_fold(self._seed, self.step))
        for turn in range(self.discriminator_steps):
            d_loss, real, fake = self._update_discriminator(data, _fold(seed, turn + 1))
        g_loss, norm = self._update_generator(data, _fold(seed, 0))
        boundary = self.adversarial_loss.boundary
        shares = _share(real > boundary), _share(fake < boundary)
        return self._finish(self.generator, data, d_loss, g_loss, *shares, norm)

    def _update_discriminator(
        self, data: Any, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        images = self._seen(self.real(data), _fold(seed, 1))
        made = self._seen(self.fake(data, seed), _fold(seed, 2))
        condition = self.condition(data)
        critic = self._critic(condition)
        with tf.GradientTape() as tape:
            real, fake = critic(images), critic(made)
            rejected = fake
            if self.mismatch is not None:
                wrong = self._critic(self.mismatch(condition, _fold(seed, 3)))
                rejected = tf.concat([fake, wrong(images)], axis=0)
            loss = self.adversarial_loss.discriminator(real, rejected)
            if self.penalty is not None:
                loss += self.penalty(critic, images, made, _fold(seed, 4))
        weights = self.discriminator.trainable_weights
        self._descend(self.discriminator_optimizer, tape, loss, weights, data)
        return loss, real, fake

    def _update_generator(self, data: Any, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        weights = self.generator.trainable_weights
        with tf.GradientTape() as tape:
            fake = self.fake(data, seed)
            made = self._seen(fake, _fold(seed, 2))
            loss = self.adversarial_loss.generator(self._critic(self.condition(data))(made))
            if self.link is not None:
                loss += self.link(data, fake)
        if not weights:
            return loss, tf.constant(0.0)
        gradients = self._descend(self.generator_optimizer, tape, loss, weights, data)
        if share_of(data) is not None:
            gradients = tf.distribute.get_replica_context().all_reduce("SUM", gradients)
        norm, scale = tf.linalg.global_norm(gradients), scale_of(self.generator_optimizer)
        return loss, norm if scale is None else norm / scale

    def _critic(self, condition: Condition) -> Critic:
        """The discriminator as a function of images alone."""

        def critic(images: tf.Tensor) -> tf.Tensor:
            shown = [images, *condition] if condition else images
            return tf.cast(self.discriminator(shown, training=True), tf.float32)

        critic.scale = SLOPE_SCALE if halves(self.discriminator) else None
        return critic

    def _seen(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images as the discriminator sees them."""
        if self.augmentation is None:
            return images
        return self.augmentation(images, seed, self.step)


def _share(mask: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.cast(mask, tf.float32))


_fold: Callable[..., tf.Tensor] = tf.random.experimental.stateless_fold_in


class LatentTrainer(AdversarialTrainer):
    """A trainer whose generator draws from latent vectors; the batch's first element is real."""

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, latent: Latent, *, seed: int
    ) -> None:
        """Takes both networks and the latent prior.

        Args:
            generator: `(n, dim) -> images`, or `[(n, dim), condition, ...] -> images`.
            discriminator: `images -> (n, 1)` logits, or `[images, condition, ...] -> (n, 1)`.
            latent: Prior `(n, seed) -> (n, dim)`, e.g. `tfnets.latents.Uniform(100)`; where it does
                not tell its size (`dim`), no size is refused.
            seed: Seed of the latent vectors in training.

        Raises:
            InputError: The prior draws vectors of another size than the generator takes, or the
                generator makes images of another shape than the discriminator takes.
        """
        drawn = getattr(latent, "dim", None)
        networks.require(generator, "generator", drawn and (None, drawn))
        taken = generator.inputs[0].shape[-1]
        if drawn is not None and drawn != taken:
            raise InputError(
                f"The prior draws latent vectors of size {drawn}, but the generator takes size "
                f"{taken}; give both the same size."
            )
        super().__init__(generator, discriminator, seed=seed)
        networks.require_fit(generator, discriminator)
        self.latent = latent
        self._wanted = {"image": discriminator.inputs[0]}

    def real(self, data: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """The images of the batch, its first element."""
        return data[0]

    def condition(self, data: tuple[tf.Tensor, ...]) -> Condition:
        """All other elements of the batch."""
        return tuple(data[1:])

    def fake(self, data: tuple[tf.Tensor, ...], seed: tf.Tensor) -> tf.Tensor:
        """As many generated images as the batch has, for its conditions."""
        z, condition = self.latent(tf.shape(data[0])[0], seed), self.condition(data)
        made = self.generator([z, *condition] if condition else z, training=True)
        return tf.cast(made, tf.float32)

    def _sampled(self, n: int, seed: int, batch_size: int, asked: Condition = ()) -> tf.Tensor:
        """Images of n conditions in inference mode, some at a time."""
        given = (self.latent(n, (seed, 1)), *asked)
        parts = []
        for start in range(0, n, batch_size):
            shown = [values[start : start + batch_size] for values in given]
            parts.append(self.sampler(shown if asked else shown[0], training=False))
        return tf.cast(tf.concat(parts, axis=0), tf.float32)
