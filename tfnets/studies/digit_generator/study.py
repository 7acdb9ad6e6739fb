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

from dataclasses import dataclass
from typing import Any

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.lab.engine import Lab
from tfnets.lab.points import Points
from tfnets.methods.autoencoders.source import Source
from tfnets.methods.gans import export as exporting
from tfnets.methods.gans import saved
from tfnets.methods.gans.judges import load as load_judge
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.methods.gans.latent import Recipe, points
from tfnets.methods.gans.saved import SavedGenerator
from tfnets.models.latent_networks import drawing
from tfnets.studies.digit_generator import numbers as digit_numbers
from tfnets.studies.digit_generator import page
from tfnets.studies.digit_generator.settings import SCALES, Settings
from tfnets.training.callbacks import AtEpochs

__all__ = ["SCALES", "Settings", "run"]


DIGITS = 10


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, measures, draws, exports, reports."""
    for variant in settings.variants:
        Source.of(settings, variant).require(run)
    data = datasets.load(settings.dataset, lab.data_dir).first(settings.train_images)
    quality = LabelQuality(data, settings.samples, settings.curve_samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        variant: [Training(run, settings, variant, seed).measured(data, quality) for seed in seeds]
        for variant in settings.variants
    }
    numbers = digit_numbers.numbers(run, rows, quality)
    if settings.export:
        numbers["export"] = _export(run, numbers["best"])
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


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
            "size_bytes": made.size_bytes,
        }

    return run.part(f"export-{best}", compute)


@dataclass(frozen=True)
class Training:
    """One variant with one seed: a part of the run."""

    run: Run
    settings: Settings
    variant: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part; the autoencoders have names of their own."""
        return f"{self.variant}_gan-{self.seed}"

    def measured(self, data: ImageData, quality: LabelQuality) -> dict[str, Any]:
        """Trains to the end.

        Returns:
            The final numbers of `LabelQuality.whole`, `digits` (agreement on as many images of each
            digit, `metrics.label_agreement`), `restored`, `steps`, and `curve`, the points.
        """
        final, curve = self._points.trained(lambda: self._train(data, quality))
        return final | {"curve": curve}

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, points(self.settings, self.variant))

    def _train(self, data: ImageData, quality: LabelQuality) -> dict[str, Any]:
        source = Source.of(self.settings, self.variant)
        recipe = Recipe.of(self.settings, self.variant, classes=DIGITS)
        model, restored = source.get(self.run, self.seed, data.x_train)
        known = model.encode(data.x_train)
        trainer = recipe.trainer(source.size, self.seed, len(known))
        whole = drawing(trainer.sampler, model.decoder)
        made = SavedGenerator(self.part, whole, trainer.latent, None)

        def measure(epoch: int) -> dict[str, Any]:
            images = made.draw((quality.curve_asked,), len(quality.curve_asked), self.seed)
            return quality.brief(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}

        def frame(epoch: int) -> None:
            self.run.save_array(f"samples/{self.part}-epoch{epoch}", _grid(made, self.seed))

        callbacks = [self._points.measuring(measure)]
        if self.seed == self.run.config.seed:
            callbacks.append(AtEpochs(page.frames(self.settings, self.variant), frame))
        recipe.fit(
            self.run, self.part, trainer, (known, data.y_train), seed=self.seed,
            callbacks=callbacks,
        )  # fmt: skip
        saved.save(self.run, self.part, whole, trainer.latent)
        return self._final(made, quality) | {
            "restored": restored,
            "steps": int(trainer.step.numpy()),
        }

    def _final(self, made: SavedGenerator, quality: LabelQuality) -> dict[str, Any]:
        numbers, _ = quality.whole(made.draw((quality.asked,), quality.samples, self.seed))
        asked = np.repeat(np.arange(DIGITS, dtype=np.int32), self.settings.per_digit)
        images = made.draw((asked,), len(asked), self.seed + digit_numbers.OTHER_LATENTS)
        judge = load_judge(self.settings.dataset)
        judged = judge.predict(images, batch_size=500, verbose=0)["probabilities"].argmax(axis=1)
        self.run.save_array(f"judged/{self.part}", np.stack([asked, judged]))
        return numbers


def _grid(made: SavedGenerator, seed: int) -> np.ndarray:
    """A latent vector per row under all digits, the same ones at all times: (100, 28, 28, 1)."""
    z = np.repeat(made.prior(page.ROWS, (seed, 2)), DIGITS, axis=0)
    digits = np.tile(np.arange(DIGITS, dtype=np.int32), page.ROWS)
    return np.clip(made.model([z, digits], training=False), 0, 1)
