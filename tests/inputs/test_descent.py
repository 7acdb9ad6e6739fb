import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs import descent
from tfnets.inputs.descent import Descent

SGD = keras.optimizers.SGD(0.1)


def descend(terms, variables, optimizer, project=None, **run):
    return Descent(terms, variables, optimizer, project=project)(**run)


def parabola(x):
    """Loss x^2 per image, and twice that as a second number."""

    def terms(step):
        loss = tf.reduce_sum(x**2, axis=1)
        return {"loss": loss, "double": 2 * loss, "step": tf.cast(step, tf.float32) + 0 * loss}

    return terms


def test_each_step_is_gradient_descent():
    start = np.array([[1.0], [-3.0]], np.float32)
    x = tf.Variable(start)
    history = descend(parabola(x), [x], SGD, steps=20)
    assert x.numpy() == pytest.approx(start * 0.8**20, rel=1e-5)
    expected = start[:, 0] ** 2 * 0.64 ** np.arange(20)[:, None]
    assert history["loss"] == pytest.approx(expected, rel=1e-4)
    assert history["double"] == pytest.approx(2 * expected, rel=1e-4)
    assert history["step"][:, 0].tolist() == list(range(20))


def test_the_projection_runs_after_every_step():
    x = tf.Variable([[1.0]])
    project = lambda: x.assign(tf.maximum(x, 0.75))  # noqa: E731
    history = descend(parabola(x), [x], SGD, steps=4, project=project)
    assert x.numpy() == pytest.approx(0.75)
    assert history["loss"][:, 0] == pytest.approx([1.0, 0.64, 0.5625, 0.5625])


def test_the_result_does_not_depend_on_how_steps_are_bundled(monkeypatch):
    def run(longest, every):
        monkeypatch.setattr(descent, "LONGEST", longest)
        x = tf.Variable(np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3))
        history = descend(
            parabola(x),
            [x],
            keras.optimizers.Adam(0.1),
            steps=23,
            every=every,
            watch=lambda n: None,
        )
        return x.numpy(), history["loss"]

    single, bundled = run(0.0, 0), run(1e9, 5)
    assert (single[0] == bundled[0]).all()
    assert (single[1] == bundled[1]).all()
    assert single[1].shape == (23, 2)


def test_it_is_watched_at_each_mark_and_at_the_end():
    x, seen = tf.Variable([[1.0]]), []
    descend(
        parabola(x), [x], SGD, steps=7, every=3, watch=lambda n: seen.append((n, float(x[0, 0])))
    )
    assert seen == [(n, pytest.approx(0.8**n)) for n in (3, 6, 7)]


def test_without_marks_it_is_watched_at_the_end_only():
    x, seen = tf.Variable([[1.0]]), []
    descend(parabola(x), [x], SGD, steps=7, watch=seen.append)
    assert seen == [7]


def test_one_optimizer_value_serves_many_variables():
    adam = keras.optimizers.Adam(0.1)
    ends = []
    for shape in ((1, 2), (3, 1), (1, 2)):
        x = tf.Variable(tf.ones(shape))
        descend(parabola(x), [x], adam, steps=5)
        ends.append(x.numpy())
    assert (ends[0] == ends[2]).all()
    assert (ends[0] < 1).all()


def test_a_second_run_is_like_a_first_one():
    x = tf.Variable([[1.0, -2.0]])
    adam = Descent(parabola(x), [x], keras.optimizers.Adam(0.1))
    adam(steps=5)
    x.assign([[0.5, 3.0]])
    again = adam(steps=7)
    y = tf.Variable([[0.5, 3.0]])
    first = descend(parabola(y), [y], keras.optimizers.Adam(0.1), steps=7)
    assert (x.numpy() == y.numpy()).all()
    assert (again["loss"] == first["loss"]).all()


def test_a_schedule_counts_the_steps():
    rates = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.25])
    x = tf.Variable([[1.0]])
    descend(parabola(x), [x], keras.optimizers.SGD(rates), steps=3)
    assert x.numpy() == pytest.approx(0.8 * 0.8 * 0.5)


def test_several_variables_are_changed():
    x, y = tf.Variable([1.0]), tf.Variable([2.0])
    descend(lambda step: {"loss": x**2 + y**2}, [x, y], SGD, steps=1)
    assert (x.numpy(), y.numpy()) == (pytest.approx(0.8), pytest.approx(1.6))


def test_an_infinite_loss_names_its_step():
    x = tf.Variable([[1.0]])
    with pytest.raises(InputError, match="not finite at step"):
        descend(parabola(x), [x], keras.optimizers.SGD(1e30), steps=10)


def test_no_steps_are_refused():
    with pytest.raises(InputError, match="give 1 or more"):
        descend(lambda step: {}, [], SGD, steps=0)
