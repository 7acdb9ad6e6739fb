"""Study 3.1: autoencoders of digits, and what their latents know of the classes.

Question: what do small convolutional autoencoders keep of a digit, and how do the classes lie in
their latents?

Origin (ran): conv 4, 8, 16 with pooling, 100 latents (64 in the report with the few-label table),
decoder dense - conv 8 - dense - conv 1; and a decoder of one dense layer, a good autoencoder but a
useless generator. The first two principal components of the latents, coloured by digit: separated
with overlaps. No number was given.

Here: both, the origin's network trained to restore images of which half of the 4x4 patches are
hidden (`masked`; He et al. 2022), and a deeper one (`deep`), each over several seeds, with the
reconstruction error on test images, k-nearest-neighbour and linear-probe accuracy on the latents,
and the share of variance that two principal components explain. A fifth, the origin's trained to
remove Gaussian noise (`denoising`; Vincent et al. 2010), can be asked for; study `few_labels` uses
it.

Command: `tfnets run autoencoder --scale full` (about half an hour on 2 cores).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import means
from tfnets.lab.trial import Work
from tfnets.methods.autoencoders.training import Training
from tfnets.models import autoencoders
from tfnets.studies.autoencoder import page
from tfnets.studies.autoencoder.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]

SCATTERED = 2_000  # test images whose latents are drawn


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains and measures every variant and seed, writes the page."""
    seeds = run.seeds(settings.repeats)
    measured = {name: [Measured(settings, name, s) for s in seeds] for name in settings.variants}
    lab.run(run, [each for repeats in measured.values() for each in repeats])
    rows = {name: [each.result(run) for each in repeats] for name, repeats in measured.items()}
    numbers = {name: means(repeats, but=("parameters",)) for name, repeats in rows.items()}
    run.finish(numbers, page.write(run, settings, rows, numbers))


@final
@dataclass(frozen=True)
class Measured(Work):
    """One variant with one seed: its autoencoder, measured on test images."""

    settings: Settings
    mark = "measure-"

    @property
    def needs(self) -> Sequence[Training]:
        """The training."""
        return (Training(self.settings.recipe, self.variant, self.seed),)

    def do(self) -> None:
        """Measures; of the run's first seed, pictures are kept."""
        settings, (training,) = self.settings, self.needs
        model = training.at(self.run).trained()
        data = self.store.images(settings.dataset, settings.train_images, settings.test_images)
        if self.seed == self.run.config.seed:
            self._keep(model, data)
        self.run.part(self.key, lambda: _numbers(model, data, settings.neighbour_images))

    def _keep(self, model: autoencoders.Autoencoder, data: datasets.ImageData) -> None:
        shown = np.stack([data.x_test[data.y_test == label][0] for label in np.unique(data.y_test)])
        plane = metrics.pca_explained(model.encode(data.x_test[:SCATTERED]))[0]
        self.run.save_array("samples/shown", shown)
        self.run.save_array("samples/classes", data.y_test[:SCATTERED])
        self.run.save_array(f"samples/{self.variant}-restored", model.decode(model.encode(shown)))
        self.run.save_array(f"samples/{self.variant}-plane", plane)


def _numbers(
    model: autoencoders.Autoencoder, data: datasets.ImageData, neighbour_images: int
) -> dict[str, float]:
    labels, latents = data.y_train[:neighbour_images], model.encode(data.x_test)
    known = model.encode(data.x_train[:neighbour_images])
    restored, together = model.decode(latents), np.concatenate([known, latents])
    plane, explained = metrics.pca_explained(together)
    known_plane, test_plane = np.split(plane, [len(known)])
    return {
        "test_mse": float(np.mean((restored - data.x_test) ** 2)),
        "knn_accuracy": metrics.knn_accuracy(known, labels, latents, data.y_test),
        "probe_accuracy": metrics.probe_accuracy(known, labels, latents, data.y_test),
        "pca_explained": explained,
        "pca_plane_knn_accuracy": metrics.knn_accuracy(
            known_plane, labels, test_plane, data.y_test
        ),
        "parameters": model.encoder.count_params() + model.decoder.count_params(),
    }
