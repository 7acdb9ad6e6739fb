"""Few labels on scikit-learn's own digits: `FewLabelClassifier` beside three of its classifiers.

    python benchmarks/few_label_digits.py            # about half an hour on one core
    python benchmarks/few_label_digits.py --choose   # how the settings were chosen

1,797 images of 8x8 pixels. A split labels 5 images of each class; all see the others without their
labels (logistic regression cannot), and are asked for them. Accuracy is that on the 1,747 others,
the mean over the splits with a 95 % t interval; differences are paired by split. All settings,
ours and theirs, were chosen on `CHOOSING`, by accuracy on other splits than those reported.
"""

import argparse
import functools
import itertools
import json
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from sklearn.svm import SVC

from tfnets import FewLabelClassifier, metrics, startup
from tfnets.datasets.draws import UNKNOWN, few_label_draws
from tfnets.methods.labels.plan import Plan
from tfnets.training.deformations import Strength

LABELS, SPLITS, SEED = 50, 20, 1
CHOOSING = {"draws": 10, "seed": 1000}
"""The splits that settings were chosen on."""
PLAN = Plan(
    Strength(degrees=8, stretch=0.1, shear=0.15, shift=0.3, bend=0.15, stroke=0.1),
    gentle=4 / 3, updates=700, neighbours=7, pixels=2.0, alpha=0.95, steps=300,
)  # fmt: skip
"""Weaker deformations than `Plan.sized(8)`: eight pixels hold little that could be bent."""

Maker = Callable[..., ClassifierMixin]
PEERS: Mapping[str, tuple[Maker, dict[str, Any], dict[str, tuple[Any, ...]]]] = {
    "LabelSpreading": (
        lambda **options: LabelSpreading(max_iter=1000, **options),
        {"gamma": 5, "alpha": 0.99},
        {"gamma": (1, 3, 5, 8, 12, 20), "alpha": (0.05, 0.2, 0.5, 0.8, 0.99)},
    ),
    "SelfTraining(SVC)": (
        lambda threshold, **options: SelfTrainingClassifier(
            SVC(probability=True, random_state=0, **options), threshold=threshold
        ),
        {"C": 10, "gamma": "scale", "threshold": 0.5},
        {"C": (1, 10), "gamma": ("scale", 0.5, 1), "threshold": (0.5, 0.75, 0.9)},
    ),
    "logistic regression": (
        lambda **options: LogisticRegression(max_iter=5000, **options),
        {"C": 10},
        {"C": (0.1, 1, 10, 100)},
    ),
}
"""Name -> how it is made, the settings that were chosen, and those that were tried."""


def accuracies(make: Callable[[int], ClassifierMixin], draws: np.ndarray) -> list[float]:
    """Accuracy on the images without a label, for each draw of labelled ones.

    `make(place)` returns the classifier for a draw, by its place among them.
    """
    rows, truth = load_digits(return_X_y=True)
    rows, found = rows / 16, []
    for place, draw in enumerate(draws):
        labels = np.full(len(truth), UNKNOWN)
        labels[draw] = truth[draw]
        classifier, asked = make(place), labels == UNKNOWN
        if isinstance(classifier, LogisticRegression):
            classifier.fit(rows[draw], truth[draw])
        else:
            classifier.fit(rows, labels)
        found.append(float(np.mean(classifier.predict(rows[asked]) == truth[asked])))
    return found


def measured(draws: np.ndarray) -> Iterator[tuple[str, list[float], float]]:
    """Name, accuracies and seconds per split of each classifier."""
    makers = {"FewLabelClassifier": ours} | {
        name: functools.partial(_made, make, chosen) for name, (make, chosen, _) in PEERS.items()
    }
    for name, make in makers.items():
        start = time.process_time()
        found = accuracies(make, draws)
        yield name, found, (time.process_time() - start) / len(draws)


def ours(seed: int) -> FewLabelClassifier:
    """Ours, with a seed of its own for each split."""
    return FewLabelClassifier(PLAN, image_shape=(8, 8), random_state=seed)


def _made(make: Maker, options: Mapping[str, Any], _: int) -> ClassifierMixin:
    return make(**options)


def table(rows: list[tuple[str, list[float], float]]) -> str:
    """The rows as Markdown; the first is the one that the others are compared with."""
    lines = ["| | accuracy | worst split | ours is better by | seconds |", "|---|---|---|---|---|"]
    for name, found, seconds in rows:
        mean, better = metrics.mean_ci95(found), "-"
        if name != rows[0][0]:
            better = format(metrics.paired_test(rows[0][1], found).difference, ".4f")
        lines.append(f"| {name} | {mean:.4f} | {min(found):.4f} | {better} | {seconds:.1f} |")
    return "\n".join(lines)


def choose() -> None:
    """Prints the accuracy of each of the peers' settings on the splits to choose on."""
    for name, (make, _, grid) in PEERS.items():
        tried = []
        for values in itertools.product(*grid.values()):
            options = dict(zip(grid, values, strict=True))
            found = accuracies(
                lambda _, make=make, options=options: make(**options), drawn(**CHOOSING)
            )
            tried.append((float(np.mean(found)), options))
        tried.sort(key=lambda each: -each[0])
        print(name, *(f"{mean:.4f} {options}" for mean, options in tried[:5]), sep="\n  ")


def drawn(draws: int, seed: int) -> np.ndarray:
    """Labelled images of each split, (draws, `LABELS`): equally many of each class."""
    return few_label_draws(load_digits().target, LABELS, draws, seed, balanced=True)


def main() -> None:
    """Measures, or chooses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--choose", action="store_true", help="try the peers' settings instead")
    parser.add_argument("--splits", type=int, default=SPLITS)
    parser.add_argument("--json", type=Path, help="file for the accuracies of every split")
    options = parser.parse_args()
    startup.quiet()
    startup.import_tensorflow()
    warnings.filterwarnings("ignore", category=FutureWarning)  # SVC(probability=True).
    if options.choose:
        choose()
        return
    rows = list(measured(drawn(options.splits, SEED)))
    print(table(rows))
    if options.json:
        options.json.write_text(
            json.dumps({name: found for name, found, _ in rows}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
