"""Study 3.6: what keeps a GAN from collapsing, and which gradient reaches the generator.

Question: which changes to a plain GAN keep its modes and its gradient, and what does the noise do?

Origin (answered): against a vanishing ("diminished") gradient noise on the labels of real images
("label smoothing"), fractional labels ("one-sided smoothing"), non-saturating activations and a
gradient penalty; against mode collapse a richer generator, also a residual one, rotated and
rescaled images, and minibatch discrimination. The noise's distribution and scale change the
diversity; without noise there is one output.

Correct: the report explains the vanishing gradient by a generator that is already too good. It
vanishes when the discriminator is too good.

Here: a ring of 8 and a grid of 25 Gaussians, where the modes are known, and digits. The plain GAN,
one change at a time (`tfnets.studies.gan_stabilisers.variants.VARIANTS`), and a combination, each
over several seeds (noise on labels, a residual generator and rescaled images are not among them;
targets of 0.9 and 0.1, `two_sided`, and the minimax loss are ours): modes covered, KL divergence of
the modes to an even share, Frechet distance (of points, or of the judge's features), the norm of
the gradient that reaches the generator's weights in the first and in the last epoch, the outputs at
z = 0, and the diversity of the samples when z is scaled. A watch samples each generator after every
epoch and notes when it collapses.

The plain GAN has Adam's default momentum and a learning rate of 2e-3 on the toys, settings with
which it does collapse; on digits beta_1 0.5 and 1e-3. These, the strengths of the stabilisers and
the networks' sizes were chosen by trials with seeds 0 to 2, on the toys by the modes of the
samples, on digits by the judge on training images; they are no result of this study. The reference
run has the seeds 3 to 5, which took no part in that (`--seed 3`).

Command: `tfnets run gan_stabilisers --scale full` (about 40 minutes on one core).
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from tfnets import latents, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Trial
from tfnets.methods.gans.recipe import Recipe
from tfnets.studies.gan_stabilisers import numbers, page, subjects, variants
from tfnets.studies.gan_stabilisers.settings import SCALES, Settings
from tfnets.studies.gan_stabilisers.subjects import COMPARED, Subject
from tfnets.studies.gan_stabilisers.variants import Variant
from tfnets.training.adversarial import Latent
from tfnets.training.collapse import CollapseWatch
from tfnets.training.gan import GAN

__all__ = ["SCALES", "Settings", "run"]


SAVED = ("plain", "best")
"""Variants whose generators are kept."""

WATCHED = 500
"""Samples at each look of the collapse watch."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed on every subject, measures, writes the page."""
    known = {name: subjects.of(lab.store, settings, name) for name in settings.subjects}
    seeds = run.seeds(settings.repeats)
    trials = {
        (name, variant): row
        for name in known
        for variant, row in Training.of_each(
            settings, settings.trained(name), seeds, subject=name
        ).items()
    }
    results, found = lab.results(run, trials), {}
    for name, subject in known.items():
        called = settings.named(name)
        real = run.part(f"{called}-real", subject.ceiling)
        if rows := {variant: row for (of, variant), row in results.items() if of == name}:
            found[called] = numbers.Found(subject.classes, real, rows)
    run.finish(numbers.summary(found), page.write(run, settings, found))


@final
@dataclass(frozen=True)
class Training(Trial):
    """One variant with one seed on one of `Settings.subjects`."""

    settings: Settings
    subject: str

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.settings.named(self.subject)}-{super().part}"

    mark = ""

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains under watch, and measures at the end."""
        subject = subjects.of(self.store, self.settings, self.subject)
        array = subject.train(self.seed)
        epochs, batch_size = self.settings.schedule(self.subject)
        steps = steps_per_epoch(len(array), batch_size) * epochs
        chosen = variants.of(self.variant, subject.strengths, steps)
        recipe = Recipe(
            epochs * chosen.length, batch_size, chosen.rate * subject.learning_rate,
            subject.momentum if chosen.momentum is None else chosen.momentum, chosen.falls,
            subject.execution,
        )  # fmt: skip
        networks = subject.networks(chosen, self.seed)
        trainer = GAN(*networks, _prior(chosen, subject.latent), seed=self.seed)
        same = ("loss", "penalty", "augmentation", "discriminator_steps", "average")
        recipe.compile(trainer, len(array), **{name: getattr(chosen, name) for name in same})
        watch = CollapseWatch(
            lambda: trainer.sample(WATCHED, self.seed).numpy(), subject.labels,
            real=subject.real[:WATCHED], classes=subject.classes, epochs=recipe.epochs,
            name=self.part,
        )  # fmt: skip
        recipe.fit(self, trainer, (array,), callbacks=[measuring, watch], tracked=watch.state)
        if self.variant in SAVED:
            self.run.save_model(f"{self.part}_generator", trainer.sampler)
        return self._numbers(trainer, subject) | {
            "steps": int(trainer.step.numpy()),
            "watched": watch.numbers,
            "collapsed": watch.warned,
        }

    def _numbers(self, trainer: GAN, subject: Subject) -> dict[str, Any]:
        made = trainer.sample(len(subject.real), self.seed).numpy()
        self.run.save_array(f"samples/{self.part}", made[: subject.shown])
        history = [row for row in self.run.history if row["part"] == self.part]
        gradients = [row["generator_gradient"] for row in history]

        def diversity(scale: float) -> float:
            z = scale * trainer.latent(COMPARED, (self.seed, 2))
            return metrics.diversity(subject.features(trainer.sampler(z, training=False).numpy()))

        silent = trainer.sampler(tf.zeros((100, subject.latent)), training=False)
        return subject.measure(made) | {
            "gradient_early": gradients[0],
            "gradient_late": gradients[-1],
            "gradients": gradients,
            # The largest difference between any two of 100 samples made with z = 0.
            "zero_noise": float(np.ptp(silent.numpy(), axis=0).max()),
            "spread": diversity(1.0),
            "diversity": [diversity(scale) for scale in self.settings.noise_scales],
        }


def _prior(chosen: Variant, dim: int) -> Latent:
    if chosen.prior == "none":
        return lambda n, seed: tf.zeros((n, dim))
    end = 3**0.5  # of variance 1
    return latents.Normal(dim) if chosen.prior == "normal" else latents.Uniform(dim, -end, end)
