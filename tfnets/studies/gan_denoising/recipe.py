"""How study 5.4 makes and trains a denoiser: adversarially without pairs, or on pairs."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.inputs import priors
from tfnets.inputs.spectrum import average_amplitude
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.models.translators import patch_discriminator, translator
from tfnets.training.links import Link, l2_to_source, on_images, together
from tfnets.training.losses import NON_SATURATING, AdversarialLoss
from tfnets.training.translation import Translation

TERMS = ("adversary", "l2", "spectrum")
"""Terms of the generator's loss."""

VARIANTS = ("all", *(f"no_{term}" for term in TERMS), "pairs")
"""All terms, each of them switched off, and training on pairs."""

SILENT = AdversarialLoss(
    "silent", NON_SATURATING.discriminator, lambda fake: 0.0 * tf.reduce_mean(fake)
)
"""A discriminator that learns and has no say."""


@dataclass(frozen=True)
class Recipe:
    """How one variant is trained.

    Attributes:
        variant: One of `VARIANTS`.
        sigma: Standard deviation of the noise.
        l2: Weight of the mean squared difference from the input.
        spectrum: Weight of the squared log-spectral distance in dB^2.
        width: Channels of the generator at full size.
        blocks: Its residual blocks.
        critic_width: Channels of the discriminator's first convolution.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        average: Decay of the running mean of the generator's weights.
    """

    variant: str
    sigma: float
    l2: float
    spectrum: float
    width: int
    blocks: int
    critic_width: int
    epochs: int
    batch_size: int
    learning_rate: float
    average: float

    def trained(
        self, run: Run, part: str, sources: np.ndarray, natural: np.ndarray, seed: int
    ) -> keras.Model:
        """Trains to the last epoch, resumable.

        Args:
            run: The run folder.
            part: Name of the part.
            sources: Clean images (n, height, width, 1) that get noise, other noise in each step.
            natural: As many clean images that the discriminator sees; unused by `pairs`.
            seed: Seed of weights, order and noise.

        Returns:
            The network: noisy images -> restored ones.
        """
        if self.variant == "pairs":
            return self._on_pairs(run, part, sources, seed)
        steps = steps_per_epoch(len(sources), self.batch_size)
        trainer = Translation(
            self._generator(seed), patch_discriminator(seed, 1, self.critic_width), seed=seed
        )
        trainer.compile(
            generator_optimizer=self._adam(steps, 0.5),
            discriminator_optimizer=self._adam(steps, 0.5),
            loss=SILENT if self.variant == "no_adversary" else NON_SATURATING,
            link=self.link(natural),
            average=self.average,
            steps_per_execution=steps_per_execution(steps),
        )
        self._fit(run, part, trainer, (sources, natural), seed)
        return trainer.sampler

    def link(self, natural: np.ndarray) -> Link | None:
        """The terms beside the adversarial one, given natural images (n, height, width, 1)."""
        links: list[Link] = []
        if self.variant != "no_l2":
            links.append(l2_to_source(self.l2))
        if self.variant != "no_spectrum":
            shape = natural.shape[1:]
            prior = priors.spectrum(self.spectrum, average_amplitude(natural, shape[:2]))
            # The network takes any size, so that its output's is known only when it runs.
            links.append(on_images(lambda made: prior(tf.ensure_shape(made, (None, *shape)))))
        return together(*links)

    def _on_pairs(self, run: Run, part: str, sources: np.ndarray, seed: int) -> keras.Model:
        """The generator alone, from noisy images to their originals by mean squared error."""
        network = self._generator(seed)
        # Saved without what it is compiled with, which needs a class of ours.
        model = keras.Model(network.input, network.output)
        steps = steps_per_epoch(len(sources), self.batch_size)
        model.compile(
            self._adam(steps, 0.9),
            "mse",
            jit_compile=False,
            steps_per_execution=steps_per_execution(steps),
        )
        self._fit(run, part, model, (sources, sources), seed)
        return network

    def _fit(
        self,
        run: Run,
        part: str,
        model: keras.Model,
        arrays: tuple[np.ndarray, np.ndarray],
        seed: int,
    ) -> None:
        def noisy(
            images: tf.Tensor, wanted: tf.Tensor, pair: tf.Tensor
        ) -> tuple[tf.Tensor, tf.Tensor]:
            noise = tf.random.stateless_normal(tf.shape(images), pair, stddev=self.sigma)
            return images + noise, wanted

        fit(
            run, part, model, arrays, batch_size=self.batch_size, epochs=self.epochs, seed=seed,
            transform=noisy,
        )  # fmt: skip

    def _generator(self, seed: int) -> keras.Model:
        return translator(seed, (1, 1), self.width, self.blocks)

    def _adam(self, steps: int, beta_1: float) -> keras.optimizers.Optimizer:
        return cosine_adam(self.learning_rate, self.epochs * steps, beta_1=beta_1)
