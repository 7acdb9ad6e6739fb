"""The unconditional GAN."""

from typing import final

import keras
import tensorflow as tf

from tfnets.training.adversarial import Condition, Latent, LatentTrainer
from tfnets.training.given import networks


@final
class GAN(LatentTrainer):
    """Generator from latent vectors, discriminator on images (Goodfellow et al. 2014).

    Example:
        gan = GAN(generator, discriminator, latents.Uniform(100), seed=0)
        gan.compile(generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
                    discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5))
        gan.fit(batches, epochs=20, steps_per_epoch=468)
        images = gan.sample(16, seed=1)
    """

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, latent: Latent, *, seed: int
    ) -> None:
        """Takes both networks, of one input each, and the latent prior.

        Raises:
            InputError: A network takes more, or the three do not fit together.
        """
        super().__init__(generator, discriminator, latent, seed=seed)
        for role, network in (("generator", generator), ("discriminator", discriminator)):
            networks.require(network, role, inputs=1)

    def condition(self, data: tuple[tf.Tensor, ...]) -> Condition:
        """Nothing is asked of the images."""
        del data
        return ()

    def sample(self, n: int, seed: int, batch_size: int = 1000) -> tf.Tensor:
        """Returns `n` images of the generator in inference mode; the same seed, the same images."""
        return self._sampled(n, seed, batch_size)
