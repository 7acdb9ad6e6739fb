"""The conditional GAN: images that fit a label, a caption, or whatever is asked."""

from collections.abc import Sequence
from typing import final

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.adversarial import Latent, LatentTrainer


@final
class ConditionalGAN(LatentTrainer):
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
        """Takes both networks, which see the same conditions, and the latent prior.

        Raises:
            InputError: The networks do not take the same conditions, or the prior draws vectors of
                another size than the generator takes.
        """
        super().__init__(generator, discriminator, latent, seed=seed)
        asked = [tuple(x.shape[1:] for x in net.inputs[1:]) for net in (generator, discriminator)]
        if not asked[0] or asked[0] != asked[1]:
            raise InputError(
                f"The generator takes conditions of shapes {asked[0]}, the discriminator of "
                f"{asked[1]}; give networks with the same ones, at least one."
            )
        conditions = discriminator.inputs[1:]
        names = ["label"] if len(conditions) == 1 else [asked.name for asked in conditions]
        self._wanted |= dict(zip(names, conditions, strict=True))

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
        asked = list(map(tf.convert_to_tensor, condition if several else [condition]))
        return self._sampled(len(asked[0]), seed, batch_size, tuple(asked))
