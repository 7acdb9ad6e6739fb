import keras
import numpy as np
import pytest

from tfnets import models
from tfnets.artifacts import reference
from tfnets.methods.gans import judges
from tfnets.methods.gans import quality as gan_quality


def test_digits_have_their_committed_judge(digits):
    found = judges.load("mnist").predict(digits.x_test[:5], verbose=0)
    assert found["features"].shape == (5, 128)
    expected = reference.judge("mnist").predict(digits.x_test[:5], verbose=0)
    np.testing.assert_allclose(found["probabilities"], expected, atol=1e-6)


def test_colour_images_have_the_committed_network_with_its_last_plane_averaged():
    images = np.random.default_rng(0).random((6, 32, 32, 3), np.float32)
    network = models.load("cifar10").model
    plane = keras.Model(network.input, network.get_layer("pool2").output)(images).numpy()
    logits = network(images).numpy().astype(np.float64)
    found = judges.load("cifar10").predict(images, verbose=0)
    assert plane.shape[1:] == (5, 5, 128)
    np.testing.assert_allclose(found["features"], plane.mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found["probabilities"], softmax, rtol=1e-4, atol=1e-6)


def flat_judge():
    """Features: the image itself; probabilities: class 0 for all."""
    image = keras.Input((28, 28, 1))
    pixels = keras.layers.Flatten()(image)
    shares = keras.layers.Dense(10, "softmax", kernel_initializer="zeros")(pixels)
    return keras.Model(image, {"features": pixels, "probabilities": shares})


def test_quality_measures_with_the_judge_that_it_is_given(digits):
    quality = gan_quality.Quality(digits, 60, flat_judge())
    shifted = np.clip(digits.x_test[:60] + 0.25, 0, 2)
    found = quality(shifted)
    assert found["frechet"] == pytest.approx(28 * 28 * 0.25**2, rel=1e-3)
    assert found["modes"] == 1


def test_quality_is_sample_quality_with_training_images_as_ceiling(digits):
    from tfnets import metrics

    judge = judges.load("mnist")
    real, other, fake = (
        judge.predict(x[:60], batch_size=500, verbose=0)
        for x in (digits.x_test, digits.x_train, digits.x_train[60:])
    )
    expected = metrics.sample_quality(real, other, fake, digits.y_test[:60])
    assert gan_quality.Quality(digits, 60)(digits.x_train[60:]) == expected


def test_a_judge_sees_images_in_any_arrangement(digits):
    judge = judges.Judge(digits, 20)
    flat = judge.judged(digits.x_test[:6])
    rows = judge.judged(digits.x_test[:6].reshape(2, 3, 28, 28, 1))
    assert rows["features"].shape == (2, 3, 128)
    np.testing.assert_allclose(rows["features"].reshape(6, 128), flat["features"], atol=1e-5)
    np.testing.assert_array_equal(judges.seen(rows).ravel(), judges.seen(flat))


class Counting:
    """Features: pixels; probabilities: the classes in turn. Counts what it is asked for."""

    def __init__(self):
        self.asked = []

    def predict(self, images, **_):
        self.asked.append(len(images))
        turn = np.arange(len(images)) % 10
        return {"features": images.reshape(len(images), -1), "probabilities": np.eye(10)[turn]}


def test_real_images_are_judged_when_that_is_asked_for_and_once(digits):
    model = Counting()
    judge = judges.Judge(digits, 60, model)
    assert model.asked == []
    assert judge.agreement_real["mean"] == judge.agreement(judge.reference)["mean"] == 1
    assert judge.frechet(judge.reference) == pytest.approx(0, abs=1e-6)
    assert judge.ceiling["frechet_real"] == judge.frechet(judge.others)
    assert judge.ceiling is judge.ceiling
    assert model.asked == [60, 60]


def test_a_judge_without_a_number_has_all_test_images(digits):
    judge = judges.Judge(digits, model=flat_judge())
    assert (judge.samples, judge.classes) == (160, 10)
    np.testing.assert_array_equal(judge.labels, digits.y_test)
    assert judges.Judge(digits, 10_000, flat_judge()).samples == 160
