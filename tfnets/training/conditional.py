"""The conditional GAN: images that fit a label, a caption, or whatever is asked."""

from collections.abc import Sequence
from typing import final

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.adversarial import AdversarialTrainer, Condition, Latent, require_latent


@final
class ConditionalGAN(AdversarialTrainer):
    """Both networks see what is asked for (Mirza & Osindero 2014).

    Example:
        gan = ConditionalGAN(generator, discriminator, latents.Uniform(100), seed=0)
        gan.compile(generator_optimizer=Adam(2e-4, beta_1=0.5),
                    discriminator_optimizer=Adam(2e-4, beta_1=0.5),
                    mismatch=wrong_labels(10))
        gan.fit(batches, epochs=20, steps_per_epoch=468)     # batches of (images, labels)
        sevens = gan.sample(np.full(16, 7), seed=1)
    """

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, latent: Latent, *, seed: int
    ) -> None:
        """Takes both networks and the latent prior.

        Args:
            generator: `[(n, dim), condition, ...] -> images`.
            discriminator: `[images, condition, ...] -> (n, 1)` logits.
            latent: Prior `(n, seed) -> (n, dim)`, e.g. `tfnets.latents.Uniform(100)`.
            seed: Seed of the latent vectors in training.

        Raises:
            InputError: The networks do not take the same conditions, or the prior draws vectors of
                another size than the generator takes.
        """
        require_latent(generator, latent)
        super().__init__(generator, discriminator, seed=seed)
        asked = [tuple(x.shape[1:] for x in net.inputs[1:]) for net in (generator, discriminator)]
        if not asked[0] or asked[0] != asked[1]:
            raise InputError(
                f"The generator takes conditions of shapes {asked[0]}, the discriminator of "
                f"{asked[1]}; give networks with the same ones, at least one."
            )
        self.latent = latent

    def real(self, data: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """The images of the batch, its first element."""
        return data[0]

    def condition(self, data: tuple[tf.Tensor, ...]) -> Condition:
        """All other elements of the batch."""
        return tuple(data[1:])

    def fake(self, data: tuple[tf.Tensor, ...], seed: tf.Tensor) -> tf.Tensor:
        """Generated images for the batch's conditions."""
        z = self.latent(tf.shape(data[0])[0], seed)
        return self.generator([z, *self.condition(data)], training=True)

    def sample(
        self,
        condition: np.ndarray | Sequence[int] | Sequence[np.ndarray],
        seed: int,
        batch_size: int = 1000,
    ) -> tf.Tensor:
        """Returns an image for each row of the condition, in inference mode.

        Args:
            condition: Labels (n,), an array or whole numbers; or a list of arrays (n, ...) where
                there are several conditions.
            seed: The same seed and conditions give the same images.
            batch_size: Images at a time.
        """
        several = isinstance(condition, list | tuple) and np.ndim(condition[0]) > 0
        given = condition if several else [condition]
        asked = [tf.convert_to_tensor(values) for values in given]
        n = len(asked[0])
        inputs = [self.latent(n, (seed, 1)), *asked]
        parts = [
            self.sampler([values[start : start + batch_size] for values in inputs], training=False)
            for start in range(0, n, batch_size)
        ]
        return tf.concat(parts, axis=0)
