"""Study 3.1: autoencoders of digits, and what their latents know of the classes.

Question: what do small convolutional autoencoders keep of a digit, and how do the classes lie in
their latents?

Origin: conv 4, 8, 16 with pooling, 100 latents, decoder dense - conv 8 - dense - conv 1; and a
decoder of one dense layer. Reconstructions looked good for both; the first two principal
components of the latents showed the digits "separated with overlaps". No number was given.

Here: both, the origin's network trained to restore images of which half of the 4x4 patches are
hidden (`masked`; He et al. 2022), and a deeper one (`deep`), each over several seeds, with the
reconstruction error on test images, k-nearest-neighbour and linear-probe accuracy on the latents,
and the share of variance that two principal components explain. A fifth, the origin's trained to
remove Gaussian noise (`denoising`; Vincent et al. 2010), can be asked for; study `few_labels` uses
it.

Command: `tfnets run autoencoder --scale full` (about half an hour on 2 cores).
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.methods.autoencoders.training import Recipe, load, train
from tfnets.models import autoencoders
from tfnets.studies.autoencoder import page
from tfnets.studies.autoencoder.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains and measures every variant and seed, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, data_dir).first(
        settings.train_images, settings.test_images
    )
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        name: [_measured(run, name, settings, seed, data) for seed in seeds]
        for name in settings.variants
    }
    numbers = {name: _summary(repeats) for name, repeats in rows.items()}
    models = {name: load(run, name, run.config.seed) for name in settings.variants}
    page.draw(run, models, data)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def _measured(
    run: Run, name: str, settings: Settings, seed: int, data: datasets.ImageData
) -> dict[str, float]:
    recipe = Recipe(settings.latent, settings.epochs, settings.batch_size, settings.learning_rate)
    model = train(run, name, recipe, seed, data.x_train)
    return run.part(f"measure-{name}-{seed}", partial(_measure, model, settings, data))


def _measure(
    model: autoencoders.Autoencoder, settings: Settings, data: datasets.ImageData
) -> dict[str, float]:
    known = slice(0, settings.neighbour_images)
    train_latents = model.encode(data.x_train[known])
    test_latents = model.encode(data.x_test)
    restored = model.decode(test_latents)
    plane, explained = metrics.pca_explained(np.concatenate([train_latents, test_latents]))
    labels = (data.y_train[known], data.y_test)
    known_plane, test_plane = plane[: len(train_latents)], plane[len(train_latents) :]

    def accuracy(measure: Callable[..., float], known: np.ndarray, test: np.ndarray) -> float:
        return measure(known, labels[0], test, labels[1])

    return {
        "test_mse": float(np.mean((restored - data.x_test) ** 2)),
        "knn_accuracy": accuracy(metrics.knn_accuracy, train_latents, test_latents),
        "probe_accuracy": accuracy(metrics.probe_accuracy, train_latents, test_latents),
        "pca_explained": explained,
        "pca_plane_knn_accuracy": accuracy(metrics.knn_accuracy, known_plane, test_plane),
        "parameters": model.encoder.count_params() + model.decoder.count_params(),
    }


def _summary(repeats: list[dict[str, float]]) -> dict[str, float | list[float] | int]:
    """Mean over seeds of each number, with its interval where there are two seeds or more."""
    summary: dict[str, float | list[float] | int] = {}
    for key in repeats[0]:
        values = [row[key] for row in repeats]
        summary[key] = float(np.mean(values)) if key != "parameters" else values[0]
        if len(values) > 1 and key != "parameters":
            estimate = metrics.mean_ci95(values)
            summary[f"{key}_ci95"] = [estimate.low, estimate.high]
    return summary | {"seeds": len(repeats)}
