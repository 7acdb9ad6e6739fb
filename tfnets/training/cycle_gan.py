"""Two generators between unpaired domains, each undoing the other."""

from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.given import networks
from tfnets.training.losses import LEAST_SQUARES, AdversarialLoss
from tfnets.training.optimizers import scaling
from tfnets.training.trainer import Trainer
from tfnets.training.translation import require_channels, translated


@final
class CycleGAN(Trainer):
    """Two generators between unpaired domains, each undoing the other (Zhu et al. 2017).

    The generators minimise the adversarial losses plus cycle * (|F(G(x)) - x| + |G(F(y)) - y|) plus
    identity * (|G(y) - y| + |F(x) - x|), mean absolute differences. As in the authors' program they
    move first, and the discriminators then see what was generated before that move; its buffer of
    50 older images is left out. Nothing is drawn in a step.

    Attributes:
        forward: Generator G from the source domain to the target domain.
        backward: Generator F back.
        target_critic: Discriminator of the target domain: images -> logits.
        source_critic: Discriminator of the source domain.
    """

    def __init__(
        self,
        forward: keras.Model,
        backward: keras.Model,
        target_critic: keras.Model,
        source_critic: keras.Model,
    ) -> None:
        """Takes the four networks.

        Raises:
            InputError: A network takes images of other channels than the one before it makes, or
                has no known inputs, or more than one input or output.
        """
        tracked = ("discriminator_loss", "generator_loss", "cycle")
        super().__init__(*tracked, "real_accuracy", "fake_accuracy")
        self.forward, self.backward = forward, backward
        self.target_critic, self.source_critic = target_critic, source_critic
        makers, takers = (forward, backward) * 2, (target_critic, source_critic, backward, forward)
        for network in (*makers[:2], *takers[:2]):
            networks.require(network, network.name, inputs=1)
        for critic in takers[:2]:
            networks.require_critic(critic, critic.name)
        for maker, taker in zip(makers, takers, strict=True):
            require_channels(maker, taker)
        self._wanted = {"source": forward.inputs[0], "target": backward.inputs[0]}

    def compile(
        self,
        *,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
        loss: AdversarialLoss = LEAST_SQUARES,
        cycle: float = 10.0,
        identity: float = 0.0,
        average: float | None = None,
        steps_per_execution: int = 1,
        run_eagerly: bool = False,
    ) -> None:
        """Sets how the networks are trained.

        Args:
            generator_optimizer: Optimiser of both generators.
            discriminator_optimizer: Optimiser of both discriminators.
            loss: Value from `tfnets.training.losses`; the paper's is least squares.
            cycle: Weight of the cycle, at least 0.
            identity: Weight of the identity (the paper's section 5.2), at least 0; above 0 only
                where both domains have the same channels.
            average: Decay in [0, 1) of a running mean of the forward generator's weights, which
                `sampler` then gives; None for no mean.
            steps_per_execution: Steps per compiled call; it must divide the steps of an epoch.
            run_eagerly: Whether steps run in Python, to look into them.

        Raises:
            InputError: A negative weight, an identity between different channels, or an average
                outside [0, 1).
        """
        networks.require_free(self.target_critic, self.source_critic)
        same = self.forward.input_shape[-1] == self.forward.output_shape[-1]
        if cycle < 0 or identity < 0 or (identity and not same):
            raise InputError(
                f"The weights of cycle and identity are {cycle} and {identity}; give numbers of 0 "
                "or more, and an identity only between domains of the same channels."
            )
        known = getattr(self, "generator_optimizer", None)
        makers = self.forward, self.backward
        self.generator_optimizer = scaling(generator_optimizer, *makers, known=known)
        known = getattr(self, "discriminator_optimizer", None)
        critics = self.target_critic, self.source_critic
        self.discriminator_optimizer = scaling(discriminator_optimizer, *critics, known=known)
        self.adversarial_loss, self.cycle, self.identity = loss, cycle, identity
        made, judged = (
            (self.generator_optimizer, self._made()),
            (self.discriminator_optimizer, self._judged()),
        )
        how = (average, steps_per_execution, run_eagerly)
        self._compile(self.forward, *how, generator=made, discriminator=judged)

    @property
    def sampler(self) -> keras.Model:
        """The forward generator to use and to save: the averaged one if there is one."""
        return self.forward if self.average is None else self.average.model

    def call(self, images: Any) -> tf.Tensor:
        """Returns `forward(images)`."""
        return self.forward(images)

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """One update of both generators, then one of both discriminators.

        The batch has images of the source and of the target domain, which need not belong together.

        Returns:
            Epoch means: the losses of both discriminators and of both generators (all terms), the
            unweighted cycle term, and the shares of logits that were right on real and on
            generated images.
        """
        x, y = self._read(data)[:2]
        self._require_range(x, self.backward)
        self._require_range(y, self.forward)
        with tf.GradientTape() as tape:
            made_y, made_x = _asked(self.forward, x), _asked(self.backward, y)
            cycle = self._cycle(x, y, made_x, made_y)
            loss = self.cycle * cycle
            pairs = ((self.source_critic, made_x), (self.target_critic, made_y))
            judged = [_asked(critic, made) for critic, made in pairs]
            loss += tf.add_n([self.adversarial_loss.generator(z) for z in judged])
            if self.identity:
                loss += self.identity * self._identity(x, y)
        weights = self._made()
        self._descend(self.generator_optimizer, tape, loss, weights, x)
        with tf.GradientTape() as tape:
            real = self._judgements(x, y)
            fake = self._judgements(made_x, made_y)
            pairs = zip(real, fake, strict=True)
            d_loss = tf.add_n([self.adversarial_loss.discriminator(*pair) for pair in pairs])
        weights = self._judged()
        self._descend(self.discriminator_optimizer, tape, d_loss, weights, x)
        boundary = self.adversarial_loss.boundary
        shares = [_share([z > boundary for z in real]), _share([z < boundary for z in fake])]
        return self._finish(self.forward, x, d_loss, loss, cycle, *shares)

    def translate(self, images: np.ndarray) -> np.ndarray:
        """Returns source images (n, ...) translated in inference mode, n >= 1."""
        return translated(self.sampler, images)

    def _cycle(self, x: tf.Tensor, y: tf.Tensor, made_x: tf.Tensor, made_y: tf.Tensor) -> tf.Tensor:
        back_x, back_y = _asked(self.backward, made_y), _asked(self.forward, made_x)
        return tf.reduce_mean(tf.abs(back_x - x)) + tf.reduce_mean(tf.abs(back_y - y))

    def _identity(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        same_x, same_y = _asked(self.backward, x), _asked(self.forward, y)
        return tf.reduce_mean(tf.abs(same_x - x)) + tf.reduce_mean(tf.abs(same_y - y))

    def _judgements(self, x: tf.Tensor, y: tf.Tensor) -> list[tf.Tensor]:
        return [_asked(self.target_critic, y), _asked(self.source_critic, x)]

    def _made(self) -> list[keras.Variable]:
        return self.forward.trainable_weights + self.backward.trainable_weights

    def _judged(self) -> list[keras.Variable]:
        return self.target_critic.trainable_weights + self.source_critic.trainable_weights


def _asked(network: keras.Model, images: tf.Tensor) -> tf.Tensor:
    return tf.cast(network(images, training=True), tf.float32)


def _share(masks: list[tf.Tensor]) -> tf.Tensor:
    return tf.reduce_mean([tf.reduce_mean(tf.cast(mask, tf.float32)) for mask in masks])
