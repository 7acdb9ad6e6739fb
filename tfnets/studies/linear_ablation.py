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

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.models import classifiers
from tfnets.studies.classifying import Job, Recipe, estimate, require_recipe, train
from tfnets.studies.pages import linear_ablation as page
from tfnets.studies.settings import require_known, require_positive
from tfnets.theory.folding import fold, fold_error

LINEAR = {
    "linear_no_pooling": classifiers.linear_no_pooling,
    "linear_average_pooling": classifiers.linear_average_pooling,
    "linear_four_convolutions": classifiers.linear_four_convolutions,
}
"""The origin's (a), (b) and (c)."""

NETWORKS = {
    "linear_four_convolutions": classifiers.linear_four_convolutions,
    "linear_no_pooling": classifiers.linear_no_pooling,
    "nonlinear": partial(classifiers.two_convolutions, (12, 32)),
    "linear_average_pooling": classifiers.linear_average_pooling,
}
"""All networks of the study, the slowest to train first."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        networks: Keys of `NETWORKS`.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: The one learning rate of SGD.
        momentum: SGD's momentum.
        curve_every: Steps between the points of the loss curves.
        curve_images: Test images measured at each point.
        repeats: Seeds per network.
        train_images: Training images used (all: 50000).
        test_images: Test images of the final accuracy (all: 10000).
        fold_images: Test images on which the folded map is compared with the network.
        workers: Networks trained at a time, one process each.
    """

    networks: tuple[str, ...] = tuple(NETWORKS)
    epochs: int = 5
    batch_size: int = 4
    learning_rate: float = 1e-3
    momentum: float = 0.9
    curve_every: int = 2_000
    curve_images: int = 2_000
    repeats: int = 2
    train_images: int = 50_000
    test_images: int = 10_000
    fold_images: int = 1_000
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "networks", NETWORKS)
        require_recipe(self)
        require_positive(self, "fold_images")

    @property
    def recipe(self) -> Recipe:
        """How each network is trained."""
        return Recipe.of(asdict(self))


SCALES = {
    "tiny": Settings(
        epochs=2, curve_every=20, curve_images=50, train_images=160, test_images=60, fold_images=20,
        workers=1, repeats=1, networks=("linear_average_pooling", "linear_no_pooling", "nonlinear"),
    ),
    "quick": Settings(
        epochs=4, batch_size=16, learning_rate=2e-3, curve_every=125, curve_images=1_000,
        train_images=8_000, test_images=2_000,
    ),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains every network and seed, folds the linear ones, draws, reports."""
    data = datasets.load("cifar10", data_dir).first(settings.train_images, settings.test_images)
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
