"""What is special to study `joint_model`."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfnets import latents
from tfnets.errors import InputError
from tfnets.studies.joint_model import page, study
from tfnets.studies.joint_model.model import PENALTIES, JointModel, lengths
from tfnets.studies.joint_model.settings import Settings

DIM = 16


def model(prior=None, sharp=3.0):
    """Images are h in a row; class 0 or 1 by the sign of the first pixel."""
    z = keras.Input((DIM,))
    generator = keras.Model(z, keras.layers.Reshape((4, 4, 1))(z))
    image = keras.Input((4, 4, 1))
    layer = keras.layers.Dense(2, activation="softmax", name="probabilities")
    classifier = keras.Model(image, layer(keras.layers.Flatten()(image)))
    kernel = np.zeros((DIM, 2), np.float32)
    kernel[0] = [-sharp, sharp]
    layer.set_weights([kernel, np.zeros(2, np.float32)])
    return JointModel(generator, prior or latents.Normal(DIM), classifier)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"penalties": ("l1",)}, "does not know l1"),
        ({"samples": 1}, "no interval"),
        ({"each": 0}, "each is 0"),
        ({"step_size": 0.0}, "step_size is 0"),
        ({"dataset": "fashion_mnist"}, "The reference generator draws mnist"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_penalties_are_the_negative_logarithms_of_the_densities():
    h = np.random.default_rng(0).normal(size=(9, DIM)) * np.linspace(0.2, 2, 9)[:, None]
    squares, size = (h**2).sum(axis=1), np.linalg.norm(h, axis=1)
    density = -stats.norm.logpdf(h).sum(axis=1) + stats.norm.logpdf(np.zeros(DIM)).sum()
    length = -stats.chi(DIM).logpdf(size) + stats.chi(DIM).logpdf(np.sqrt(DIM - 1))
    np.testing.assert_allclose(PENALTIES["density"](tf.constant(squares), DIM), density)
    np.testing.assert_allclose(
        PENALTIES["length"](tf.constant(squares), DIM), length, rtol=1e-6, atol=1e-9
    )
    assert not np.any(PENALTIES["nothing"](tf.constant(squares), DIM))


def test_ancestral_draws_have_the_classifiers_probabilities():
    drawn = model(sharp=0.5).sample(20_000, seed=1)
    np.testing.assert_allclose(drawn.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(drawn.images.ravel(), np.clip(drawn.h, 0, 1).ravel())
    # P(c = 1 | first pixel in [0.4, 0.6]) by drawn classes and by the classifier.
    first = drawn.images[:, 0, 0, 0]
    near = (first > 0.4) & (first < 0.6)
    share = drawn.labels[near].mean()
    assert share == pytest.approx(drawn.probabilities[near, 1].mean(), abs=0.04)
    again = model(sharp=0.5).sample(20_000, seed=1)
    np.testing.assert_array_equal(drawn.labels, again.labels)
    assert set(np.unique(drawn.labels)) == {0, 1}


def test_a_uniform_prior_is_reached_through_the_normal_distribution_function():
    joint = model(latents.Uniform(DIM, -1.0, 3.0))
    h = joint.draw(500, seed=2)
    expected = -1 + 4 * stats.norm.cdf(h)
    np.testing.assert_allclose(
        joint.image(tf.constant(h)).numpy().reshape(500, DIM), expected, atol=1e-5
    )


def test_searches_find_the_wanted_class_and_penalties_say_how_long_h_is():
    joint, wanted = model(), np.repeat([0, 1], 40).astype(np.int32)
    start = np.linalg.norm(joint.draw(80, seed=3), axis=1)
    sizes = {}
    for penalty in PENALTIES:
        found = joint.search(wanted, penalty, steps=300, learning_rate=0.1, seed=3)
        assert ((found.h[:, 0] > 0) == (wanted == 1)).mean() > 0.95
        assert found.history.shape == (300, 80)
        assert found.history[-1].mean() < 0.5 * found.history[0].mean()
        sizes[penalty] = np.linalg.norm(found.h, axis=1)
    # What no penalty asks for stays: all coordinates but the first.
    np.testing.assert_allclose(sizes["nothing"], start, atol=3)
    assert sizes["density"].max() < 0.5 * start.mean()
    np.testing.assert_allclose(sizes["length"], np.sqrt(DIM - 1), rtol=0.15)


def test_lengths_of_draws_are_typical_and_zero_is_not():
    h = np.random.default_rng(0).normal(size=(4_000, DIM))
    found = lengths(h)
    assert found["typical"] == pytest.approx(0.99, abs=0.006)
    assert found["low"] < found["mean"] < found["high"]
    assert lengths(0.01 * h)["typical"] == 0


def test_claims_are_decided_by_wilsons_interval():
    def row(*ci95):
        agreement = {"mean": 0.9, "ci95": list(ci95), "n": 100}
        return {"agreement": {page.JUDGE: agreement}, "lengths": {"typical": 0.5}}

    rows = {
        "sampled": row(0.91, 0.99),
        "found": {"nothing": row(0.2, 0.9), "length": row(0.8, 0.95)},
    }
    found = page.claims(Settings(penalties=("nothing", "length")), rows)
    assert [claim.verdict for claim in found] == ["confirmed", "not confirmed", "not decidable"]


def test_shown_draws_are_a_few_of_each_class():
    labels = np.array([1, 0] * 10 + [2])
    found = study.shown(labels, 3)
    assert labels[found].tolist() == [0] * 6 + [1] * 6 + [2]
