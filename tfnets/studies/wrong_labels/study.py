"""Study 3.5: what the discriminator of a conditional GAN does with a wrong label.

Question: does the discriminator of a conditional GAN check whether image and label fit?

Origin (answered): the conditional discriminator does not check labels as such, but pairs with wrong
labels should land among the fakes.

Here: a conditional GAN of study 3.4, trained as it is (`plain`) and with real images under wrong
labels as a third kind of input that is to be rejected (`matching`, Reed et al. 2016), each over
several seeds. The discriminator then scores real test images, which neither has seen, with their
own labels, with every wrong label, and generated images with the labels they were made for.
Reported are the three distributions of its logit; the area under the ROC curve (AUROC) of right
against wrong labels, of right pairs against generated images, and of wrong labels against generated
images; the share of pairs called real (logit above 0); and how often the discriminator scores an
image's own label highest of all, which makes a classifier of it. "Checks labels" is the first AUROC
above 0.5; "wrong-label pairs land among the fakes" is the last at 0.5 or below.

Command: `tfnets run wrong_labels --scale full` (about a quarter of an hour on one core).
"""

from typing import Any, final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.gans import conditional, label_quality, saved
from tfnets.methods.gans.label_quality import EveryEpoch
from tfnets.models.conditional import CLASSES
from tfnets.studies.wrong_labels import numbers, page
from tfnets.studies.wrong_labels.settings import SCALES, Settings
from tfnets.training.conditional import ConditionalGAN

__all__ = ["SCALES", "Settings", "run"]

BATCH = 1000
"""Pairs that are scored at a time."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, scores right, wrong and generated pairs, writes the page."""
    judge = label_quality.of(lab.store, settings)
    trials = Training.of_each(settings, settings.variants, run.seeds(settings.repeats))
    rows = lab.results(run, trials, "curve")
    found = numbers.over_seeds(rows, judge)
    run.save_array("asked", judge.labels)
    run.finish(found, page.write(run, settings, rows, found))


@final
class Training(EveryEpoch):
    """One variant with one seed; keeps the logits of all pairs at the end."""

    settings: Settings

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains, and scores the test images and as many generated ones."""
        settings, recipe = self.settings, self.settings.recipe(self.variant)
        data = self.store.images(settings.dataset, settings.train_images)
        trainer = recipe.trainer(self.seed, len(data.x_train))
        recipe.fit(self, trainer, (data.x_train, data.y_train), callbacks=[measuring])
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        judge = label_quality.of(self.store, settings)
        made, scores, fakes = self._scored(trainer, judge.samples)
        self.run.save_array(f"scores/{self.part}", np.column_stack([scores, fakes]))
        return numbers.of_logits(scores, judge.labels, fakes) | judge.brief(made)

    def measure(self, trainer: ConditionalGAN, point: int) -> dict[str, Any]:
        """Scores some of the images."""
        data = self.store.images(self.settings.dataset, 0, self.settings.curve_samples)
        made, scores, fakes = self._scored(trainer, len(data.y_test))
        found = numbers.of_logits(scores, data.y_test, fakes)
        return found | {"epoch": point, "step": int(trainer.step.numpy()), "n": len(made)}

    def _scored(self, trainer: ConditionalGAN, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Images for the labels of the first n test images, those' logits, and theirs."""
        data = self.store.images(self.settings.dataset, 0, n)
        made = conditional.sample(trainer, data.y_test, self.seed)
        scores = score_all(trainer.discriminator, data.x_test)
        return made, scores, _scores(trainer.discriminator, made, data.y_test)


def score_all(discriminator: keras.Model, images: np.ndarray) -> np.ndarray:
    """Returns the logits (n, classes) of images (n, h, w, c) under every label."""
    n = len(images)
    every = (np.full(n, label, np.int32) for label in range(CLASSES))
    return np.column_stack([_scores(discriminator, images, labels) for labels in every])


def _scores(discriminator: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logits (n,) of pairs. Called, not `predict`, which compiles anew for each trainer."""
    parts = [
        discriminator([images[i : i + BATCH], labels[i : i + BATCH]], training=False)
        for i in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)[:, 0]
