"""The sides of a set of small classifiers: each starts from the same weights."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.workload import OURS

if TYPE_CHECKING:
    import keras
    from sklearn.neural_network import MLPClassifier

Weights = list[np.ndarray]
"""Kernel and bias of each layer in turn, each with the draws as first axis."""

EPSILON = 1e-7
"""Adam's, as in Keras."""


@dataclass(frozen=True, eq=False)
class Group:
    """The classifiers of one kind on one kind of input: one per draw.

    Attributes:
        head: A key of `tfnets.models.heads.HEADS`.
        inputs: float32 (draws, labels, features).
        labels: Classes (draws, labels), from 0 to 9.
        test: float32 (n, features).
        start: Initial weights.
    """

    head: str
    inputs: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    start: Weights

    def draws(self) -> Iterator[tuple[np.ndarray, np.ndarray, Weights]]:
        """Inputs, labels and initial weights of each classifier."""
        for i, (inputs, labels) in enumerate(zip(self.inputs, self.labels, strict=True)):
            yield inputs, labels, [value[i] for value in self.start]


Train = Callable[[Sequence[Group], int, float], list[Weights]]
"""(groups, updates of each classifier, Adam's learning rate) -> trained weights of each group."""


def ours(groups: Sequence[Group], updates: int, rate: float) -> list[Weights]:
    """All draws of a group as one model: `models.heads` and `training.parallel`."""
    from tfnets.models.heads import parallel_heads
    from tfnets.training.parallel import train_parallel

    trained = []
    for group in groups:
        draws, _, features = group.inputs.shape
        model = parallel_heads(group.head, draws, features, 0)
        model.set_weights(group.start)
        inputs, labels = group.inputs.transpose(1, 0, 2), group.labels.T
        train_parallel(model, inputs, labels, steps=updates, learning_rate=rate)
        trained.append(model.get_weights())
    return trained


def sklearn_mlp(groups: Sequence[Group], updates: int, rate: float) -> list[Weights]:
    """One `MLPClassifier` after the other; without hidden layers for the softmax head."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return [
            _stacked(_fit_sklearn(group, *draw, updates, rate) for draw in group.draws())
            for group in groups
        ]


def _fit_sklearn(
    group: Group, inputs: np.ndarray, labels: np.ndarray, start: Weights, updates: int, rate: float
) -> Weights:
    model = _mlp(group.head, len(inputs), rate)
    # One update makes all that a warm start needs; then the weights are put in and Adam is new.
    model.set_params(max_iter=1).fit(inputs, labels)
    model.coefs_, model.intercepts_ = (
        [w.copy() for w in start[::2]],
        [w.copy() for w in start[1::2]],
    )
    model.set_params(max_iter=updates, n_iter_no_change=updates + 1).fit(inputs, labels)
    return [w for pair in zip(model.coefs_, model.intercepts_, strict=True) for w in pair]


def _mlp(head: str, examples: int, rate: float) -> "MLPClassifier":
    """The head's network; every update sees all examples, and none ends the training early."""
    from sklearn.neural_network import MLPClassifier

    from tfnets.models.heads import HEADS

    sizes = tuple(units for _, units in HEADS[head])
    kinds = {"relu": "relu", "sigmoid": "logistic"}
    activation = kinds[HEADS[head][0][0]] if sizes else "identity"
    return MLPClassifier(
        sizes, activation=activation, solver="adam", alpha=0.0, batch_size=examples,
        learning_rate_init=rate, epsilon=EPSILON, shuffle=False, tol=0.0, random_state=0,
        warm_start=True,
    )  # fmt: skip


def keras_fits(groups: Sequence[Group], updates: int, rate: float) -> list[Weights]:
    """One `fit` after the other, of one compiled network per group that goes back to the start."""
    import keras
    import tensorflow as tf

    trained = []
    for group in groups:
        model = _sequential(group)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(rate, epsilon=EPSILON), loss)
        model.optimizer.build(model.trainable_variables)
        fresh = [variable.numpy() for variable in model.optimizer.variables]
        ends = []
        for inputs, labels, start in group.draws():
            model.set_weights(start)
            for variable, value in zip(model.optimizer.variables, fresh, strict=True):
                variable.assign(value)
            # In one epoch: epochs of one update each would cost far more.
            data = tf.data.Dataset.from_tensors((inputs, labels)).repeat(updates)
            model.fit(data, shuffle=False, verbose=0)
            ends.append(model.get_weights())
        trained.append(_stacked(ends))
    return trained


def _sequential(group: Group) -> "keras.Model":
    import keras

    from tfnets.models.heads import HEADS

    layers = [
        keras.layers.Dense(units, activation=activation) for activation, units in HEADS[group.head]
    ]
    classes = group.start[-1].shape[-1]
    inputs = keras.Input((group.inputs.shape[-1],))
    return keras.Sequential([inputs, *layers, keras.layers.Dense(classes)])


def _stacked(ends: Sequence[Weights] | Iterator[Weights]) -> Weights:
    """The weights of single classifiers, one after the other on a new first axis."""
    return [np.stack(values) for values in zip(*ends, strict=True)]


SIDES: Mapping[str, Train] = {OURS: ours, "sklearn_mlp": sklearn_mlp, "keras_fits": keras_fits}
"""All sides by name."""
