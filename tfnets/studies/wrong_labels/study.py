"""Study 3.5: what the discriminator of a conditional GAN does with a wrong label.

Question: does the discriminator of a conditional GAN check whether image and label fit?

Origin: "not as such, but wrong-label pairs should land among the fakes". No number was given.

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

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.lab.engine import Lab
from tfnets.lab.points import Points
from tfnets.methods.gans import conditional, saved
from tfnets.methods.gans.conditional import Recipe
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.models.conditional import CLASSES
from tfnets.studies.wrong_labels import page
from tfnets.studies.wrong_labels.settings import SCALES, VARIANTS, Settings
from tfnets.training.conditional import ConditionalGAN

__all__ = ["SCALES", "Settings", "run"]


BATCH = 1000
"""Pairs that are scored at a time."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every variant and seed, scores right, wrong and generated pairs, draws, reports."""
    data = datasets.load(settings.dataset, lab.data_dir).first(settings.train_images)
    quality = LabelQuality(data, settings.samples, settings.samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        variant: [Training(run, settings, variant, seed).scored(data, quality) for seed in seeds]
        for variant in settings.variants
    }
    numbers = page.numbers(rows, quality)
    run.save_array("asked", quality.asked)
    page.draw(run, settings, numbers)
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

    def scored(self, data: ImageData, quality: LabelQuality) -> dict[str, Any]:
        """Trains; returns what the discriminator says of the three kinds of pairs, and `curve`."""
        final, curve = self._points.trained(lambda: self._train(data, quality))
        return final | {"curve": curve}

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, range(1, self.settings.epochs + 1))

    def _train(self, data: ImageData, quality: LabelQuality) -> dict[str, Any]:
        recipe = _recipe(self.settings, VARIANTS[self.variant])
        trainer = recipe.trainer(self.seed, len(data.x_train))

        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, data))

        recipe.fit(self.run, self.part, trainer, data, seed=self.seed, measuring=measuring)
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        made = conditional.sample(trainer, quality.asked, self.seed)
        scores = score_all(trainer.discriminator, data.x_test[: quality.samples])
        fakes = _scores(trainer.discriminator, made, quality.asked)
        self.run.save_array(f"scores/{self.part}", np.column_stack([scores, fakes]))
        return summary(scores, quality.asked, fakes) | quality.brief(made)

    def _measure(self, trainer: ConditionalGAN, epoch: int, data: ImageData) -> dict[str, Any]:
        first = data.first(0, self.settings.curve_samples)
        made = conditional.sample(trainer, first.y_test, self.seed)
        scores = score_all(trainer.discriminator, first.x_test)
        fakes = _scores(trainer.discriminator, made, first.y_test)
        numbers = summary(scores, first.y_test, fakes)
        return numbers | {"epoch": epoch, "step": int(trainer.step.numpy()), "n": len(made)}


def _recipe(settings: Settings, matching: bool) -> Recipe:
    return Recipe(
        settings.network, settings.prior, settings.latent, settings.epochs, settings.batch_size,
        settings.learning_rate, settings.average, matching,
    )  # fmt: skip


def score_all(discriminator: keras.Model, images: np.ndarray) -> np.ndarray:
    """Returns the logits (n, classes) of images (n, h, w, c) under every label."""
    n = len(images)
    every = (np.full(n, label, np.int32) for label in range(CLASSES))
    return np.column_stack([_scores(discriminator, images, labels) for labels in every])


def summary(scores: np.ndarray, labels: np.ndarray, fakes: np.ndarray) -> dict[str, float]:
    """What the logits say of right, wrong and generated pairs.

    Args:
        scores: Logits (n, classes) of real images under every label.
        labels: Their own labels (n,).
        fakes: Logits (m,) of generated images under the labels that they were made for.

    Returns:
        `auroc_wrong` and `auroc_fake` (right pairs against wrong ones and against generated
        images; 0.5 is chance, 1 perfect), `auroc_wrong_above_fake` (wrong pairs against generated
        images: below 0.5, wrong pairs are rejected more clearly than generated images), `accuracy`
        (share of images whose own label has the highest logit), and for each kind the mean `logit`
        and the share called `real`.
    """
    right, wrong = right_and_wrong(scores, labels)
    kinds = {"right": right, "wrong": wrong, "fake": fakes}
    return {
        "auroc_wrong": auroc(right, wrong),
        "auroc_fake": auroc(right, fakes),
        "auroc_wrong_above_fake": auroc(wrong, fakes),
        "accuracy": float(np.mean(scores.argmax(axis=1) == labels)),
        **{f"logit_{kind}": float(np.mean(values)) for kind, values in kinds.items()},
        **{f"real_{kind}": float(np.mean(values > 0)) for kind, values in kinds.items()},
    }


def right_and_wrong(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Splits logits (n, classes) into those of own labels (n,) and all others, (n, classes - 1)."""
    own = np.arange(scores.shape[1]) == np.asarray(labels)[:, None]
    return scores[own], scores[~own].reshape(len(scores), -1)


def auroc(above: np.ndarray, below: np.ndarray) -> float:
    """Probability that a value of the first kind is larger than one of the second (ties: half)."""
    above, below = np.ravel(above), np.ravel(below)
    kinds = np.repeat([1, 0], [len(above), len(below)])
    return float(roc_auc_score(kinds, np.concatenate([above, below])))


def _scores(discriminator: keras.Model, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logits (n,) of pairs. Called, not `predict`, which compiles anew for each trainer."""
    parts = [
        discriminator([images[i : i + BATCH], labels[i : i + BATCH]], training=False)
        for i in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)[:, 0]
