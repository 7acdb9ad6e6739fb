"""Study 4.2: a GAN in the latent space of an autoencoder.

Question: how good are digits that a GAN draws as latents of an autoencoder, and how much better can
such a GAN get?

Origin (ran): the 64-dimensional latents of an autoencoder's encoder; z from N(0, 1)^64; a generator
of 256 ReLU, 512 ReLU, 512 tanh, 256 sigmoid and 64 units, a discriminator of 64, 128 and 256 ReLU
and one sigmoid unit; binary cross-entropy, Adam. Decoded samples were mediocre. No number was
given.

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

import functools
from dataclasses import asdict
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement, Work
from tfnets.methods.gans import latent, quality, saved
from tfnets.methods.gans.latent import LatentTraining, Trainer
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.latent_networks import choosing
from tfnets.studies.latent_gan import numbers, page
from tfnets.studies.latent_gan.settings import CLUSTERED, COLUMNS, SCALES, SHOWN, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures at each point, writes the page."""
    for variant in settings.variants:
        settings.source(variant).require(run)
    samples = quality.of(lab.store, settings).samples
    trials = Training.of_each(settings, settings.variants, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "points")
    found = {variant: numbers.over_seeds(seeds) for variant, seeds in rows.items()}
    run.save_array("samples/real", lab.store.images(settings.dataset, 0, COLUMNS).x_test)
    best = min(found, key=lambda variant: found[variant]["frechet"])
    run.finish(
        {"networks": found, "best": f"{best}_gan", "n": samples},
        page.write(run, settings, rows, found),
    )


@final
class Reconstructed(Measurement):
    """What an autoencoder (`variant`) allows a GAN: the quality of its reconstructions.

    Of the test images themselves, and of training images. The latter stand where real training
    images stand for `..._real`: a perfect GAN would draw such.
    """

    settings: Settings
    named = "reconstructed-{variant}-{seed}"

    @property
    def needs(self) -> tuple[Work]:
        """The autoencoder."""
        return (self.settings.source(self.variant).trial(self.seed),)

    def measure(self) -> dict[str, Any]:
        """Returns numbers of both kinds of images."""
        settings, judge = self.settings, quality.of(self.store, self.settings)
        model, _ = settings.source(self.variant).get(self.run, self.seed)
        data = self.store.images(settings.dataset, settings.train_images)
        found = {}
        for name, images in (("test", data.x_test), ("train", data.x_train)):
            made = judge(model.decode(model.encode(images[: judge.samples])))
            found[name] = {key: made[key] for key in quality.NUMBERS}
        return found


@final
class Training(LatentTraining, quality.SampledGAN):
    """One variant with one seed."""

    settings: Settings
    shown = SHOWN

    @property
    def needs(self) -> tuple[Work, Work]:
        """The autoencoder, and what it allows."""
        source = self.settings.source(self.variant)
        return source.trial(self.seed), Reconstructed(self.settings, source.variant, self.seed)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains on the latents, perhaps with their clusters, and measures latents at the end."""
        settings, recipe = self.settings, self.settings.recipe(self.variant)
        data = self.store.images(settings.dataset, settings.train_images)
        (model, restored), known = self.autoencoder, self._known
        asked = (self._clusters[0],) if self.variant == CLUSTERED else ()
        trainer = recipe.trainer(known.shape[1], self.seed, len(known))
        recipe.fit(self, trainer, (known, *asked), callbacks=[measuring])
        generator = self._generator(trainer)
        made = self.whole(generator)
        saved.save(self.run, self.part, made.model, made.prior)
        shown = model.decode(model.encode(data.x_test[:COLUMNS]))
        self.run.save_array(f"reconstructed/{self.variant}-{self.seed}", shown)
        z = made.prior(self.judge.samples, (self.seed, 1))
        return {
            "steps": int(trainer.step.numpy()),
            "generator_parameters": trainer.generator.count_params(),
            "discriminator_parameters": trainer.discriminator.count_params(),
            "restored": restored,
            "reconstructed": self.needs[1].result(self.run),
            "latents": of_latents(model, generator, data, z),
        }

    def drawn(self, trainer: Trainer) -> np.ndarray:
        """Pictures that the whole network draws."""
        return self.whole(self._generator(trainer)).draw((), self.judge.samples, self.seed)

    def _generator(self, trainer: Trainer) -> keras.Model:
        """The generator z -> latents that is trained."""
        if self.variant != CLUSTERED:
            return trainer.sampler
        return choosing(trainer.sampler, self._clusters[1])

    @functools.cached_property
    def _known(self) -> np.ndarray:
        """Latents (n, size) of the training images."""
        images = self.store.images(self.settings.dataset, self.settings.train_images).x_train
        return self.autoencoder[0].encode(images)

    @functools.cached_property
    def _clusters(self) -> tuple[np.ndarray, list[float]]:
        """The cluster of each of them, and each cluster's share."""
        count = self.settings.clusters
        return latent.clusters(self.run, self.part, self._known, count, self.seed)


def of_latents(
    model: Autoencoder, generator: keras.Model, data: ImageData, z: tf.Tensor
) -> dict[str, float]:
    """Frechet distance, precision, recall, density and coverage of the latents themselves."""
    real, other = (model.encode(images[: len(z)]) for images in (data.x_test, data.x_train))
    made = generator.predict(z, batch_size=1000, verbose=0)
    found = {}
    for end, rows in (("", made), ("_real", other)):
        numbers = {"frechet": metrics.frechet_distance(real, rows)}
        numbers |= asdict(metrics.prdc(real, rows))
        found |= {f"{name}{end}": value for name, value in numbers.items()}
    return found
