"""Study 4.2: a GAN in the latent space of an autoencoder.

Question: how good are digits that a GAN draws as latents of an autoencoder, and how much better can
such a GAN get?

Origin: the 64-dimensional latents of an autoencoder's encoder; z from N(0, 1)^64; a generator of
256 ReLU, 512 ReLU, 512 tanh, 256 sigmoid and 64 units, a discriminator of 64, 128 and 256 ReLU and
one sigmoid unit; binary cross-entropy, Adam. Decoded samples were mediocre. No number was given.

Here: that GAN to the letter (`origin`, on the origin's autoencoder of study 3.1; the report names
no numbers for Adam, see below); `plain`: our deeper autoencoder, whose latents are standardised,
with half as many of them, networks of three equal layers of LeakyReLU, a penalty on the
discriminator's slope at real latents, a learning rate that falls to 0, and a running mean of the
generator's weights; and `improved`: the same with clusters. Latents of digits lie in many clouds,
and a continuous generator has to cross what lies between them. So the latents are sorted into
clusters by k-means, without any label, and the GAN is trained as if these were labels, real latents
with wrong clusters among what is to be rejected (Liu et al. 2020 do so with clusters of the
discriminator's features). In the saved generator one value of z chooses the cluster.

Each over several seeds, autoencoder included. Decoded samples are judged by Frechet and kernel
distance, precision, recall, density, coverage and classes; beside them stand real images and
reconstructions of real images, which is what the decoder allows. The latents themselves are
compared with those of test images, too. What is saved is the whole network from z to the image, so
that `tfnets generate` draws with it.

Encoder and decoder are built anew and restored by layer name from the autoencoder that the run
trains first, or from another run's (`--set autoencoder=RUN`).

The settings of `plain` and `improved` (widths, penalty, learning rate, number of clusters, and the
clusters themselves against a mixture as prior) were chosen in short trials of one seed (0), by the
Frechet distance of decoded samples to training images; the size of the latents was set, not chosen.
Of four pairs of learning rate and beta_1 for `origin`, three had collapsed to nearly one latent
vector after 1,500 to 2,300 updates (0.001 and 0.9, 0.0001 and 0.9, 0.0002 and 0.5); 0.001 and 0.5
is the fourth.

Command: `tfnets run latent_gan --scale full` (about 22 minutes on one core).
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfnets import datasets, latents
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.lab.engine import Lab
from tfnets.lab.points import Points
from tfnets.methods.autoencoders.source import Source
from tfnets.methods.gans import quality as gan_quality
from tfnets.methods.gans import saved
from tfnets.methods.gans.latent import Recipe, Trainer, clusters, points
from tfnets.methods.gans.saved import SavedGenerator
from tfnets.models.latent_networks import choosing, drawing
from tfnets.studies.latent_gan import numbers as latent_numbers
from tfnets.studies.latent_gan import page
from tfnets.studies.latent_gan.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


CLUSTERED = "improved"
"""The variant that is asked for clusters."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures at each point, draws, reports."""
    for variant in settings.variants:
        Source.of(settings, variant).require(run)
    data = datasets.load(settings.dataset, lab.data_dir).first(settings.train_images)
    quality = gan_quality.Quality(data, settings.samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        variant: [Training(run, settings, variant, seed).measured(data, quality) for seed in seeds]
        for variant in settings.variants
    }
    numbers = {variant: page.summary(repeats) for variant, repeats in rows.items()}
    page.draw(run, settings, numbers, data.x_test)
    best = min(numbers, key=lambda variant: numbers[variant]["frechet"])
    report = page.report(settings, rows, numbers)
    run.finish({"networks": numbers, "best": part(best), "n": quality.samples}, report.as_json())


def part(variant: str) -> str:
    """Name of a variant's GAN in the run folder, where autoencoders have names of their own."""
    return f"{variant}_gan"


@dataclass(frozen=True)
class Training:
    """One variant with one seed: a part of the run."""

    run: Run
    settings: Settings
    variant: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{part(self.variant)}-{self.seed}"

    def measured(self, data: ImageData, quality: gan_quality.Quality) -> dict[str, Any]:
        """Trains to the end.

        Returns:
            `points` (measurements in order), `steps`, `restored`, `reconstructed`,
            `latents`, and the numbers of weights.
        """
        result, points = self._points.trained(lambda: self._train(data, quality))
        return result | {"points": points}

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, points(self.settings, self.variant))

    def _train(self, data: ImageData, quality: gan_quality.Quality) -> dict[str, Any]:
        source = Source.of(self.settings, self.variant)
        model, restored = source.get(self.run, self.seed, data.x_train)
        known = model.encode(data.x_train)
        trainer, arrays, generator = self._networks(known)
        prior = latents.Normal(generator.input_shape[1])
        whole = drawing(generator, model.decoder)
        made = SavedGenerator(self.part, whole, prior, None)

        def measure(epoch: int) -> dict[str, Any]:
            images = made.draw((), quality.samples, self.seed)
            self.run.save_array(f"samples/{self.part}-epoch{epoch}", images[: page.SHOWN])
            return quality(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}

        self._recipe.fit(
            self.run, self.part, trainer, arrays, seed=self.seed,
            callbacks=[self._points.measuring(measure)],
        )  # fmt: skip
        saved.save(self.run, self.part, whole, prior)
        shown = model.decode(model.encode(data.x_test[: page.COLUMNS]))
        self.run.save_array(f"reconstructed/{self.variant}-{self.seed}", shown)
        return {
            "steps": int(trainer.step.numpy()),
            "generator_parameters": trainer.generator.count_params(),
            "discriminator_parameters": trainer.discriminator.count_params(),
            "restored": restored,
            "reconstructed": self.run.part(
                f"reconstructed-{source.variant}-{self.seed}",
                lambda: latent_numbers.reconstructed(model, data, quality),
            ),
            "latents": latent_numbers.latents(
                model, generator, data, prior(quality.samples, (self.seed, 1))
            ),
        }

    @property
    def _recipe(self) -> Recipe:
        classes = self.settings.clusters if self.variant == CLUSTERED else 0
        return Recipe.of(self.settings, self.variant, classes)

    def _networks(self, known: np.ndarray) -> tuple[Trainer, tuple[np.ndarray, ...], keras.Model]:
        """The trainer, what it is trained on, and the generator z -> latents that it trains."""
        trainer = self._recipe.trainer(known.shape[1], self.seed, len(known))
        if self.variant != CLUSTERED:
            return trainer, (known,), trainer.sampler
        found, shares = clusters(self.run, self.part, known, self.settings.clusters, self.seed)
        return trainer, (known, found), choosing(trainer.sampler, shares)
