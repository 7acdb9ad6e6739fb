import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.training.losses import LOSSES, MINIMAX, NON_SATURATING, smoothed

EACH = pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
logits = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=8).map(
    lambda values: np.array(values, np.float32)[:, None]
)
softplus = np.logaddexp


def test_names_are_the_keys():
    assert list(LOSSES) == ["non_saturating", "minimax", "hinge", "least_squares", "wasserstein"]
    assert all(loss.name == name for name, loss in LOSSES.items())


@pytest.mark.parametrize(
    ("name", "discriminator", "generator"),
    [
        ("non_saturating", 2 * np.log(2), np.log(2)),
        ("minimax", 2 * np.log(2), -np.log(2)),
        ("hinge", 2, 0),
        ("least_squares", 0.5, 0.5),
        ("wasserstein", 0, 0),
    ],
)
def test_values_at_logits_0(name, discriminator, generator):
    zeros = tf.zeros((4, 1))
    assert LOSSES[name].discriminator(zeros, zeros).numpy() == pytest.approx(discriminator)
    assert LOSSES[name].generator(zeros).numpy() == pytest.approx(generator)


@pytest.mark.parametrize(
    ("name", "discriminator", "generator"),
    [
        # Real logits 2 and 0, fake logits -3 and 1.
        (
            "non_saturating",
            np.mean(softplus(0, [-2, 0])) + np.mean(softplus(0, [-3, 1])),
            np.mean(softplus(0, [3, -1])),
        ),
        (
            "minimax",
            np.mean(softplus(0, [-2, 0])) + np.mean(softplus(0, [-3, 1])),
            np.mean(np.log(1 - 1 / (1 + np.exp([3, -1])))),
        ),
        ("hinge", (0 + 1) / 2 + (0 + 2) / 2, 1),
        ("least_squares", 0.5 * ((1 + 1) / 2 + (9 + 1) / 2), 0.5 * (16 + 0) / 2),
        ("wasserstein", -1 - 1, 1),
    ],
)
def test_values_by_hand(name, discriminator, generator):
    real, fake = tf.constant([[2.0], [0.0]]), tf.constant([[-3.0], [1.0]])
    assert LOSSES[name].discriminator(real, fake).numpy() == pytest.approx(discriminator)
    assert LOSSES[name].generator(fake).numpy() == pytest.approx(generator)


@settings(max_examples=30, deadline=None)
@given(logits, logits)
def test_non_saturating_is_binary_crossentropy(real, fake):
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = bce(np.ones_like(real), real) + bce(np.zeros_like(fake), fake)
    found = NON_SATURATING.discriminator(tf.constant(real), tf.constant(fake))
    assert float(found) == pytest.approx(float(expected), rel=1e-5, abs=1e-6)
    expected = bce(np.ones_like(fake), fake)
    found = NON_SATURATING.generator(tf.constant(fake))
    assert float(found) == pytest.approx(float(expected), rel=1e-5, abs=1e-6)


@EACH
def test_gradients_pull_real_up_and_fake_down_and_the_generator_pulls_fake_up(loss):
    real, fake = tf.Variable([[0.3], [-0.4]]), tf.Variable([[0.2], [-0.1]])
    with tf.GradientTape(persistent=True) as tape:
        discriminator, generator = loss.discriminator(real, fake), loss.generator(fake)
    assert discriminator.shape == generator.shape == ()
    assert (tape.gradient(discriminator, real).numpy() < 0).all()
    down = tape.gradient(discriminator, fake).numpy()
    assert (down[0] > 0).all()
    # Least squares pulls fake towards 0, from whichever side.
    assert (down[1] > 0).all() if loss.name != "least_squares" else (down[1] < 0).all()
    assert (tape.gradient(generator, fake).numpy() < 0).all()
    assert tape.gradient(generator, real) is None


@EACH
def test_large_logits_stay_finite_with_finite_gradients(loss):
    for sign in (1, -1):
        real, fake = tf.Variable([[1e4 * sign]]), tf.Variable([[-1e4 * sign]])
        with tf.GradientTape(persistent=True) as tape:
            losses = loss.discriminator(real, fake), loss.generator(fake)
        for value in losses:
            assert np.isfinite(value.numpy())
            assert np.isfinite(tape.gradient(value, fake).numpy()).all()


def test_a_sure_discriminator_still_teaches_a_non_saturating_generator():
    fake = tf.Variable([[-50.0]])
    with tf.GradientTape() as tape:
        value = NON_SATURATING.generator(fake)
    assert tape.gradient(value, fake).numpy().item() == pytest.approx(-1)


def test_a_sure_discriminator_teaches_a_minimax_generator_nothing():
    fake = tf.Variable([[-50.0]])
    with tf.GradientTape() as tape:
        value = MINIMAX.generator(fake)
    assert tape.gradient(value, fake).numpy().item() == pytest.approx(0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(logits, logits, st.floats(0.6, 1), st.floats(0, 0.4))
def test_smoothed_is_binary_crossentropy_with_those_targets(real, fake, up, down):
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = bce(np.full_like(real, up), real) + bce(np.full_like(fake, down), fake)
    loss = smoothed(up, down)
    found = loss.discriminator(tf.constant(real), tf.constant(fake))
    assert float(found) == pytest.approx(float(expected), rel=1e-4, abs=1e-5)
    assert float(loss.generator(tf.constant(fake))) == float(NON_SATURATING.generator(fake))


@pytest.mark.parametrize("targets", [(1.1, 0), (0.5, 0), (0.9, 0.5), (0.9, -0.1)])
def test_targets_on_the_wrong_side_are_refused(targets):
    with pytest.raises(InputError, match=r"one above 0\.5"):
        smoothed(*targets)


@EACH
def test_losses_are_means_over_the_batch(loss):
    real, fake = tf.constant([[0.7], [-2.0]]), tf.constant([[1.5], [-0.2]])
    once = loss.discriminator(real, fake), loss.generator(fake)
    real, fake = tf.repeat(real, 5, axis=0), tf.repeat(fake, 5, axis=0)
    np.testing.assert_allclose(
        once, (loss.discriminator(real, fake), loss.generator(fake)), rtol=1e-6
    )


@EACH
def test_the_boundary_lies_half_way_between_the_targets(loss):
    assert loss.boundary == (0.5 if loss.name == "least_squares" else 0)
