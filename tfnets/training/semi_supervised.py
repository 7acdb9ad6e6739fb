"""A classifier from few labels and many unlabelled images, used through `fit`.

    trainer = SemiSupervised(network, (images, labels), deform, seed=0)
    trainer.compile(optimizer=Adam(1e-3), guidance=confident(deform, threshold=0.95), average=0.99)
    trainer.fit(unlabelled)

What the unlabelled images teach is a value, called as `guidance(network, batch, seed)`, that gives
a loss; `batch` is what `fit` was given. Values are in `tfnets.training.guidances`.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.augmentations import Augmentation
from tfnets.training.given.networks import require
from tfnets.training.optimizers import scaling
from tfnets.training.trainer import Trainer, own_seed

Batch = tuple[tf.Tensor, ...]
Guidance = Callable[[keras.Model, Batch, tf.Tensor], tf.Tensor]
"""(network, batch of `fit`, seed) -> loss (scalar) of the unlabelled images."""


class SemiSupervised(Trainer):
    """Cross-entropy on the labelled images plus what a guidance takes from the unlabelled ones.

    Each step draws `shown` of the labelled images with repetition and deforms them. The losses
    `labelled_loss` and `guidance_loss` are in nats. Save `classifier`, not the trainer.

    Attributes:
        network: (n, h, w, c) -> logits (n, classes).
    """

    def __init__(
        self,
        network: keras.Model,
        labelled: tuple[np.ndarray, np.ndarray],
        augmentation: Augmentation,
        *,
        seed: int,
        shown: int = 64,
    ) -> None:
        """Takes the network, images (m, h, w, c) with class numbers (m,), and the deformation."""
        super().__init__("labelled_loss", "guidance_loss")
        images, labels = labelled
        if len(images) != len(labels) or not len(images):
            raise InputError(
                f"There are {len(images)} labelled images with {len(labels)} labels; give as many "
                "labels as images, at least one."
            )
        require(network, "network", (None, *images.shape[1:]), inputs=1)
        self.network = network
        self._wanted = {"image": network.inputs[0]}
        self._labelled = tf.constant(images), tf.constant(labels, tf.int32)
        self._augmentation, self._seed, self._shown = augmentation, (seed, 0), shown

    def compile(
        self,
        *,
        optimizer: keras.optimizers.Optimizer,
        guidance: Guidance,
        average: float | None = None,
        steps_per_execution: int = 1,
        run_eagerly: bool = False,
    ) -> None:
        """Sets how the network is trained.

        Args:
            optimizer: Optimiser of the network.
            guidance: What the unlabelled images teach.
            average: Decay of a running mean of the weights, which `classifier` then gives.
            steps_per_execution: Steps per compiled call; it must divide the steps of an epoch.
            run_eagerly: Whether steps run in Python, to look into them.
        """
        self.guidance = guidance
        known = getattr(self, "optimizer", None)
        optimizer = scaling(optimizer, self.network, known=known)
        trained = (optimizer, self.network.trainable_variables)
        how = (average, steps_per_execution, run_eagerly)
        self._compile(self.network, *how, classifier=trained)

    @property
    def classifier(self) -> keras.Model:
        """The network to classify with and to save: the averaged one if there is one."""
        return self.network if self.average is None else self.average.model

    def call(self, images: Any) -> tf.Tensor:
        """Returns `network(images)`."""
        return self.network(images)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """One update on one batch of `fit`."""
        seed = own_seed(tf.stack([tf.constant(self._seed[0], tf.int64), self.step]))
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 3))
        images, labels = self._examples(seeds[0], seeds[1])
        batch = self._read(data)
        network, weights = _in_float32(self.network), self.network.trainable_variables
        with tf.GradientTape() as tape:
            logits = network(images, training=True)
            known = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
            taught = self.guidance(network, batch, seeds[2])
            loss = known + taught
        self._descend(self.optimizer, tape, loss, weights, data)
        return self._finish(self.network, data, known, taught)

    def _examples(self, choice: tf.Tensor, deforming: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Some labelled images, deformed, and their labels."""
        images, labels = self._labelled
        end = tf.shape(labels)[0]
        chosen = tf.random.stateless_uniform((self._shown,), choice, 0, end, tf.int32)
        shown = self._augmentation(tf.gather(images, chosen), deforming, self.step)
        return shown, tf.gather(labels, chosen)


def _in_float32(network: keras.Model) -> keras.Model:
    """The network itself, or one of the same layers whose logits are float32."""
    if network.outputs[0].dtype == "float32":
        return network
    exact = keras.layers.Activation("linear", dtype="float32")
    return keras.Model(network.inputs, exact(network.outputs[0]))
