import json
import zipfile

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.theory.channels import Box, collect, collect_terms
from tfnets.theory.narrow import Shallow, narrow, narrow_error, read

SEEDS = st.integers(0, 10**6)


def shallow(inputs, neurons, outputs=1, seed=0, dtype="float32"):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((inputs, neurons))
    biases = rng.standard_normal(neurons)
    if seed % 3 == 0:  # dead neurons, double ones, bends at 0 and at the interval's end -1
        weights[:, 0] = 0
        weights[:, -1], biases[-1] = weights[:, neurons // 2], biases[neurons // 2]
        biases[neurons // 3], biases[neurons // 4] = 0, weights[:, neurons // 4].sum()
    coefficients = rng.standard_normal((neurons, outputs))
    return Shallow(weights, biases, coefficients, rng.standard_normal(outputs), dtype)


def box_of(inputs, seed):
    rng = np.random.default_rng(seed)
    low = rng.uniform(-3, 1, inputs) if seed % 2 else np.full(inputs, -1.0)
    return Box(low, low + rng.uniform(0.1, 5, inputs))


def inside(box, n=300):
    """Random points of the box and all its corners."""
    rng = np.random.default_rng(0)
    corners = np.array(np.meshgrid(*zip(box.low, box.high, strict=True))).reshape(len(box.low), -1)
    return np.concatenate([rng.uniform(box.low, box.high, (n, len(box.low))), corners.T])


def arrays(function):
    return function.weights, function.biases, function.coefficients, function.offset


def run(chain, x):
    """The layers in NumPy, and all hidden values before ReLU."""
    before = []
    for kernel, bias in chain[:-1]:
        before.append(x @ kernel + bias)
        x = np.maximum(before[-1], 0)
    return x @ chain[-1][0] + chain[-1][1], before


def size_of(function, x):
    """What the terms can add up to: rounding is relative to it."""
    terms = np.maximum(x @ function.weights + function.biases, 0) @ np.abs(function.coefficients)
    return terms.max() + np.abs(function.weights).max() * np.abs(x).max() + 1


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 40))
def test_three_neurons_wide_from_the_left_end_on(seed, neurons):
    function, box = shallow(1, neurons, seed=seed), box_of(1, seed)
    chain = collect(*arrays(function), box)
    x = np.concatenate([inside(box), box.high + np.logspace(-3, 3, 50)[:, None]])
    made, before = run(chain, x)
    np.testing.assert_allclose(made, function(x), atol=1e-12 * neurons * size_of(function, x))
    assert [kernel.shape[1] for kernel, _ in chain] == [3] * (neurons + 1) + [1]
    # The collecting neurons are never cut off, and x passes until the term's bend.
    assert min(values[:, 1:].min() for values in before) >= 0
    np.testing.assert_array_equal(chain[-1][0], [[0], [1], [-1]])


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 40), st.integers(1, 3))
def test_d_and_1_and_m_neurons_wide_in_the_box(seed, inputs, neurons, outputs):
    function, box = shallow(inputs, neurons, outputs, seed), box_of(inputs, seed)
    chain = collect_terms(*arrays(function), box)
    x = inside(box)
    made, before = run(chain, x)
    scale = neurons * size_of(function, x) * np.abs(function.coefficients).max()
    np.testing.assert_allclose(made, function(x), atol=1e-12 * scale)
    width = inputs + 1 + outputs
    assert [kernel.shape[1] for kernel, _ in chain] == [width] * (neurons + 1) + [outputs]
    passed = [np.delete(values, inputs, axis=1) for values in before]
    assert min(values.min() for values in passed) >= -1e-12 * scale


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 40))
def test_the_keras_model_is_the_shallow_one_in_float32(seed, inputs, neurons):
    function, box = shallow(inputs, neurons, seed=seed), box_of(inputs, seed)
    deep = narrow(function, (box.low, box.high))
    x = inside(box).astype(np.float32).clip(box.low, box.high)
    difference = np.abs(np.asarray(deep(x)) - function(x)).max()
    assert difference < 1e-6 * np.sqrt(neurons) * 10 * size_of(function, x)


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (1, 2), (3, 1)])
def test_in_float64_what_differs_is_rounding(inputs, outputs):
    function = shallow(inputs, 20, outputs, dtype="float64")
    deep = narrow(function, (-1, 2))
    assert deep.outputs[0].dtype == "float64"
    assert narrow_error(deep, function, inside(Box.of((-1, 2), inputs))) < 1e-13


