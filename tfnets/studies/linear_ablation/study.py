"""Study 1.2: what is left of a convolutional network without its non-linearities?

Question: how far does a CIFAR-10 network come when every ReLU and max-pooling is taken out?

Origin: (a) the two convolutions without ReLU or pooling, so that the dense layer sees 24x24x32 =
18,432 inputs; (b) without ReLU, with average pooling in place of max pooling; (c) four linear 5x5
convolutions (12, 12, 32, 32). All stayed far below 65 %; (a) and (c) gave nearly the same curves,
because a product of matrices is one matrix.

Here: all three beside the network of study 1.1, trained alike, and each linear one folded into one
matrix and bias (`theory.folding.fold`), which must give what the network gives on 1,000 test
images. That a product of matrices is one matrix says what these networks can express, not what
gradient descent finds: the distance of the curves of (a) and (c) is measured, beside the distance
between seeds of the same network.

Command: `tfnets run linear_ablation --scale full` (about ten minutes on 2 cores; a third of the
origin's 15 epochs, after which the linear networks no longer improve).
"""

from functools import partial
from typing import Any

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.seeds import estimate
from tfnets.methods.classifiers.training import Job, train
from tfnets.models import classifiers
from tfnets.studies.linear_ablation import page
from tfnets.studies.linear_ablation.settings import NETWORKS, SCALES, Settings
from tfnets.theory.folding import fold, fold_error

__all__ = ["SCALES", "Settings", "run"]


LINEAR = {
    "linear_no_pooling": classifiers.linear_no_pooling,
    "linear_average_pooling": classifiers.linear_average_pooling,
    "linear_four_convolutions": classifiers.linear_four_convolutions,
}
"""The origin's (a), (b) and (c)."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every network and seed, folds the linear ones, draws, reports."""
    data = datasets.load("cifar10", lab.data_dir).first(settings.train_images, settings.test_images)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    named = [(name, seed) for name in NETWORKS if name in settings.networks for seed in seeds]
    jobs = [Job(f"{name}-seed{seed}", partial(NETWORKS[name], seed), seed) for name, seed in named]
    results = train(run, jobs, settings.recipe, data, settings.workers)
    images = data.x_test[: settings.fold_images]
    for name, seed in named:
        if name in LINEAR:
            part = f"{name}-seed{seed}"
            results[part] |= run.part(f"fold-{part}", partial(_fold, run, part, images))
    rows = {name: [results[f"{name}-seed{seed}"] for seed in seeds] for name in settings.networks}
    numbers = {name: _summary(repeats) for name, repeats in rows.items()}
    page.draw(run, rows)
    run.finish({"networks": numbers}, page.report(settings, rows, numbers).as_json())


def _fold(run: Run, part: str, images: np.ndarray) -> dict[str, float]:
    network = run.load_model(part)
    matrix, bias = fold(network)
    return {"fold_error": fold_error(network, matrix, bias, images)}


def _summary(repeats: list[dict[str, Any]]) -> dict[str, Any]:
    """One network's numbers over its seeds; the largest folding error of all seeds."""
    names = ("test_accuracy", "train_accuracy", "test_loss")
    numbers: dict[str, Any] = {"parameters": repeats[0]["parameters"]}
    numbers |= {name: estimate([row[name] for row in repeats]) for name in names}
    if "fold_error" in repeats[0]:
        numbers["fold_error"] = max(row["fold_error"] for row in repeats)
    return numbers | {"seeds": len(repeats)}
