"""Study 3.8: from a sentence to a digit.

Question: does a GAN that is given sentences draw what they say: the digit, and how thick, slanted
and large it is?

Origin: embed the sentence and give it to both networks; the discriminator learns which text fits
which image. No number was given.

Here: captions written from the images themselves (`tfnets.datasets.captions`): "a thick 7 slanted
to the left". Words are embedded by Keras layers and added up; a small convolutional generator gets
them beside the latent vector, the discriminator adds to its logit how well image and text fit
(`tfnets.models.captioned`). `matching` is trained with real images under captions of others as a
third kind of input (Reed et al. 2016), `plain` without. Measured over the captions of the test
images, with thresholds of the training images: the share of pictures in which an independent
classifier sees the digit that was named; the rank correlation of what was asked (thin or thick as
-1 or 1; left, upright or right as -1, 0 or 1; small or large as -1 or 1) with what is measured on
the picture, over the captions that ask for it; beside each the value of the real test images, which
is about the most that can be reached. The same again for every combination of digit and attributes,
where nothing can be guessed from the digit. Sampled is from a running mean of the generator's
weights.

Sizes, learning rate and epochs were chosen in trials with seed 0 on training images; one choice
followed a quick run that had been judged on captions of test images.

Command: `tfnets run caption_to_digit --scale full` (about half an hour on one core); afterwards
`tfnets generate RUN --prompt "a thick slanted seven" --out seven.png`.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfnets import datasets, latents
from tfnets.artifacts.run import Run
from tfnets.datasets import captions
from tfnets.datasets.batches import steps_per_epoch
from tfnets.datasets.prompts import Vocabulary
from tfnets.lab.engine import Lab
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.lab.points import Points
from tfnets.methods.gans import saved
from tfnets.methods.gans.saved import vocabulary_path
from tfnets.models.captioned import caption_discriminator, caption_generator
from tfnets.studies.caption_to_digit import page
from tfnets.studies.caption_to_digit.quality import CaptionQuality, measured
from tfnets.studies.caption_to_digit.settings import SCALES, Settings
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.mismatches import exchanged
from tfnets.training.optimizers import Adam

__all__ = ["SCALES", "Settings", "run"]


@dataclass(frozen=True)
class Material:
    """What the trainings share: the images, and how captions of them are written and judged."""

    images: np.ndarray
    labels: np.ndarray
    thresholds: captions.Thresholds
    quality: CaptionQuality

    def arrays(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Training images, and their captions of this seed as tokens."""
        written = captions.write(self.images, self.labels, self.thresholds, seed)
        return self.images, Vocabulary().tokens(written.texts)


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures after each epoch and at the end, draws, reports."""
    data = datasets.load("mnist", lab.data_dir).first(settings.train_images)
    thresholds = captions.Thresholds.of(data.x_train, data.y_train)
    quality = CaptionQuality(data, thresholds, settings, run.config.seed)
    material = Material(data.x_train, data.y_train, thresholds, quality)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        name: [Training(run, settings, name, seed).measured(material) for seed in seeds]
        for name in settings.variants
    }
    numbers = page.numbers(rows, quality)
    page.draw(run, settings, numbers, quality)
    report = page.report(settings, rows, numbers)
    run.finish(numbers, report.as_json())


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

    def measured(self, material: Material) -> dict[str, Any]:
        """Trains to the end; returns the final numbers and `curve`, those after each epoch."""
        final, curve = self._points.trained(lambda: self._train(material))
        return final | {"curve": curve}

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, range(1, self.settings.epochs + 1))

    def _train(self, material: Material) -> dict[str, Any]:
        settings, quality = self.settings, material.quality
        trainer = self._trainer(len(material.images))

        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))

        fit(
            self.run, self.part, trainer, material.arrays(self.seed),
            batch_size=settings.batch_size, epochs=settings.epochs, seed=self.seed,
            callbacks=[measuring],
        )  # fmt: skip
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        Vocabulary().save(vocabulary_path(self.run, self.part))
        images = _sample(trainer, quality.tokens, self.seed)
        self.run.save_array(f"measured/{self.part}", np.stack([*measured(images).values()]))
        return quality.whole(images, _sample(trainer, quality.crossed, self.seed))

    def _trainer(self, images: int) -> ConditionalGAN:
        settings, vocabulary = self.settings, Vocabulary()
        text = {"words": len(vocabulary.words), "length": vocabulary.length}
        networks = {"width": settings.width, "seed": self.seed, **text}
        trainer = ConditionalGAN(
            caption_generator(settings.latent, **networks),
            caption_discriminator(**networks),
            latents.PRIORS[settings.prior](settings.latent),
            seed=self.seed,
        )
        steps = steps_per_epoch(images, settings.batch_size)
        trainer.compile(
            generator_optimizer=self._adam(settings.epochs * steps),
            discriminator_optimizer=self._adam(settings.epochs * steps),
            mismatch=exchanged() if self.variant == "matching" else None,
            average=settings.average,
            steps_per_execution=steps_per_execution(steps),
        )
        return trainer

    def _adam(self, steps: int) -> Adam:
        falling = keras.optimizers.schedules.CosineDecay(self.settings.learning_rate, steps)
        return Adam(falling, beta_1=0.5)

    def _measure(
        self, trainer: ConditionalGAN, epoch: int, quality: CaptionQuality
    ) -> dict[str, Any]:
        if self.seed == self.run.config.seed:
            self.run.save_array(f"samples/{self.part}-epoch{epoch}", _shown(trainer, self.seed))
        images = _sample(trainer, quality.curve_tokens, self.seed)
        return quality.brief(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


def _shown(trainer: ConditionalGAN, seed: int) -> np.ndarray:
    """A row per prompt of the page, a latent vector per column; the same ones at all epochs."""
    z = np.tile(trainer.latent(page.COLUMNS, (seed, 2)), (len(page.PROMPTS), 1))
    tokens = np.repeat(Vocabulary().tokens(page.PROMPTS), page.COLUMNS, axis=0)
    return np.clip(trainer.sampler([z, tokens], training=False), 0, 1)


def _sample(trainer: ConditionalGAN, tokens: np.ndarray, seed: int) -> np.ndarray:
    return np.clip(trainer.sample(tokens, seed), 0, 1)
