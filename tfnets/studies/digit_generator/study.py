"""Study 4.4: ask for a digit, get one.

Question: does the GAN in the latent space, asked for a digit, draw that digit?

Origin: the latent GAN of study 4.2 with the digit added as a condition. No number was given.

Here: the latent GAN of that study in our version, without its clusters (`improved`), and the
origin's, each with the digit's one-hot vector beside z and beside the latents, each over several
seeds, autoencoder included. Both see real latents with wrong digits as a third kind of input (Reed
et al. 2016). An independent classifier judges 1,000 images of each digit: label agreement by digit,
with Wilson's interval and beside the judge's agreement on real test images. Frechet distance,
precision, recall and coverage, the last per class, too, are over 10,000 images that are asked for
by the labels of the test images. What is saved is the whole network from z and digit to the image:

    tfnets generate RUN --digit 7 --count 16
    tfnets export RUN --digits --out saved/digits    # a SavedModel (digit, seed) -> image

At its end the run makes that SavedModel of its best generator, which a process without Keras has to
run and to compare before it is kept (`digits/` in the run folder).

The settings of `improved` were chosen in short trials of one seed (0), by label agreement and by
the Frechet distance of decoded samples to training images.

Command: `tfnets run digit_generator --scale full` (about 20 minutes on one core).
"""

import functools
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Trial, Work
from tfnets.methods.gans import conditional, label_quality, latent, saved
from tfnets.methods.gans import export as exporting
from tfnets.methods.gans.judges import seen
from tfnets.methods.gans.saved import SavedGenerator
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.latent_networks import drawing
from tfnets.studies.digit_generator import numbers, page
from tfnets.studies.digit_generator.settings import DIGITS, ROWS, SCALES, Settings
from tfnets.training.callbacks import AtEpochs
from tfnets.training.conditional import ConditionalGAN

__all__ = ["SCALES", "Settings", "run"]

OTHER_LATENTS = 100_000
"""What the seed of the latents of the counted digits is larger by than that of other images."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures, exports, writes the page."""
    for variant in settings.variants:
        settings.source(variant).require(run)
    judge = label_quality.of(lab.store, settings)
    trials = {
        variant: [Training(settings, variant, seed) for seed in run.seeds(settings.repeats)]
        for variant in settings.variants
    }
    lab.run(run, [trial for seeds in trials.values() for trial in seeds])
    rows = {
        variant: [trial.result(run) | {"curve": trial.measured(run)} for trial in seeds]
        for variant, seeds in trials.items()
    }
    found = numbers.over_seeds(run, rows, judge)
    if settings.export:
        found["export"] = _export(run, found["best"])
    run.finish(found, page.write(run, settings, rows, found))


def _export(run: Run, best: str) -> dict[str, Any]:
    """Makes the SavedModel of the best variant's first seed in the run folder."""

    def compute() -> dict[str, Any]:
        made = exporting.export_digits(
            run, run.path / "digits", f"{best}-{run.config.seed}", force=True
        )
        return {
            "generator": f"{best}-{run.config.seed}",
            "inputs": made.inputs,
            "outputs": made.outputs,
            "max_abs_difference": made.max_abs_difference,
            # The last digits depend on how many functions this process has traced before.
            "size_bytes": round(made.size_bytes, -4),
        }

    return run.part(f"export-{best}", compute)


@final
@dataclass(frozen=True)
class Training(Trial):
    """One variant with one seed."""

    settings: Settings

    @property
    def part(self) -> str:
        """Name of the part; the autoencoders have names of their own."""
        return f"{self.variant}_gan-{self.seed}"

    @property
    def points(self) -> tuple[int, ...]:
        """Epochs after which samples are measured."""
        return latent.points(self.settings, self.variant)

    @property
    def needs(self) -> tuple[Work]:
        """The autoencoder."""
        return (self.settings.source(self.variant).trial(self.seed),)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains on the latents, and judges pictures that the whole network draws."""
        settings, recipe = self.settings, self.settings.recipe(self.variant)
        data = self.store.images(settings.dataset, settings.train_images)
        model, restored = self._autoencoder
        known = model.encode(data.x_train)
        trainer = recipe.trainer(known.shape[1], self.seed, len(known))
        made = self._whole(trainer)

        def frame(epoch: int) -> None:
            self.keep(epoch, conditional.grid(made.model, made.prior, ROWS, self.seed))

        callbacks = [measuring]
        if self.seed == self.run.config.seed:
            callbacks.append(AtEpochs(settings.filmed(self.variant), frame))
        recipe.fit(self, trainer, (known, data.y_train), callbacks=callbacks)
        saved.save(self.run, self.part, made.model, made.prior)
        final = {"restored": restored, "steps": int(trainer.step.numpy())}
        return self._final(made) | final

    def measure(self, trainer: ConditionalGAN, point: int) -> dict[str, Any]:
        """Measures pictures briefly."""
        judge = label_quality.of(self.store, self.settings)
        asked = judge.curve_labels
        images = self._whole(trainer).draw((asked,), len(asked), self.seed)
        return judge.brief(images) | {"epoch": point, "step": int(trainer.step.numpy())}

    def _final(self, made: SavedGenerator) -> dict[str, Any]:
        """Measures quality; keeps the digits asked for and seen in as many pictures of each."""
        judge = label_quality.of(self.store, self.settings)
        found, _ = judge.whole(made.draw((judge.labels,), judge.samples, self.seed))
        asked = np.repeat(np.arange(DIGITS, dtype=np.int32), self.settings.per_digit)
        images = made.draw((asked,), len(asked), self.seed + OTHER_LATENTS)
        counted = np.stack([asked, seen(judge.judged(images))])
        self.run.save_array(f"judged/{self.part}", counted)
        return found

    def _whole(self, trainer: ConditionalGAN) -> SavedGenerator:
        """The network from z and digit to the picture."""
        whole = drawing(trainer.sampler, self._autoencoder[0].decoder)
        return SavedGenerator(self.part, whole, trainer.latent, None)

    @functools.cached_property
    def _autoencoder(self) -> tuple[Autoencoder, dict[str, Any]]:
        """The autoencoder, and what was restored of it."""
        return self.settings.source(self.variant).get(self.run, self.seed)
