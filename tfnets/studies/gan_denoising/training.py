"""How study 5.4 makes and trains a denoiser: adversarially without pairs, or on pairs."""

from collections.abc import Callable
from typing import Any, final

import keras
import tensorflow as tf

from tfnets.datasets.batches import steps_per_epoch
from tfnets.inputs import priors
from tfnets.inputs.spectrum import Spectrum
from tfnets.lab.fit import steps_per_execution
from tfnets.lab.trial import Trial
from tfnets.methods.gans.recipe import Recipe
from tfnets.models.translators import patch_discriminator, translator
from tfnets.studies.gan_denoising import quality
from tfnets.studies.gan_denoising.settings import Settings
from tfnets.training.links import Link, l2_to_source, on_images, together
from tfnets.training.losses import NON_SATURATING, AdversarialLoss
from tfnets.training.translation import Translation, translated

SILENT = AdversarialLoss(
    "silent", NON_SATURATING.discriminator, lambda fake: 0.0 * tf.reduce_mean(fake)
)
"""A discriminator that learns and has no say."""


@final
class Training(Trial):
    """One variant with one seed; of the run's first seed the network is kept."""

    settings: Settings
    mark = ""

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains, and measures what the network makes of noisy test images."""
        measure, first = quality.of(self.store, self.settings), self.run.config.seed
        network = self._trained(measure, measuring)
        if self.seed == first:
            self.run.save_model(self.part, network)
        return measure.kept(self.run, self.part, translated(network, measure.noisy(first)))

    def _trained(
        self, images: quality.RestorationQuality, measuring: keras.callbacks.Callback
    ) -> keras.Model:
        """Returns the network: noisy images -> restored ones."""
        settings, pairs = self.settings, self.variant == "pairs"
        recipe = Recipe.of(settings, beta_1=0.9 if pairs else 0.5, falls=True)
        network = translator(self.seed, (1, 1), settings.width, settings.blocks)
        if pairs:
            # Saved without what it is compiled with, which needs a class of ours.
            trainer, wanted = keras.Model(network.input, network.output), images.sources
            steps = steps_per_epoch(len(wanted), recipe.batch_size)
            trainer.compile(
                recipe.optimizers(len(wanted))["generator_optimizer"], "mse", jit_compile=False,
                steps_per_execution=steps_per_execution(steps),
            )  # fmt: skip
        else:
            critic = patch_discriminator(self.seed, 1, settings.critic_width)
            trainer, wanted = Translation(network, critic, seed=self.seed), images.natural
            recipe.compile(
                trainer,
                len(wanted),
                loss=SILENT if self.variant == "no_adversary" else NON_SATURATING,
                link=link(settings, self.variant, images.spectrum),
                average=settings.average,
            )
        arrays, noise = (images.sources, wanted), _noise(settings.sigma)
        recipe.fit(self, trainer, arrays, transform=noise, callbacks=[measuring])
        return network if pairs else trainer.sampler


def link(settings: Settings, variant: str, natural: Spectrum) -> Link | None:
    """The terms of a variant's loss beside the adversarial one."""
    links: list[Link] = []
    if variant != "no_l2":
        links.append(l2_to_source(settings.l2))
    if variant != "no_spectrum":
        shape, prior = natural.amplitude.shape, priors.spectrum(settings.spectrum, natural)
        # The network takes any size, so that its output's is known only when it runs.
        links.append(on_images(lambda made: prior(tf.ensure_shape(made, (None, *shape)))))
    return together(*links)


def _noise(sigma: float) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tuple[tf.Tensor, ...]]:
    """Gives the first of two batches noise, other noise in each step."""

    def transform(
        images: tf.Tensor, wanted: tf.Tensor, pair: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        noise = tf.random.stateless_normal(tf.shape(images), pair, stddev=sigma)
        return images + noise, wanted

    return transform