def test_hundreds_of_layers_stay_accurate():
    function = shallow(1, 200, seed=1)
    x = np.linspace(-1, 2, 1000)[:, None]
    assert narrow_error(narrow(function, (-1, 2)), function, x) < 2e-5


@pytest.mark.parametrize(
    ("inputs", "outputs", "width"), [(1, 1, 3), (2, 1, 4), (5, 1, 7), (2, 3, 6)]
)
def test_width_depth_and_names(inputs, outputs, width):
    deep = narrow(shallow(inputs, 6, outputs), (-1, 1))
    hidden = deep.layers[1:-1]
    assert [layer.units for layer in hidden] == [width] * 7
    assert [layer.name for layer in hidden] == [f"collect{i}" for i in range(1, 8)]
    assert all(layer.activation is keras.activations.relu for layer in hidden)
    assert deep.layers[-1].name == "difference"
    assert deep.layers[-1].activation is keras.activations.linear
    assert deep.output_shape == (None, outputs)


def test_left_of_the_interval_x_is_cut_off():
    """f(x) = |x| = relu(x) + relu(-x), equal on [-1, oo), and 1 left of it."""
    function = Shallow([[1, -1]], [0, 0], [[1], [1]], [0])
    deep = narrow(function, (-1, 1))
    x = np.array([-3, -1.5, -1, -0.5, 0, 1, 2, 1000], np.float32)[:, None]
    np.testing.assert_allclose(np.asarray(deep(x))[:, 0], [1, 1, 1, 0.5, 0, 1, 2, 1000])


def test_beyond_the_box_a_sum_can_be_cut_off():
    """f(x, y) = -relu(x + y), collected as 2 - relu(x + y) for the box [0, 1]^2."""
    function = Shallow([[1], [1]], [0], [[-1]], [0])
    deep = narrow(function, (0, 1))
    x = np.array([[0, 0], [0.25, 0.5], [1, 1], [3, 3], [0.5, -0.25]], np.float32)
    np.testing.assert_allclose(function(x)[:, 0], [0, -0.75, -2, -6, -0.25])
    np.testing.assert_allclose(np.asarray(deep(x))[:, 0], [0, -0.75, -2, -2, -0.25])


def test_the_channels_are_what_they_are_said_to_be():
    """f = 2 relu(x - 1) - 3 relu(x - 2) from 0 on: x - bend, positive terms, negative terms."""
    function = Shallow([[1, 1]], [-2, -1], [[-3], [2]], [5])
    chain = collect(*arrays(function), Box.of((0, 4), 1))
    values = [np.maximum(v, 0)[0] for v in run(chain, np.array([[3.0]]))[1]]
    np.testing.assert_array_equal(values, [[2, 0, 0], [1, 4, 0], [1, 4, 3]])
    np.testing.assert_array_equal(chain[-1][1], [5])


@pytest.mark.parametrize("weight", [1e-40, -1e-40, 1e-310, 1e-20])
@pytest.mark.parametrize("bias", [-1.0, 1.0])
def test_weights_near_0_do_not_overflow(weight, bias):
    function = Shallow([[weight, 1, 2]], [bias, 0.5, 0], [[1], [1], [-1]], [0])
    deep = narrow(function, (-1, 1))
    assert all(np.isfinite(value).all() for value in deep.get_weights())
    assert narrow_error(deep, function, np.linspace(-1, 1, 50)[:, None]) < 1e-6


def dense_pair(inputs=2, neurons=5, outputs=1, **arguments):
    return layers.Dense(neurons, "relu", **arguments), layers.Dense(outputs, **arguments)


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("functional", [True, False])
def test_sequential_and_functional_models_are_read(use_bias, functional):
    hidden, output = dense_pair(use_bias=use_bias)
    if functional:
        x = keras.Input((2,))
        model = keras.Model(x, output(hidden(x)))
    else:
        model = keras.Sequential([keras.Input((2,)), hidden, output])
    points = inside(Box.of((-1, 1), 2)).astype(np.float32)
    np.testing.assert_allclose(read(model)(points), model(points), atol=1e-6)
    deep = narrow(model, (-1, 1))
    np.testing.assert_allclose(deep(points), model(points), atol=1e-5)
    assert narrow_error(deep, model, points) < 1e-5


