"""A generator from image to image, trained adversarially, with or without pairs."""

from typing import final

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.adversarial import AdversarialTrainer, Condition
from tfnets.training.given import networks

BATCH = 500
"""Images that are translated at a time."""


@final
class Translation(AdversarialTrainer):
    """A generator from source images to images of the target domain.

    The discriminator decides what kind it is. One that takes `[image, source]` makes it the paired
    conditional GAN of Isola et al. (2017): it judges whether the two belong together, and the link
    `l1_to_target` is that paper's second term. One that takes the image alone makes it a plain GAN
    whose latent vector is an image: nothing links the output to the input but what `compile` is
    given as `link`, and the batch's sources and targets need not belong together. Nothing is drawn
    in a step: the papers' noise, dropout in the generator, is left out (it changes the outputs
    little; Isola et al. 2017, section 3).

    Example:
        trainer = Translation(generator, discriminator, seed=0)
        trainer.compile(generator_optimizer=Adam(2e-4, beta_1=0.5),
                        discriminator_optimizer=Adam(2e-4, beta_1=0.5),
                        link=l1_to_target(100.0))
        trainer.fit(batches, epochs=20, steps_per_epoch=468)     # batches of (sources, targets)
        images = trainer.translate(sources)
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, *, seed: int) -> None:
        """Takes `sources -> images`, and `images -> logits` or `[images, sources] -> logits`.

        The seed is that of what augmentations and penalties draw in training.

        Raises:
            InputError: The discriminator takes more inputs, or images of other channels than the
                generator makes.
        """
        super().__init__(generator, discriminator, seed=seed)
        networks.require(generator, "generator", inputs=1)
        if len(discriminator.inputs) > 2:
            raise InputError(
                f"The discriminator takes {len(discriminator.inputs)} inputs; give one that takes "
                "the image, or the image and its source."
            )
        require_channels(generator, discriminator)
        self._wanted = {"source": generator.inputs[0], "target": discriminator.inputs[0]}

    def real(self, data: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """The targets of the batch, its second element."""
        return data[1]

    def condition(self, data: tuple[tf.Tensor, ...]) -> Condition:
        """The sources, if the discriminator is to see them."""
        return (data[0],) if len(self.discriminator.inputs) == 2 else ()

    def fake(self, data: tuple[tf.Tensor, ...], seed: tf.Tensor) -> tf.Tensor:
        """The translated sources of the batch."""
        del seed
        return tf.cast(self.generator(data[0], training=True), tf.float32)

    def translate(self, images: np.ndarray) -> np.ndarray:
        """Returns source images (n, ...) translated in inference mode, n >= 1."""
        return translated(self.sampler, images)


def translated(generator: keras.Model, images: np.ndarray) -> np.ndarray:
    """Translates images (n, ...), n >= 1, in inference mode, some hundred at a time."""
    starts = range(0, len(images), BATCH)
    parts = [generator(images[start : start + BATCH], training=False) for start in starts]
    return np.concatenate([tf.cast(part, tf.float32).numpy() for part in parts])


def require_channels(maker: keras.Model, taker: keras.Model) -> None:
    """Refuses a network that takes other channels than the one before it makes.

    Raises:
        InputError: Naming both.
    """
    made, taken = maker.output_shape[-1], taker.inputs[0].shape[-1]
    if made != taken:
        raise InputError(
            f"{maker.name} makes images of {made} channel(s), but {taker.name} takes {taken}; give "
            "networks that fit."
        )
