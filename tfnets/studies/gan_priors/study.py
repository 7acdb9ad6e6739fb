"""Study 3.2: one GAN, four priors of its latent vectors.

Question: does the prior of the latent vectors change how steadily a GAN trains and how good its
digits are?

Origin: the same GAN with z ~ U[-1,1]^100, with a mixture of Gaussians around 10 centres in [-1,1],
and with z drawn from the stored latents of encoded MNIST images. Claimed: the mixture's loss curves
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

from dataclasses import dataclass
from typing import Any

import numpy as np

from tfnets import datasets, latents, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.lab.points import Points
from tfnets.methods.autoencoders.training import Recipe, train
from tfnets.methods.gans import quality as gan_quality
from tfnets.methods.gans import saved
from tfnets.models import dcgan
from tfnets.studies.gan_priors import page
from tfnets.studies.gan_priors.settings import SCALES, Settings
from tfnets.training.gan import GAN
from tfnets.training.loss_trace import LossTrace
from tfnets.training.optimizers import Adam

__all__ = ["SCALES", "Settings", "run"]


LOSSES = ("discriminator_loss", "generator_loss")


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every prior and seed, measures at each point, draws, reports."""
    data = datasets.load(settings.dataset, lab.data_dir).first(settings.train_images)
    _require_points(settings, len(data.x_train))
    quality = gan_quality.Quality(data, settings.samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        prior: [
            Training(run, settings, prior, seed).measured(data.x_train, quality) for seed in seeds
        ]
        for prior in settings.priors
    }
    numbers = {name: page.summary(repeats) for name, repeats in rows.items()}
    differences = page.differences(rows)
    page.draw(run, settings, numbers, differences)
    report = page.report(settings, rows, numbers, differences)
    run.finish(
        {"priors": numbers, "differences": differences, "n": quality.samples}, report.as_json()
    )


@dataclass(frozen=True)
class Training:
    """One prior with one seed: a part of the run."""

    run: Run
    settings: Settings
    prior: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.prior}-{self.seed}"

    def measured(self, images: np.ndarray, quality: gan_quality.Quality) -> dict[str, Any]:
        """Trains to the end; returns steadiness of both losses, and `points`, the measurements."""
        trained, points = self._points.trained(lambda: self._train(images, quality))
        return trained | {"points": points}

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, self.settings.epochs)

    def _train(self, images: np.ndarray, quality: gan_quality.Quality) -> dict[str, Any]:
        settings = self.settings
        trainer, epochs = self._trainer(images), max(settings.epochs)
        steps, every = _steps(settings, len(images))
        trainer.compile(
            generator_optimizer=Adam(settings.learning_rate, beta_1=0.5),
            discriminator_optimizer=Adam(settings.learning_rate, beta_1=0.5),
            steps_per_execution=every,
        )
        trace = LossTrace(LOSSES, every, steps, epochs)

        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))

        fit(
            self.run, self.part, trainer, (images,),
            batch_size=settings.batch_size, epochs=epochs, seed=self.seed,
            callbacks=[measuring, trace], tracked=trace.state,
        )  # fmt: skip
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        curves = np.array([trace.steps, *trace.curves.values()])
        self.run.save_array(f"losses/{self.part}", curves)
        late = curves[1:, steps // every :]
        steady = [metrics.steadiness(curve, settings.window) for curve in late]
        return {f"{name}_steadiness": value for name, value in zip(LOSSES, steady, strict=True)} | {
            f"{name}_mean": float(curve.mean()) for name, curve in zip(LOSSES, late, strict=True)
        }

    def _trainer(self, images: np.ndarray) -> GAN:
        settings = self.settings
        size, _, channels = images.shape[1:]
        make, judge = (
            dcgan.networks(dcgan.Style(filters), size=size, channels=channels)
            for filters in (settings.generator_filters, settings.discriminator_filters)
        )
        return GAN(
            make[0](settings.latent, self.seed), judge[1](self.seed), self._latent(images),
            seed=self.seed,
        )  # fmt: skip

    def _latent(self, images: np.ndarray) -> latents.Prior:
        settings = self.settings
        if self.prior == "encoded":
            return latents.Encoded(self._encode(images))
        if self.prior == "mixture":
            return latents.GaussianMixture(
                settings.latent, components=settings.components, stddev=settings.stddev,
                seed=self.seed,
            )  # fmt: skip
        return latents.PRIORS[self.prior](settings.latent)

    def _encode(self, images: np.ndarray) -> np.ndarray:
        """Latents (n, latent) of training images, by an encoder trained with this seed."""
        settings = self.settings
        source = Recipe(latent=settings.latent, epochs=settings.autoencoder_epochs)
        trained = train(self.run, settings.encoder, source, self.seed, images)
        return trained.encode(images[: settings.encoded_images])

    def _measure(self, trainer: GAN, epoch: int, quality: gan_quality.Quality) -> dict[str, Any]:
        images = np.clip(trainer.sample(quality.samples, self.seed), 0, 1)
        self.run.save_array(f"samples/{self.part}-epoch{epoch}", images[: page.SHOWN])
        return quality(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


def _steps(settings: Settings, images: int) -> tuple[int, int]:
    """Steps of an epoch, and of a point of the loss curves."""
    steps = steps_per_epoch(images, settings.batch_size)
    return steps, steps_per_execution(steps, settings.steps_per_point)


def _require_points(settings: Settings, images: int) -> None:
    """Refuses loss curves that are too short for their trend, before anything takes time.

    Raises:
        InputError: Fewer points after the first epoch than the window has.
    """
    steps, every = _steps(settings, images)
    points = (max(settings.epochs) - 1) * steps // every
    if points < settings.window:
        raise InputError(
            f"The loss curves have {points} points after the first epoch, fewer than the window's "
            f"{settings.window}; set more epochs, fewer steps_per_point or a smaller window."
        )
