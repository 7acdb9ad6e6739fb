"""Study 1.1: how wide should a small convolutional network be?

Question: which of six widths of a two-convolution CIFAR-10 network underfits, fits or overfits?

Origin: conv 5x5 (C1 filters), ReLU, max-pool, conv 5x5 (C2), ReLU, max-pool, dense 10; widths
(3,8), (6,16), (12,32), (24,64), (48,128), (96,256); 15 epochs in mini-batches of 4, one learning
rate, curves every 2,000 mini-batches. (3,8) and (6,16) underfit, (12,32) is best at about 65 %,
(24,64) begins to overfit, larger ones overfit strongly.

Correct: the report adds 912 + 9,632 + 8,010 and writes 11,354 parameters; the (12,32) network has
18,554, the (3,8) network 2,846.

Verdict rule, fixed before the full run, on the curves averaged over seeds: let `end` be the mean
over the last tenth of the points and `lowest` the lowest point of the test loss smoothed over three
points. A width

- overfits if end(test) > 1.1 lowest(test): the test loss has turned and gone up by more than 10 %;
- underfits if not, and end(test) - end(training) < 0.1 end(test): the network does hardly better
  on what it was shown than on what it was not, so it is too small, not too free;
- fits otherwise: it has learned its training images better, at no cost on the test images.

A width overfits strongly if its test loss ends at more than 1.5 times its lowest point.

Command: `tfnets run width_sweep --scale full` (two seeds take about an hour and a half on 2
cores, two thirds of it in the widest network).
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
from tfnets.studies.width_sweep import page
from tfnets.studies.width_sweep.settings import SCALES, Settings, filters

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every width and seed, draws the curves, judges each width."""
    data = datasets.load("cifar10", lab.data_dir).first(settings.train_images, settings.test_images)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    jobs = [
        Job(
            f"{width}-seed{seed}", partial(classifiers.two_convolutions, filters(width), seed), seed
        )
        for width in sorted(settings.widths, key=filters, reverse=True)
        for seed in seeds
    ]
    results = train(run, jobs, settings.recipe, data, settings.workers)
    rows = {width: [results[f"{width}-seed{seed}"] for seed in seeds] for width in settings.widths}
    numbers = {width: summary(repeats) for width, repeats in rows.items()}
    page.draw(run, rows, numbers)
    run.finish({"widths": numbers}, page.report(settings, rows, numbers).as_json())


def landmarks(train_loss: np.ndarray, test_loss: np.ndarray) -> dict[str, float]:
    """What the verdict looks at in a pair of curves.

    Args:
        train_loss: Training loss at the points of the curve, (points,), oldest first.
        test_loss: Test loss at the same points.

    Returns:
        `rise`: end(test) / lowest(test), about 1 where the test loss ends at its lowest point;
        `gap`: (end(test) - end(training)) / end(test).
    """
    last = max(1, len(test_loss) // 10)
    window = min(3, len(test_loss))
    lowest = np.min(np.convolve(test_loss, np.ones(window) / window, "valid"))
    test_end, train_end = np.mean(test_loss[-last:]), np.mean(train_loss[-last:])
    gap = (test_end - train_end) / test_end
    return {"rise": float(test_end / lowest), "gap": float(gap)}


def verdict(marks: dict[str, float]) -> str:
    """`underfits`, `fits` or `overfits`, by the rule of the module's docstring."""
    if marks["rise"] > 1.1:
        return "overfits"
    return "underfits" if marks["gap"] < 0.1 else "fits"


def summary(repeats: list[dict[str, Any]]) -> dict[str, Any]:
    """One width's numbers over its seeds: means, intervals where there are two seeds, verdicts."""
    curves = [
        np.array([row["curve"][name] for row in repeats]) for name in ("train_loss", "test_loss")
    ]
    marks = landmarks(*(curve.mean(axis=0) for curve in curves))
    singles = [landmarks(*pair) for pair in zip(*curves, strict=True)]
    names = ("test_accuracy", "train_accuracy", "test_loss", "train_loss")
    return {
        "parameters": repeats[0]["parameters"],
        **{name: estimate([row[name] for row in repeats]) for name in names},
        **marks,
        "verdict": verdict(marks),
        "by_seed": [own | {"verdict": verdict(own)} for own in singles],
        "seeds": len(repeats),
    }
