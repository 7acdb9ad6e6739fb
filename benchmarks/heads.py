"""Many small classifiers, each of few labels: trained by each side in its own way (study 4.1)."""

import time as clock
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from benchmarks.head_sides import SIDES, Group, Weights
from benchmarks.task import SEED, Task, load_arrays, save_arrays
from benchmarks.threads import set_threads
from benchmarks.workload import OURS, Row, Workload

TOLERANCE = {"accuracy": 5e-4, "probability": 2e-4}
"""Largest differences (see `Heads.difference`) that two sides which do the same may have."""


@dataclass(frozen=True, eq=False)
class Column:
    """One way in which the images are shown to the classifiers.

    Attributes:
        train: float32 (draws, labels, features).
        test: float32 (n, features).
    """

    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, eq=False)
class Data:
    """What is learned.

    Attributes:
        columns: The inputs, by name.
        train_labels: Classes (draws, labels).
        test_labels: Classes (n,).
    """

    columns: Mapping[str, Column]
    train_labels: np.ndarray
    test_labels: np.ndarray


@dataclass(frozen=True)
class Heads(Workload):
    """A set of trainings, timed as one job: every head on every draw and column.

    Attributes:
        data: Returns what is learned.
        heads: Keys of `tfnets.models.heads.HEADS`.
        updates: Updates of each classifier, with all its labelled examples.
        rate: Adam's learning rate.
    """

    data: Callable[[], Data]
    heads: tuple[str, ...]
    updates: int
    rate: float
    unit: ClassVar[str] = "job"

    @property
    def peers(self) -> tuple[str, ...]:
        """All sides but ours."""
        return tuple(side for side in SIDES if side != OURS)

    def modules(self, peer: str) -> tuple[str, ...]:
        """The package itself needs what they need."""
        return ()

    def prepare(self, task: Task) -> dict[str, int]:
        """Writes examples, labels and initial weights."""
        from tfnets.models.heads import parallel_heads

        data = self.data()
        arrays = [data.train_labels, data.test_labels]
        macs = 0
        for column in data.columns.values():
            arrays += [column.train, column.test]
            draws, labels, features = column.train.shape
            for head in self.heads:
                weights = parallel_heads(head, draws, features, SEED).get_weights()
                macs += draws * labels * self.updates * _step_macs(weights)
                arrays += weights
        save_arrays(task.file("initial.npz"), arrays)
        return {"macs": macs}

    def time(self, task: Task) -> dict[str, float]:
        """Milliseconds of the whole set, after two updates of the first head that do not count."""
        groups = self._start(task)
        train = SIDES[task.side]
        train(groups[:1], 2, self.rate)
        begun = clock.perf_counter()
        for _ in range(task.steps):
            train(groups, self.updates, self.rate)
        return {"ms": (clock.perf_counter() - begun) / task.steps * 1e3}

    def check(self, task: Task) -> Row:
        """Trains once; leaves each classifier's probabilities for the test examples."""
        groups = self._start(task)
        trained = SIDES[task.side](groups, self.updates, self.rate)
        arrays = [
            probabilities(group, weights) for group, weights in zip(groups, trained, strict=True)
        ]
        save_arrays(task.file(f"{task.side}.npz"), arrays)
        return {}

    def difference(self, task: Task, reference: str, results: Mapping[str, Row]) -> Row:
        """Compares what the classifiers of two sides say of the test examples.

        Returns:
            `accuracy`: largest difference of a head's mean test accuracy over draws in a column.
            `probability`: largest mean difference of its probabilities. `accuracies`: the mean of
            either side over all. `passed`: neither exceeds `TOLERANCE`.
        """
        del results
        labels = load_arrays(task.file("initial.npz"))[1]
        sides = [load_arrays(task.file(f"{side}.npz")) for side in (reference, task.side)]
        right = [[(p.argmax(axis=-1) == labels).mean() for p in side] for side in sides]
        found = {
            "accuracy": max(abs(a - b) for a, b in zip(*right, strict=True)),
            "probability": max(np.abs(a - b).mean() for a, b in zip(*sides, strict=True)),
        }
        passed = all(found[name] <= most for name, most in TOLERANCE.items())
        numbers = {name: float(value) for name, value in found.items()}
        return {**numbers, "accuracies": [float(np.mean(r)) for r in right], "passed": passed}

    def _start(self, task: Task) -> list[Group]:
        if task.side != "sklearn_mlp":  # It has only the threads of its matrix products.
            set_threads("tensorflow", task.threads)
        return list(self._groups(load_arrays(task.file("initial.npz"))))

    def _groups(self, arrays: Sequence[np.ndarray]) -> Iterator[Group]:
        """What `prepare` has written, one head in one column after the other."""
        from tfnets.models.heads import HEADS

        left = iter(arrays)
        labels, _ = next(left), next(left)
        for train in left:
            test = next(left)
            for head in self.heads:
                start = [next(left) for _ in range(2 * len(HEADS[head]) + 2)]
                yield Group(head, train, labels, test, start)


def probabilities(group: Group, weights: Weights) -> np.ndarray:
    """What trained classifiers say of the group's test examples: float32 (draws, n, classes)."""
    import tensorflow as tf

    from tfnets.models.heads import HEADS

    x = tf.broadcast_to(group.test, (len(weights[0]), *group.test.shape))
    kinds = [activation for activation, _ in HEADS[group.head]]
    for kind, kernel, bias in zip([*kinds, "softmax"], weights[::2], weights[1::2], strict=True):
        x = getattr(tf.nn, kind)(tf.matmul(x, kernel) + bias[:, None])
    return x.numpy()


def _step_macs(weights: Weights) -> int:
    """Multiply-accumulates of one example's update of one classifier."""
    from benchmarks.counts import training_macs

    return training_macs([int(np.prod(kernel.shape[1:])) for kernel in weights[::2]])
