import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.minibatch_discrimination import MinibatchDiscrimination

RNG = np.random.default_rng(0)


def by_hand(x, kernel, kernels, dims):
    """Salimans et al. (2016), section 3.2, with loops; without an example's distance to itself."""
    n = len(x)
    m = (x @ kernel).reshape(n, kernels, dims)
    closeness = np.zeros((n, kernels))
    for i in range(n):
        for j in range(n):
            for b in range(kernels):
                if i != j:
                    closeness[i, b] += np.exp(-sum(abs(m[i, b] - m[j, b])))
    return np.concatenate([x, closeness], axis=1)


@pytest.mark.parametrize(("kernels", "dims"), [(1, 1), (3, 2), (2, 5)])
def test_equals_the_paper_by_hand(kernels, dims):
    layer, x = MinibatchDiscrimination(kernels, dims), RNG.normal(size=(6, 4)).astype(np.float32)
    layer.build((None, 4))
    kernel = RNG.normal(size=layer.kernel.shape)
    layer.set_weights([kernel])
    np.testing.assert_allclose(layer(x), by_hand(x, kernel, kernels, dims), rtol=1e-4, atol=1e-5)


def test_numbers_written_out():
    layer = MinibatchDiscrimination(1, 1)
    layer.build((None, 1))
    layer.set_weights([np.array([[2.0]])])
    found = layer(np.array([[0.0], [1.0], [3.0]], np.float32)).numpy()
    near, middle, far = np.exp(-2), np.exp(-4), np.exp(-6)
    np.testing.assert_array_equal(found[:, 0], [0, 1, 3])
    np.testing.assert_allclose(found[:, 1], [near + far, near + middle, far + middle], rtol=1e-4)


def test_examples_all_alike_see_everybody_and_a_lone_one_nobody():
    layer = MinibatchDiscrimination(3, 2)
    layer.build((None, 4))
    alike = np.tile(RNG.normal(size=(1, 4)).astype(np.float32), (5, 1))
    np.testing.assert_allclose(layer(alike)[:, 4:], 4)
    np.testing.assert_array_equal(layer(alike[:1])[:, 4:], np.zeros((1, 3)))
    apart = np.eye(4, dtype=np.float32) * 1e4
    np.testing.assert_array_equal(layer(apart)[:, 4:], np.zeros((4, 3)))


def test_the_gradient_pushes_examples_apart():
    """Less closeness at greater distance: each of two examples is pushed away from the other."""
    layer = MinibatchDiscrimination(1, 1)
    layer.build((None, 1))
    layer.set_weights([np.array([[1.0]])])
    x = tf.constant([[0.0], [0.5]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        closeness = tf.reduce_sum(layer(x)[:, 1])
    expected = 2 * np.exp(-0.5)
    np.testing.assert_allclose(tape.gradient(closeness, x), [[expected], [-expected]], rtol=1e-5)


def test_shapes_of_weights_and_output():
    layer = MinibatchDiscrimination(5, 3)
    assert layer.compute_output_shape((None, 7)) == (None, 12)
    x = keras.Input((7,))
    assert layer(x).shape == (None, 12)
    assert [tuple(w.shape) for w in layer.weights] == [(7, 15)]


def test_saved_and_loaded_in_safe_mode(tmp_path):
    x = keras.Input((4,))
    model = keras.Model(x, MinibatchDiscrimination(3, 2, name="alike")(x))
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    values = RNG.normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_array_equal(loaded(values), model(values))
    assert loaded.get_layer("alike").get_config() == model.get_layer("alike").get_config()


@pytest.mark.parametrize("sizes", [(0, 2), (2, 0), (-1, 1)])
def test_sizes_below_1_are_refused(sizes):
    with pytest.raises(InputError, match="at least 1"):
        MinibatchDiscrimination(*sizes)
