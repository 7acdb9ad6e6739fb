import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.latents import PRIORS, Normal, Uniform

EACH = pytest.mark.parametrize("prior", [Uniform(3), Uniform(2, 0.5, 4.0), Normal(3)], ids=repr)
seeds = st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))


@pytest.mark.parametrize("name", PRIORS)
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.integers(1, 20), seeds)
def test_shape_type_and_repetition(name, n, dim, seed):
    prior = PRIORS[name](dim)
    drawn = prior(n, seed)
    assert drawn.shape == (n, dim)
    assert drawn.dtype == tf.float32
    np.testing.assert_array_equal(drawn, prior(n, seed))


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(-5, 5, width=16), st.floats(0.125, 5, width=16))
def test_uniform_stays_in_its_interval(seed, low, width):
    drawn = Uniform(4, low, low + width)(50, seed).numpy()
    assert drawn.min() >= low
    assert drawn.max() <= low + width


@EACH
def test_seeds_differ_in_each_half(prior):
    draws = [prior(5, seed).numpy() for seed in ((1, 1), (1, 2), (2, 1))]
    assert len({draw.tobytes() for draw in draws}) == 3


@EACH
def test_rows_and_columns_of_a_draw_differ(prior):
    drawn = prior(40, (0, 0)).numpy()
    assert len(np.unique(drawn)) == drawn.size


@pytest.mark.parametrize(
    ("prior", "mean", "deviation"),
    [(Uniform(2), 0, 3**-0.5), (Uniform(2, 0, 6), 3, 3**0.5), (Normal(2), 0, 1)],
    ids=["uniform", "uniform 0 to 6", "normal"],
)
def test_moments(prior, mean, deviation):
    n = 20_000
    drawn = prior(n, (3, 4)).numpy()
    # Five standard errors; that of a deviation is at most its value / sqrt(2 n).
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=5 * deviation / n**0.5)
    np.testing.assert_allclose(drawn.std(axis=0), deviation, atol=5 * deviation / (2 * n) ** 0.5)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 5 / n**0.5


def test_the_ends_of_the_default_interval_are_reached():
    drawn = Uniform(1)(20_000, (0, 0)).numpy()
    assert drawn.min() < -0.999
    assert drawn.max() > 0.999


@EACH
def test_inside_a_tf_function_with_n_and_seed_as_tensors(prior):
    @tf.function
    def draw(n, seed):
        return prior(n, seed)

    drawn = draw(tf.constant(6), tf.constant([3, 4]))
    np.testing.assert_array_equal(drawn, prior(6, (3, 4)))


@EACH
def test_saved_and_loaded_in_safe_mode(prior):
    saved = keras.saving.serialize_keras_object(prior)
    loaded = keras.saving.deserialize_keras_object(saved, safe_mode=True)
    assert type(loaded) is type(prior)
    assert loaded.get_config() == prior.get_config()
    np.testing.assert_array_equal(loaded(7, (1, 2)), prior(7, (1, 2)))
