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
