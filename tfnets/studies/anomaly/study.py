"""Study 5.1: finding images of a kind that an autoencoder has never seen.

Question: does an autoencoder that has seen normal images only tell which of new ones are of another
kind?

Origin (answered): an autoencoder trained on normal images with an L2 loss; a large reconstruction
error means an anomaly. Nothing was built.

Here: an autoencoder of dense layers with a small latent, trained without labels. First on all
digits, and asked to tell other digits from pieces of clothing; then on nine digits, and asked to
tell them from the tenth, for each of the ten. Area under the ROC curve (AUROC) and average
precision, over several seeds, beside the reconstruction error of PCA and an isolation forest of
scikit-learn. The plain reconstruction error finds thin and simple digits normal whatever they are.
So further scores of the same network are measured: the error relative to the image's ink; the error
of the differences of neighbouring pixels relative to the image's own, which sees blurred and
invented edges; the local outlier factor of its latents among those of 10,000 normal training images
(Breunig et al. 2000); and the sum of these three, each in units of its spread over them. PCA's
error is also given relative to the ink, and for edges.

How settings were chosen: on training images alone, with digits 1, 4 and 7 held out of 10,000 of the
first 14,000 and looked for among 2,000 of the last 6,000, one seed. The mean AUROC of latents and
error by ink alone was 0.918 with 12 latents and 0.869 with 8; with a mixture of 20 Gaussians in
place of the outlier factor it was 0.900 with 12 latents, 0.887 with 16 and 0.832 with 32. PCA had
its best AUROC with 10 components of 10, 30 and 80, by either of its scores (0.546, and 0.828
relative to the ink). The error of edges was added after a first full run, in which latents and
error by ink reached 0.982 between digits and clothing, where 0.99 was wanted: in the same trial it
raised the held-out digits' mean from 0.912 to 0.927 (in place of the error by ink: 0.921), and, on
training images of both data sets, that of clothing from 0.985 to 0.995.

`tfnets anomaly --train DIR --test DIR` does the same with a person's own pictures.

Command: `tfnets run anomaly --scale full` (about ten minutes on one core).
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.fit import annealed_fit, own_targets
from tfnets.lab.trial import Measurement, Trial
from tfnets.methods.anomalies import Scorer, baseline_scores, oddest_first
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.dense_autoencoders import dense_autoencoder
from tfnets.studies.anomaly import numbers, page
from tfnets.studies.anomaly import settings as kept
from tfnets.studies.anomaly.settings import OTHERS, SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains and scores for each case and seed, writes the page."""
    sets = [lab.store.images(name) for name in (settings.dataset, settings.other)]
    for name in settings.cases:  # Refuses too few images.
        steps_per_epoch(len(Kinds.of(settings, name, *sets).known), settings.batch_size)
    seeds = run.seeds(settings.repeats)
    trained = {name: [Detecting(settings, name, seed) for seed in seeds] for name in settings.cases}
    lab.run(run, [each for repeats in trained.values() for each in repeats])
    rows = {name: [each.result(run) for each in repeats] for name, repeats in trained.items()}
    summary = numbers.summary(rows)
    run.finish(summary, page.write(run, settings, rows, summary))


@dataclass(frozen=True, eq=False)
class Kinds:
    """What is normal and what is not: images to learn from, and test images of both kinds."""

    known: np.ndarray
    normal: np.ndarray
    odd: np.ndarray

    @classmethod
    def of(cls, settings: Settings, case: str, data: ImageData, other: ImageData) -> "Kinds":
        """Returns the images of a case: `OTHERS`, or a class that is held out."""
        few = slice(0, settings.test_images)
        if case == OTHERS:
            return cls(data.x_train[: settings.train_images], data.x_test[few], other.x_test[few])
        known = np.flatnonzero(data.y_train != int(case))[: settings.train_images]
        normal = data.y_test[few] != int(case)
        return cls(data.x_train[known], data.x_test[few][normal], data.x_test[few][~normal])

    @property
    def test(self) -> np.ndarray:
        """Normal test images, then the odd ones."""
        return np.concatenate([self.normal, self.odd])


@final
@dataclass(frozen=True)
class Detecting(Trial):
    """One case with one seed: an autoencoder of normal images, and how well scores detect."""

    settings: Settings
    key = Measurement.key

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains without labels and measures every score; the run's first seed keeps some."""
        settings, seed = self.settings, self.seed
        sets = (self.store.images(name) for name in (settings.dataset, settings.other))
        kinds = Kinds.of(settings, self.variant, *sets)
        model = dense_autoencoder(kinds.known.shape[1:], settings.latent, seed, settings.hidden)
        annealed_fit(
            self.run, self.part, model.joined(), (kinds.known,), loss="binary_crossentropy",
            learning_rate=settings.learning_rate, batch_size=settings.batch_size,
            epochs=settings.epochs, seed=seed, transform=own_targets, callbacks=[measuring],
        )  # fmt: skip
        sizes = settings.components, settings.trees, seed
        scores = Scorer.fitted(model, kinds.known).scores(kinds.test)
        scores |= baseline_scores(kinds.known, kinds.test, *sizes)
        if seed == self.run.config.seed:
            self._keep(kinds, model, scores)
        normal = len(kinds.normal)
        detected = {n: metrics.detection(s[:normal], s[normal:]) for n, s in scores.items()}
        return {"normal": normal, "odd": len(kinds.odd), "scores": detected}

    def _keep(self, kinds: Kinds, model: Autoencoder, scores: dict[str, np.ndarray]) -> None:
        """Saves what figures show of a case."""
        oddest = oddest_first(scores[kept.CLAIMED])[: kept.ODDEST]
        arrays = {
            "scores": np.stack([scores[name] for name in kept.DENSITIES]).astype(np.float32),
            "oddest": kinds.test[oddest],
            "oddest_are_odd": oddest >= len(kinds.normal),
        }
        if self.variant == OTHERS:
            shown = np.concatenate([kinds.normal[: kept.SHOWN], kinds.odd[: kept.SHOWN]])
            arrays |= {"shown": shown, "restored": model.reconstruct(shown)}
            for part, network in model._asdict().items():
                self.run.save_model(f"{OTHERS}_{part}", network)
        for name, values in arrays.items():
            self.run.save_array(f"{self.variant}-{name}", values)
