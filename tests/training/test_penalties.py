import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.training.penalties import gradient_penalty, r1

SEED = tf.constant([1, 2])
REAL = tf.constant(np.random.default_rng(0).normal(size=(5, 3)), tf.float32)
FAKE = tf.constant(np.random.default_rng(1).normal(size=(5, 3)), tf.float32)
SLOPE = tf.constant([[2.0], [-1.0], [2.0]])


def plane(images):
    return images @ SLOPE


def bowl(images):
    return tf.reduce_sum(images**2, axis=1, keepdims=True) / 2


def test_a_plane_has_the_penalty_of_its_one_slope():
    assert float(gradient_penalty(10)(plane, REAL, FAKE, SEED)) == pytest.approx(10 * (3 - 1) ** 2)
    assert float(r1(4)(plane, REAL, FAKE, SEED)) == pytest.approx(4 / 2 * 9)


def test_r1_looks_at_real_images_only():
    expected = 0.5 * np.mean(np.sum(REAL.numpy() ** 2, axis=1))
    assert float(r1(1)(bowl, REAL, FAKE, SEED)) == pytest.approx(expected, rel=1e-5)
    assert float(r1(1)(bowl, REAL, 9 * FAKE, SEED)) == pytest.approx(expected, rel=1e-5)


def test_the_gradient_penalty_looks_at_a_point_between_each_pair():
    points = []

    def spying(images):
        points.append(images.numpy())
        return bowl(images)

    value = float(gradient_penalty(1)(spying, REAL, FAKE, SEED))
    (seen,) = points
    shares = ((seen - FAKE) / (REAL - FAKE)).numpy()
    np.testing.assert_allclose(shares, np.broadcast_to(shares[:, :1], shares.shape), rtol=1e-3)
    assert (shares.min() > 0) & (shares.max() < 1)
    assert len(np.unique(shares[:, 0].round(4))) == 5
    norms = np.linalg.norm(seen, axis=1)
    assert value == pytest.approx(np.mean((norms - 1) ** 2), rel=1e-4)


def test_the_penalty_of_a_flat_critic_has_a_gradient():
    """The norm's own gradient at 0 is not a number."""
    weight = tf.Variable(tf.zeros((3, 1)))
    with tf.GradientTape() as tape:
        value = gradient_penalty(1)(lambda x: x @ weight, REAL, FAKE, SEED)
    assert float(value) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(tape.gradient(value, weight)).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6), st.floats(0.1, 20))
def test_images_count_alike_whatever_the_batch(copies, weight):
    tile = lambda x: tf.repeat(x, copies, axis=0)  # noqa: E731
    one = float(r1(weight)(bowl, REAL, FAKE, SEED))
    assert float(r1(weight)(bowl, tile(REAL), tile(FAKE), SEED)) == pytest.approx(one, rel=1e-4)


def test_pictures_and_seeds():
    images = tf.reshape(tf.range(48, dtype=tf.float32), (3, 4, 4, 1)) / 48
    critic = lambda x: tf.reduce_sum(x**2, axis=(1, 2, 3))[:, None]  # noqa: E731
    values = [float(gradient_penalty(1)(critic, images, 0 * images, (s, 0))) for s in (0, 0, 1)]
    assert values[0] == values[1] != values[2]


@pytest.mark.parametrize("penalty", [gradient_penalty, r1])
@pytest.mark.parametrize("weight", [0, -1, float("nan")])
def test_weights_that_are_not_above_0_are_refused(penalty, weight):
    with pytest.raises(InputError, match="give a number above 0"):
        penalty(weight)
