"""Study 1.2: what is left of a convolutional network without its non-linearities?

Question: how far does a CIFAR-10 network come when every ReLU and max-pooling is taken out?

Origin (ran): 15 epochs, as in study 1.1, of (a) the two convolutions without ReLU or pooling, so
that the dense layer sees 24x24x32 = 18,432 inputs; (b) without ReLU, with average pooling in place
of max pooling; (c) four linear 5x5 convolutions (12, 12, 32, 32), no pooling. All stayed far below
65 %. (a) and (c) gave nearly the same curves, because a product of matrices is one matrix: its main
point.

Here: all three beside the network of study 1.1, trained alike, and each linear one folded into one
matrix and bias (`theory.folding.fold`), which must give what the network gives on 1,000 test
images. That a product of matrices is one matrix says what these networks can express, not what
gradient descent finds: the distance of the curves of (a) and (c) is measured, beside the distance
between seeds of the same network. A linear network can do what one softmax regression on the pixels
does, about 41 % of the test images: one that stays below is limited by its training, not by
linearity.

Command: `tfnets run linear_ablation --scale full` (about ten minutes on 2 cores; a third of the
origin's 15 epochs).
"""

from functools import partial

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.methods.classifiers.training import Training, train
from tfnets.models import classifiers
from tfnets.studies.linear_ablation import page
from tfnets.studies.linear_ablation.numbers import summary
from tfnets.studies.linear_ablation.settings import NETWORKS, NONLINEAR, SCALES, Settings
from tfnets.theory.folding import fold, fold_error

__all__ = ["SCALES", "Settings", "run"]

BUILT = {
    NONLINEAR: (classifiers.two_convolutions, (12, 32)),
    "linear_no_pooling": (classifiers.linear_no_pooling,),
    "linear_average_pooling": (classifiers.linear_average_pooling,),
    "linear_four_convolutions": (classifiers.linear_four_convolutions,),
}
"""What builds each network (see `Training`); the linear ones are the origin's (a), (b), (c)."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every network and seed, folds the linear ones, writes the page."""
    trials = {
        name: [Training(settings, name, seed, BUILT[name]) for seed in run.seeds(settings.repeats)]
        for name in NETWORKS
        if name in settings.networks
    }
    results = train(run, lab, trials)
    images = settings.data(lab.store).x_test[: settings.fold_images]
    for name in [name for name in trials if name != NONLINEAR]:
        for trial, row in zip(trials[name], results[name], strict=True):
            row |= run.part(f"fold-{trial.part}", partial(_fold, run, trial.part, images))
    rows = {name: results[name] for name in settings.networks}
    numbers = {name: summary(repeats) for name, repeats in rows.items()}
    run.finish({"networks": numbers}, page.write(run, settings, rows, numbers))


def _fold(run: Run, part: str, images: np.ndarray) -> dict[str, float]:
    network = run.load_model(part)
    matrix, bias = fold(network)
    return {"fold_error": fold_error(network, matrix, bias, images)}
