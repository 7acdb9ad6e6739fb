"""Study 3.3: a GAN whose generator is a trained autoencoder's decoder.

Question: does a generator learn faster when its weights come from a trained decoder?

Origin: the generator is the decoder of study 3.1, partly restored from the saved model. A generator
of one dense layer failed, the convolutional one worked. No number was given.

Here: the same generator from scratch (`scratch`), with every layer but the first restored
(`restored`), restored and frozen for the first epochs so that only the first layer learns
(`frozen`), and the one-dense-layer generator (`one_dense`); and the decoder of our deeper
autoencoder restored or from scratch (`deep_restored`, `deep_scratch`). The first dense layer is
not restored, because it was made for the encoder's latents and the prior is another: it goes back
to its initial values. Those are the values from which the autoencoder's own first layer started
(weights are a function of seed and name), and training leaves it close to them; `fresh` is
`restored` with initial values of another seed, to see how much that matters. Each over several
seeds; Frechet distance on the judge's features, precision, recall, density, coverage and modes at
three points of the training.

Command: `tfnets run decoder_gan --scale full` (about an hour on 2 cores).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnets import datasets, latents
from tfnets.artifacts.run import Run
from tfnets.artifacts.weights import restore_weights
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.lab.trial import Points
from tfnets.methods.autoencoders.training import Recipe, train
from tfnets.methods.gans import quality as gan_quality
from tfnets.models.discriminators import image_discriminator
from tfnets.models.generators import decoder_generator
from tfnets.studies.decoder_gan import page
from tfnets.studies.decoder_gan.settings import SCALES, VARIANTS, Settings
from tfnets.training.gan import GAN
from tfnets.training.optimizers import Adam

__all__ = ["SCALES", "Settings", "run"]


RESTORED = ("restored", "fresh", "frozen", "deep_restored")
"""The variants that start from a trained decoder."""

FRESH = 1000
"""What `fresh` adds to the seed of the generator's initial weights."""


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains every variant and seed, measures at each point, draws, reports."""
    _check_new_layers(settings)
    data = datasets.load(settings.dataset, data_dir).first(settings.train_images)
    quality = gan_quality.Quality(data, settings.samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    points = {
        name: [
            Training(run, settings, name, seed).measured(data.x_train, quality) for seed in seeds
        ]
        for name in settings.variants
    }
    numbers = {name: gan_quality.summary(rows) for name, rows in points.items()}
    page.draw(run, settings, numbers)
    report = page.report(settings, points, numbers)
    run.finish(numbers | {"n": quality.samples}, report.as_json())


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
        return f"{self.variant}-{self.seed}"

    def measured(self, images: np.ndarray, quality: gan_quality.Quality) -> list[dict[str, Any]]:
        """Trains to the end and returns the measurement at each point."""
        return self._points.trained(lambda: self._train(images, quality))[1]

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, self.settings.epochs)

    def _train(self, images: np.ndarray, quality: gan_quality.Quality) -> dict[str, Any]:
        settings, last = self.settings, max(self.settings.epochs)
        trainer = self._trainer()
        restored = self._restore(trainer.generator, images)
        optimizers = {
            f"{network}_optimizer": Adam(settings.learning_rate, beta_1=0.5)
            for network in ("generator", "discriminator")
        }
        trainer.compile(**optimizers)
        phases = [(last, True)]
        if self.variant == "frozen":
            phases.insert(0, (min(settings.frozen_epochs, last), False))
        for epochs, free in phases:
            for name in restored:
                trainer.generator.get_layer(name).trainable = free
            trainer.compile(
                **optimizers,
                steps_per_execution=steps_per_execution(
                    steps_per_epoch(len(images), settings.batch_size)
                ),
            )
            self._fit(trainer, images, epochs, quality)
        self.run.save_model(f"{self.part}_generator", trainer.generator)
        return {"steps": int(trainer.step.numpy()), "restored": restored}

    def _trainer(self) -> GAN:
        settings = self.settings
        start = self.seed + FRESH if self.variant == "fresh" else self.seed
        return GAN(
            decoder_generator(VARIANTS[self.variant], settings.latent, start),
            image_discriminator(self.seed),
            latents.PRIORS[settings.prior](settings.latent),
            seed=self.seed,
        )

    def _restore(self, generator: keras.Model, images: np.ndarray) -> list[str]:
        """Copies the trained decoder where the variant asks for it; returns the layers' names."""
        if self.variant not in RESTORED:
            return []
        settings = self.settings
        source = Recipe(
            latent=settings.latent,
            epochs=settings.autoencoder_epochs,
            batch_size=settings.batch_size,
        )
        trained = train(self.run, VARIANTS[self.variant], source, self.seed, images)
        report = restore_weights(generator, trained.decoder, skip=settings.new_layers)
        return sorted({row.target.rsplit("/", 1)[0] for row in report.loaded})

    def _fit(
        self, trainer: GAN, images: np.ndarray, epochs: int, quality: gan_quality.Quality
    ) -> None:
        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))
        fit(
            self.run, self.part, trainer, (images,),
            batch_size=self.settings.batch_size, epochs=epochs, seed=self.seed,
            callbacks=[measuring],
        )  # fmt: skip

    def _measure(self, trainer: GAN, epoch: int, quality: gan_quality.Quality) -> dict[str, Any]:
        images = np.clip(trainer.sample(quality.samples, self.seed), 0, 1)
        self.run.save_array(f"samples/{self.part}-epoch{epoch}", images[: page.SHOWN])
        return quality(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


def _check_new_layers(settings: Settings) -> None:
    """Tries the restoring on untrained networks, before anything takes time.

    Raises:
        InputError: A pattern of `new_layers` names no layer.
    """
    for architecture in {VARIANTS[name] for name in settings.variants if name in RESTORED}:
        target, source = (decoder_generator(architecture, settings.latent, 0) for _ in range(2))
        restore_weights(target, source, skip=settings.new_layers, dry_run=True)
