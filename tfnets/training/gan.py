"""The unconditional GAN."""

from typing import final

import keras
import tensorflow as tf

from tfnets.training.adversarial import AdversarialTrainer, Condition, Latent, require_latent


@final
class GAN(AdversarialTrainer):
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
        """Takes both networks and the latent prior.

        Args:
            generator: `(n, dim) -> images`.
            discriminator: `images -> (n, 1)` logits.
            latent: Prior `(n, seed) -> (n, dim)`, e.g. `tfnets.latents.Uniform(100)`.
            seed: Seed of the latent vectors in training.

        Raises:
            InputError: The prior draws vectors of another size than the generator takes.
        """
        require_latent(generator, latent)
        super().__init__(generator, discriminator, seed=seed)
        self.latent = latent

    def real(self, data: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """The images of the batch, its first element."""
        return data[0]

    def condition(self, data: tuple[tf.Tensor, ...]) -> Condition:
        """Nothing is asked of the images."""
        del data
        return ()

    def fake(self, data: tuple[tf.Tensor, ...], seed: tf.Tensor) -> tf.Tensor:
        """As many generated images as the batch has."""
        return self.generator(self.latent(tf.shape(data[0])[0], seed), training=True)

    def sample(self, n: int, seed: int, batch_size: int = 1000) -> tf.Tensor:
        """Returns `n` images of the generator in inference mode; the same seed, the same images."""
        z = self.latent(n, (seed, 1))
        parts = [
            self.sampler(z[start : start + batch_size], training=False)
            for start in range(0, n, batch_size)
        ]
        return tf.concat(parts, axis=0)
