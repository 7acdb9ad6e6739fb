"""Study 3.2: one GAN, four priors of its latent vectors.

Question: does the prior of the latent vectors change how steadily a GAN trains and how good its
digits are?

Origin (ran): the same GAN with z ~ U[-1,1]^100, with a mixture of Gaussians around 10 centres in
[-1,1], and with z drawn from the stored latents of encoded MNIST images. The mixture's loss curves
are a little steadier; encoded latents give worse digits. No number was given.

Here: those three and N(0,1), each over several seeds; a DCGAN with batch normalisation in both
networks, the same for all priors, its initial weights and the order of its data the same for all
priors of a seed, so that priors are compared in pairs. The mixture's centres are drawn anew for
each seed, and each seed has an encoder of its own, trained as in study `autoencoder`. Steadiness is
the standard deviation of a loss around its moving mean (`metrics.steadiness`), from the second
epoch on; quality is measured as in the other GAN studies.

The origin does not say how wide the mixture's clouds are; here their standard deviation is 0.25.

Command: `tfnets run gan_priors --scale full` (about half an hour on one core).
"""

from typing import Any, final

import keras
import numpy as np

from tfnets import latents, metrics
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods import autoencoders
from tfnets.methods.gans import quality, saved
from tfnets.methods.gans.dcgan import untrained
from tfnets.methods.gans.recipe import LOSSES
from tfnets.models.dcgan import Style
from tfnets.studies.gan_priors import page
from tfnets.studies.gan_priors.numbers import differences, summary
from tfnets.studies.gan_priors.settings import SCALES, SHOWN, Settings
from tfnets.training.gan import GAN

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every prior and seed, measures at each point, writes the page."""
    settings.curve(len(lab.store.images(settings.dataset, settings.train_images).x_train))
    judge = quality.of(lab.store, settings)
    trials = Training.of_each(settings, settings.priors, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "points")
    numbers = {
        "priors": {prior: summary(seeds) for prior, seeds in rows.items()},
        "differences": differences(rows),
        "n": judge.samples,
    }
    run.finish(numbers, page.write(run, settings, rows, numbers))


@final
class Training(quality.SampledGAN):
    """One prior with one seed; its loss curves are kept, too."""

    settings: Settings
    shown = SHOWN

    @property
    def needs(self) -> tuple[autoencoders.Training, ...]:
        """The autoencoder whose latents are drawn."""
        if self.variant != "encoded":
            return ()
        settings = self.settings
        return (autoencoders.Training(settings.autoencoder, settings.encoder, self.seed),)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains; returns steadiness and mean of both losses after the first epoch."""
        settings, recipe = self.settings, self.settings.recipe
        images = self.store.images(settings.dataset, settings.train_images).x_train
        trainer = self.trainer(images)
        per_epoch, every = settings.curve(len(images))
        recipe.compile(trainer, len(images), steps_per_execution=every)
        curves = recipe.traced_fit(self, trainer, (images,), measuring)
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        late = dict(zip(LOSSES, curves[1:, per_epoch:], strict=True))
        return {
            f"{name}_steadiness": metrics.steadiness(curve, settings.window)
            for name, curve in late.items()
        } | {f"{name}_mean": float(curve.mean()) for name, curve in late.items()}

    def trainer(self, images: np.ndarray) -> GAN:
        """Returns the untrained networks for images (n, size, size, channels), with the prior."""
        settings = self.settings
        filters = settings.generator_filters, settings.discriminator_filters
        return untrained(map(Style, filters), self._latent(images), images.shape[1:], self.seed)

    def _latent(self, images: np.ndarray) -> latents.Prior:
        settings = self.settings
        if self.variant == "encoded":
            trained = self.needs[0].at(self.run).trained()
            return latents.Encoded(trained.encode(images[: settings.encoded_images]))
        if self.variant == "mixture":
            return latents.GaussianMixture(
                settings.latent, components=settings.components, stddev=settings.stddev,
                seed=self.seed,
            )  # fmt: skip
        return latents.PRIORS[self.variant](settings.latent)
