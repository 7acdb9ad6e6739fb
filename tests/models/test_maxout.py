import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.maxout import Maxout

RNG = np.random.default_rng(0)


def filled(units, pieces, features):
    """A layer with random weights."""
    layer = Maxout(units, pieces)
    layer.build((None, features))
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def test_each_unit_is_the_largest_of_its_own_pieces():
    units, pieces, features = 4, 3, 5
    layer, x = filled(units, pieces, features), RNG.normal(size=(7, features)).astype(np.float32)
    kernel, bias = layer.get_weights()
    expected = np.empty((7, units))
    for row in range(7):
        for unit in range(units):
            columns = range(unit * pieces, (unit + 1) * pieces)
            expected[row, unit] = max(x[row] @ kernel[:, c] + bias[c] for c in columns)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


def test_absolute_value_and_relu_are_two_pieces_each():
    layer = Maxout(2, 2)
    layer.build((None, 1))
    layer.set_weights([np.array([[1.0, -1, 1, 0]]), np.zeros(4)])
    x = np.linspace(-2, 2, 9, dtype=np.float32)
    found = layer(x[:, None]).numpy()
    np.testing.assert_array_equal(found[:, 0], np.abs(x))
    np.testing.assert_array_equal(found[:, 1], np.maximum(x, 0))


def test_one_piece_is_a_dense_layer():
    layer, x = filled(6, 1, 4), RNG.normal(size=(3, 4)).astype(np.float32)
    dense = keras.layers.Dense(6)
    dense.build((None, 4))
    dense.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(x), dense(x), rtol=1e-5, atol=1e-6)


def test_the_gradient_reaches_the_winning_piece_alone():
    layer, x = filled(2, 3, 4), RNG.normal(size=(1, 4)).astype(np.float32)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(x))
    gradient = tape.gradient(total, layer.kernel.value).numpy().reshape(4, 2, 3)
    pieces = (x @ layer.get_weights()[0] + layer.get_weights()[1]).reshape(2, 3)
    for unit in range(2):
        for piece in range(3):
            expected = x[0] if piece == pieces[unit].argmax() else np.zeros(4)
            np.testing.assert_allclose(gradient[:, unit, piece], expected, rtol=1e-5)


def test_shapes_of_weights_and_output():
    layer = Maxout(240, 5)
    assert layer.compute_output_shape((None, 784)) == (None, 240)
    x = keras.Input((784,))
    assert layer(x).shape == (None, 240)
    assert [tuple(w.shape) for w in layer.weights] == [(784, 1200), (1200,)]
    assert layer(np.zeros((2, 3, 784), np.float32)).shape == (2, 3, 240)


def test_initial_weights_are_of_the_initializer_given():
    first, again, other = (
        Maxout(3, 2, kernel_initializer=keras.initializers.GlorotUniform(seed=s)) for s in (1, 1, 2)
    )
    for layer in (first, again, other):
        layer.build((None, 50))
    np.testing.assert_array_equal(first.kernel, again.kernel)
    assert (first.kernel.numpy() != other.kernel.numpy()).all()
    assert not first.bias.numpy().any()
    limit = np.sqrt(6 / (50 + 6))
    assert 0.95 * limit < np.abs(first.kernel).max() <= limit


def test_saved_and_loaded_in_safe_mode(tmp_path):
    x = keras.Input((4,))
    model = keras.Model(x, Maxout(3, 2, name="joint", dtype="float32")(x))
    model.save(tmp_path / "maxout.keras")
    loaded = load_model(tmp_path / "maxout.keras")
    values = RNG.normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_array_equal(loaded(values), model(values))
    assert loaded.get_layer("joint").get_config() == model.get_layer("joint").get_config()


@pytest.mark.parametrize("size", [(0, 2), (2, 0), (-1, 1)])
def test_sizes_below_1_are_refused(size):
    with pytest.raises(InputError, match="cannot be built"):
        Maxout(*size)