def test_a_float64_model_is_rewritten_in_float64():
    model = keras.Sequential([keras.Input((1,), dtype="float64"), *dense_pair(dtype="float64")])
    x = np.linspace(-1, 1, 99)[:, None]
    assert narrow_error(narrow(model, (-1, 1)), model, x) < 1e-14


def odd_models():
    x, y = keras.Input((3,)), keras.Input((2, 2))
    twice = layers.Dense(3, "relu")
    first, second = layers.Dense(3, "relu"), layers.Dense(3)
    hidden, output = dense_pair()
    yield keras.Model(x, layers.Dense(1)(twice(twice(x))))
    yield keras.Model(x, [second(first(x)), first.output])
    yield keras.Model(y, output(hidden(y)))
    yield keras.Model(x, layers.Dense(1)(x))
    yield keras.Sequential(dense_pair())
    for stack in (
        [layers.Dense(4, "tanh"), layers.Dense(1)],
        [layers.Dense(4, "relu"), layers.Dense(1, "relu")],
        [layers.Dense(4, "relu"), layers.Dense(4, "relu"), layers.Dense(1)],
        [layers.Dense(4), layers.ReLU(), layers.Dense(1)],
        [layers.Dense(4, "relu"), layers.Dropout(0.5), layers.Dense(1)],
    ):
        yield keras.Sequential([keras.Input((3,)), *stack])


def test_other_models_are_refused():
    models = list(odd_models())
    assert len(models) == 10
    for model in models:
        with pytest.raises(InputError, match="not a shallow ReLU network"):
            narrow(model, (-1, 1))


@pytest.mark.parametrize(
    "interval", [(1, -1), (0, 0), (0, np.inf), (np.nan, 1), 3, (0, 1, 2), ("a", 1), (0, [1, 2, 3])]
)
def test_bad_intervals_are_one_sentence(interval):
    with pytest.raises(InputError, match="give \\(low, high\\) with low < high"):
        narrow(shallow(2, 3), interval)


@pytest.mark.parametrize(
    "values",
    [
        (np.ones(3), np.ones(3), np.ones((3, 1)), np.ones(1)),
        (np.ones((1, 3)), np.ones(2), np.ones((3, 1)), np.ones(1)),
        (np.ones((1, 3)), np.ones(3), np.ones((2, 1)), np.ones(1)),
        (np.ones((1, 3)), np.ones(3), np.ones((3, 1)), np.ones(2)),
        (np.ones((1, 0)), np.ones(0), np.ones((0, 1)), np.ones(1)),
        (np.full((1, 3), np.inf), np.ones(3), np.ones((3, 1)), np.ones(1)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(values):
    with pytest.raises(InputError, match="finite arrays of shapes"):
        Shallow(*values)


def test_it_is_saved_and_loaded_in_safe_mode_without_classes_of_ours(tmp_path):
    function = shallow(2, 5)
    deep, path = narrow(function, (-1, 1)), tmp_path / "narrow.keras"
    deep.save(path)
    points = inside(Box.of((-1, 1), 2)).astype(np.float32)
    np.testing.assert_array_equal(load_model(path)(points), deep(points))
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    assert "tfnets" not in json.dumps(config)


def test_narrow_error_is_relative_to_the_function():
    function = Shallow([[1.0]], [0.0], [[4.0]], [0.0])
    other = Shallow([[1.0]], [0.0], [[5.0]], [0.0])
    points = np.array([[0.0], [0.5], [1.0]])
    assert narrow_error(narrow(other, (0, 1)), function, points) == pytest.approx(0.25)
    flat = Shallow([[1.0]], [-5.0], [[1.0]], [0.0])
    assert narrow_error(narrow(other, (0, 1)), flat, points) == pytest.approx(5)
