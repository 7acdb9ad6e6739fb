"""Study 1.4: does a network notice when all pixels are shuffled alike?

Question: what do a fully connected and a convolutional network lose when every image has its pixels
in the same other order?

Origin: a theory answer: a fully connected network does not care, because the rows of its first
weight matrix can be permuted along with the pixels.

Here: a perceptron with one hidden layer is trained on the images, and again on the permuted images
with its first layer's rows permuted alike. Every sum has the same terms in another order, so that
both losses would agree exactly in exact arithmetic; the largest difference of the curves is
reported. The convolutional network of study 1.1 is trained on both, too: its kernels join pixels
that are neighbours, and lose what neighbours have in common.

Command: `tfnets run shuffled_pixels --scale full` (some minutes on 2 cores; five epochs).
"""

from functools import partial
from typing import Any

import keras
import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import estimate
from tfnets.methods.classifiers.training import Job, shuffle, train
from tfnets.models import classifiers
from tfnets.studies.shuffled_pixels import page
from tfnets.studies.shuffled_pixels.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


NETWORKS = ("convolutional", "perceptron")
IMAGES = ("plain", "shuffled")


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains both networks on both kinds of images over all seeds, compares, draws, reports."""
    data = datasets.load("cifar10", lab.data_dir).first(settings.train_images, settings.test_images)
    pixels = data.x_train.shape[1] * data.x_train.shape[2]
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    jobs = [
        _job(network, images, seed, settings.hidden, pixels)
        for network in NETWORKS
        for images in IMAGES
        for seed in seeds
    ]
    results = train(run, jobs, settings.recipe, data, settings.workers)
    rows = {
        network: {
            images: [results[f"{network}-{images}-seed{seed}"] for seed in seeds]
            for images in IMAGES
        }
        for network in NETWORKS
    }
    numbers = {network: _summary(kinds) for network, kinds in rows.items()}
    shown = data.x_test[:8]
    page.draw(run, rows, shown, shuffle(shown, permutation(run.config.seed, pixels)))
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def permutation(seed: int, pixels: int) -> np.ndarray:
    """The order of the pixels that a seed stands for: entry j is the pixel that is shown at j."""
    return np.random.default_rng([seed, pixels]).permutation(pixels)


def perceptron_with_permuted_rows(order: np.ndarray, hidden: int, seed: int) -> keras.Model:
    """`classifiers.perceptron` whose first layer's rows are permuted as `order` does the pixels.

    On shuffled images it computes what the untouched network computes on the images themselves.

    Args:
        order: (pixels,), see `permutation`.
        hidden: Units of the hidden layer.
        seed: Seed of the initial weights.
    """
    network = classifiers.perceptron(hidden, seed)
    kernel, bias = network.get_layer("hidden").get_weights()
    by_pixel = kernel.reshape(len(order), -1, hidden)
    network.get_layer("hidden").set_weights([by_pixel[order].reshape(kernel.shape), bias])
    return network


def _job(network: str, images: str, seed: int, hidden: int, pixels: int) -> Job:
    part = f"{network}-{images}-seed{seed}"
    order = permutation(seed, pixels) if images == "shuffled" else None
    if network == "convolutional":
        build = partial(classifiers.two_convolutions, (12, 32), seed)
    elif order is None:
        build = partial(classifiers.perceptron, hidden, seed)
    else:
        build = partial(perceptron_with_permuted_rows, order, hidden, seed)
    return Job(part, build, seed, order)


def _summary(kinds: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Accuracy on both kinds of images, the paired loss, and how far the loss curves part."""
    accuracy = {name: np.array([row["test_accuracy"] for row in kinds[name]]) for name in IMAGES}
    curves = {
        name: np.array([row["curve"]["train_loss"] for row in kinds[name]]) for name in IMAGES
    }
    apart = np.abs(curves["plain"] - curves["shuffled"])
    return {
        "parameters": kinds["plain"][0]["parameters"],
        **{name: {"test_accuracy": estimate(values)} for name, values in accuracy.items()},
        "accuracy_lost": estimate(accuracy["plain"] - accuracy["shuffled"]),
        "permuted_loss_difference": float(apart.max()),
        "permuted_loss_difference_first_point": float(apart[:, 0].max()),
        "seeds": len(kinds["plain"]),
    }
