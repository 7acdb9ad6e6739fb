"""Study 3.6: what keeps a GAN from collapsing, and which gradient reaches the generator.

Question: which changes to a plain GAN keep its modes and its gradient, and what does the noise do?

Origin: against a vanishing ("diminished") gradient label smoothing, one-sided smoothing,
non-saturating activations and a gradient penalty are named; against mode collapse a richer
generator, data augmentation and minibatch discrimination. The noise's distribution and scale change
the diversity; without noise there is one output. No number was given.

Here: a ring of 8 and a grid of 25 Gaussians, where the modes are known, and digits. The plain GAN,
one change at a time (`tfnets.studies.gan_stabilisers.variants.VARIANTS`), and a combination, each
over several seeds: modes covered, KL divergence of the modes to an even share, Frechet distance (of
points, or of the judge's features), the norm of the gradient that reaches the generator's weights
in the first and in the last epoch, the outputs at z = 0, and the diversity of the samples when z is
scaled. A watch samples each generator after every epoch and notes when it collapses.

The plain GAN has Adam's default momentum and a learning rate of 2e-3 on the toys, settings with
which it does collapse; on digits beta_1 0.5 and 1e-3. These, the strengths of the stabilisers and
the networks' sizes were chosen by trials with seeds 0 to 2, on the toys by the modes of the
samples, on digits by the judge on training images; they are no result of this study. The reference
run has the seeds 3 to 5, which took no part in that (`--seed 3`).

Command: `tfnets run gan_stabilisers --scale full` (about 40 minutes on one core).
"""

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets import datasets, latents, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.datasets.toys import TOYS
from tfnets.lab.engine import Lab
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.studies.gan_stabilisers import numbers, page, subjects
from tfnets.studies.gan_stabilisers.settings import DIGITS, SCALES, Settings
from tfnets.studies.gan_stabilisers.subjects import Subject
from tfnets.studies.gan_stabilisers.variants import Recipe, recipe
from tfnets.training.adversarial import Latent
from tfnets.training.collapse import CollapseWatch
from tfnets.training.gan import GAN
from tfnets.training.optimizers import Adam

__all__ = ["SCALES", "Settings", "run"]


SAVED = ("plain", "best")
"""Variants whose generators are kept."""

WATCHED = 500
"""Samples at each look of the collapse watch."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed on every subject, measures, draws, reports."""
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    found = {}
    for name in settings.subjects:
        subject = _subject(name, settings, lab.data_dir)
        real = run.part(f"{subject.name}-real", subject.ceiling)
        rows = {
            variant: [Training(run, settings, subject, variant, seed).numbers() for seed in seeds]
            for variant in settings.trained(name)
        }
        if rows:
            found[subject.name] = numbers.Found(subject.classes, real, rows)
    page.draw(run, settings, found)
    report = page.report(settings, found)
    run.finish(numbers.summary(found), report.as_json())


def _subject(name: str, settings: Settings, data_dir: Path | str | None) -> Subject:
    if name == DIGITS:
        data = datasets.load(settings.dataset, data_dir)
        return subjects.digits(data, settings.train_images, settings.digit_samples)
    return subjects.points(TOYS[name], settings.toy_steps * settings.batch_size, settings.samples)


@dataclass(frozen=True)
class Training:
    """One variant with one seed on one subject: a part of the run."""

    run: Run
    settings: Settings
    subject: Subject
    variant: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.subject.name}-{self.variant}-{self.seed}"

    def numbers(self) -> dict[str, Any]:
        """Trains, measures and returns the numbers."""
        found = self.run.part(self.part, self._train)
        # A trainer and its compiled functions hold each other, and the training array: 200 MB each.
        gc.collect()
        return found

    def _train(self) -> dict[str, Any]:
        array = self.subject.train(self.seed)
        settings, toy = self.settings, self.subject.name in TOYS
        epochs = settings.toy_epochs if toy else settings.digit_epochs
        batch_size = settings.batch_size if toy else settings.digit_batch_size
        per_epoch = steps_per_epoch(len(array), batch_size)
        chosen = recipe(self.variant, self.subject.strengths, per_epoch * epochs)
        epochs *= chosen.length
        trainer = self._trainer(chosen, per_epoch, epochs)
        watch = CollapseWatch(
            lambda: trainer.sample(WATCHED, self.seed).numpy(),
            self.subject.labels,
            real=self.subject.real[:WATCHED],
            classes=self.subject.classes,
            epochs=epochs,
            name=self.part,
        )
        fit(
            self.run, self.part, trainer, (array,), batch_size=batch_size,
            epochs=epochs, seed=self.seed, callbacks=[watch], tracked=watch.state,
        )  # fmt: skip
        if self.variant in SAVED:
            self.run.save_model(f"{self.part}_generator", trainer.sampler)
        return self._measure(trainer) | {
            "steps": int(trainer.step.numpy()),
            "watched": watch.numbers,
            "collapsed": watch.warned,
        }

    def _trainer(self, chosen: Recipe, per_epoch: int, epochs: int) -> GAN:
        subject, steps = self.subject, per_epoch * epochs
        trainer = GAN(
            *subject.networks(chosen, self.seed), _prior(chosen, subject.latent), seed=self.seed
        )
        trainer.compile(
            generator_optimizer=_adam(subject, chosen, steps),
            discriminator_optimizer=_adam(subject, chosen, steps),
            loss=chosen.loss,
            penalty=chosen.penalty,
            augmentation=chosen.augmentation,
            discriminator_steps=chosen.discriminator_steps,
            average=chosen.average,
            steps_per_execution=steps_per_execution(per_epoch, subject.execution),
        )
        return trainer

    def _measure(self, trainer: GAN) -> dict[str, Any]:
        made = trainer.sample(len(self.subject.real), self.seed).numpy()
        self.run.save_array(f"samples/{self.part}", made[: self.subject.shown])
        gradients = [
            row["generator_gradient"] for row in self.run.history if row["part"] == self.part
        ]
        return self.subject.measure(made) | {
            "gradient_early": gradients[0],
            "gradient_late": gradients[-1],
            "gradients": gradients,
            "zero_noise": self._zero_noise(trainer.sampler),
            "spread": self._diversity(trainer, 1.0),
            "diversity": [self._diversity(trainer, s) for s in self.settings.noise_scales],
        }

    def _zero_noise(self, sampler: keras.Model) -> float:
        """Largest difference between any two of 100 samples made with z = 0."""
        made = sampler(tf.zeros((100, self.subject.latent)), training=False).numpy()
        return float(np.ptp(made, axis=0).max())

    def _diversity(self, trainer: GAN, scale: float) -> float:
        z = scale * trainer.latent(subjects.COMPARED, (self.seed, 2))
        made = self.subject.features(trainer.sampler(z, training=False).numpy())
        return metrics.diversity(made)


def _adam(subject: Subject, chosen: Recipe, steps: int) -> Adam:
    rate = chosen.rate * subject.learning_rate
    falling = keras.optimizers.schedules.CosineDecay(rate, steps)
    momentum = subject.momentum if chosen.momentum is None else chosen.momentum
    return Adam(falling if chosen.falls else rate, beta_1=momentum)


def _prior(chosen: Recipe, dim: int) -> Latent:
    if chosen.prior == "none":
        return lambda n, seed: tf.zeros((n, dim))
    end = 3**0.5  # of variance 1
    return latents.Normal(dim) if chosen.prior == "normal" else latents.Uniform(dim, -end, end)
