"""Study 4.4: ask for a digit, get one.

Question: does the GAN in the latent space, asked for a digit, draw that digit?

Origin (ran): the latent GAN of study 4.2 with the digit added as a condition: ask for a digit, get
one. No number was given.

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

from typing import Any, final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.gans import conditional, label_quality, saved
from tfnets.methods.gans import export as exporting
from tfnets.methods.gans.judges import seen
from tfnets.methods.gans.latent import LatentTraining
from tfnets.methods.gans.saved import SavedGenerator
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
    trials = Training.of_each(settings, settings.variants, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "curve")
    found = numbers.over_seeds(run, rows, judge)
    if settings.export:
        found["export"] = _export(run, found["best"])
    run.finish(found, page.write(run, settings, rows, found))


def _export(run: Run, best: str) -> dict[str, Any]:
    """Makes the SavedModel of the best variant's first seed in the run folder."""
    generator = f"{best}-{run.config.seed}"

    def compute() -> dict[str, Any]:
        made = exporting.export_digits(run, run.path / "digits", generator, force=True)
        return {
            "generator": generator,
            "inputs": made.inputs,
            "outputs": made.outputs,
            "max_abs_difference": made.max_abs_difference,
            # The last digits depend on how many functions this process has traced before.
            "size_bytes": round(made.size_bytes, -4),
        }

    return run.part(f"export-{best}", compute)


@final
class Training(LatentTraining):
    """One variant with one seed."""

    settings: Settings

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains on the latents, and judges pictures that the whole network draws."""
        settings = self.settings
        data = self.store.images(settings.dataset, settings.train_images)
        model, restored = self.autoencoder
        known = model.encode(data.x_train)
        recipe = settings.recipe(self.variant)
        trainer = recipe.trainer(known.shape[1], self.seed, len(known))
        made = self.whole(trainer.sampler)

        def frame(epoch: int) -> None:
            self.keep(epoch, conditional.grid(made.model, made.prior, ROWS, self.seed))

        callbacks = [measuring]
        if self.seed == self.run.config.seed:
            callbacks.append(AtEpochs(settings.filmed(self.variant), frame))
        recipe.fit(self, trainer, (known, data.y_train), callbacks=callbacks)
        saved.save(self.run, self.part, made.model, made.prior)
        return self._final(made) | {"restored": restored, "steps": int(trainer.step.numpy())}

    def measure(self, trainer: ConditionalGAN, point: int) -> dict[str, Any]:
        """Measures pictures briefly."""
        judge = label_quality.of(self.store, self.settings)
        asked = judge.curve_labels
        images = self.whole(trainer.sampler).draw((asked,), len(asked), self.seed)
        return judge.brief(images) | {"epoch": point, "step": int(trainer.step.numpy())}

    def _final(self, made: SavedGenerator) -> dict[str, Any]:
        """Measures quality; keeps the digits asked for and seen in as many pictures of each."""
        judge = label_quality.of(self.store, self.settings)
        found, _ = judge.whole(made.draw((judge.labels,), judge.samples, self.seed))
        asked = np.repeat(np.arange(DIGITS, dtype=np.int32), self.settings.per_digit)
        images = made.draw((asked,), len(asked), self.seed + OTHER_LATENTS)
        self.run.save_array(f"judged/{self.part}", np.stack([asked, seen(judge.judged(images))]))
        return found
