import keras
import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from tests.training.tiny import same
from tfnets.models.heads import HEADS, parallel_heads
from tfnets.training.parallel import (
    parallel_accuracy,
    summed_crossentropy,
    train_in_turn,
    train_parallel,
)

DRAWS, FEATURES, CLASSES, N = 2, 5, 4, 12
RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(N, DRAWS, FEATURES)).astype(np.float32)
LABELS = RNG.integers(0, CLASSES, (N, DRAWS)).astype(np.int32)


def head(name="relu32", draws=DRAWS, seed=0):
    return parallel_heads(name, draws, FEATURES, seed, classes=CLASSES)


def train_alone(name, weights, inputs, labels, steps):
    """The same classifier as a plain Keras network; returns its weights."""
    sizes = [*HEADS[name], ("linear", CLASSES)]
    model = keras.Sequential(
        [keras.Input((FEATURES,))] + [keras.layers.Dense(n, activation=a) for a, n in sizes]
    )
    model.set_weights(weights)
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    data = tf.data.Dataset.from_tensors((inputs, labels)).repeat(steps)
    model.fit(data, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("name", HEADS)
def test_training_all_at_once_is_training_each_alone(name):
    model = head(name)
    start = model.get_weights()
    train_parallel(model, INPUTS, LABELS, steps=12, learning_rate=0.01)
    together = model.get_weights()
    for draw in range(DRAWS):
        alone = train_alone(
            name, [w[draw] for w in start], INPUTS[:, draw], LABELS[:, draw], steps=12
        )
        for a, b in zip(together, alone, strict=True):
            np.testing.assert_allclose(a[draw], b, rtol=1e-3, atol=1e-4)
        assert np.abs(alone[0] - start[0][draw]).max() > 0.05


@pytest.mark.parametrize("steps", [1, 50, 60, 101])
def test_the_number_of_updates_is_the_one_asked_for(steps):
    model = head("softmax")
    train_parallel(model, INPUTS, LABELS, steps=steps, learning_rate=0.01)
    assert int(model.optimizer.iterations.numpy()) == steps


def starts():
    for seed in (1, 2, 3):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, CLASSES, (N, 1))
        yield head(draws=1, seed=seed).get_weights(), INPUTS[:, seed % 2 : seed % 2 + 1], labels


def in_turn(order):
    model, given = head(draws=1), list(starts())
    turns = train_in_turn(model, [given[i] for i in order], steps=7, learning_rate=0.01)
    return {i: model.get_weights() for i, _ in zip(order, turns, strict=True)}


def test_trainings_in_turn_do_not_know_of_each_other():
    forwards, backwards = in_turn([0, 1, 2]), in_turn([2, 1, 0])
    for i, start in enumerate(starts()):
        same(forwards[i], backwards[i])
        model = head(draws=1)
        model.set_weights(start[0])
        train_parallel(model, *start[1:], steps=7, learning_rate=0.01)
        same(forwards[i], model.get_weights())
    assert (forwards[0][0] != forwards[1][0]).any()


def test_starts_are_taken_one_by_one():
    taken = []

    def lazily():
        for i, start in enumerate(starts()):
            taken.append(i)
            yield start

    turns = train_in_turn(head(draws=1), lazily(), steps=1, learning_rate=0.01)
    assert taken == []
    next(turns)
    assert taken == [0]


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_crossentropy_is_summed_over_draws(dtype):
    logits = RNG.normal(size=(6, 3, CLASSES)).astype(np.float32)
    labels = RNG.integers(0, CLASSES, (6, 3))
    logs = scipy.special.log_softmax(logits, axis=-1)
    expected = -np.take_along_axis(logs, labels[..., None], axis=-1)[..., 0].sum(axis=1)
    found = summed_crossentropy(tf.constant(labels.astype(dtype)), tf.constant(logits))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 4, 11, 500])
def test_accuracy_of_each_draw(batch_size):
    model = head()
    inputs = RNG.normal(size=(11, FEATURES)).astype(np.float32)
    guesses = np.stack(
        [model(np.repeat(x[None, None], DRAWS, 1)).numpy()[0].argmax(axis=-1) for x in inputs]
    )
    labels = guesses[:, 0].copy()
    labels[:2] = (labels[:2] + 1) % CLASSES
    found = parallel_accuracy(model, inputs, labels, batch_size)
    np.testing.assert_allclose(found, (guesses == labels[:, None]).mean(axis=0))
    assert found.shape == (DRAWS,)
    assert found[0] == pytest.approx(9 / 11)
