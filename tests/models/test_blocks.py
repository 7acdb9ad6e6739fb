import keras
import numpy as np
import pytest

from tfnets.models.discriminators import dense_discriminator, image_discriminator
from tfnets.models.stacks import Stack
from tfnets.models.toy import toy_discriminator

RNG = np.random.default_rng(0)
BUILDERS = {
    "image": (lambda s: image_discriminator(s, width=4, spectral=True), (28, 28, 1)),
    "dense": (lambda s: dense_discriminator(s, stack=Stack((9, 8), spectral=True)), (28, 28, 1)),
    "toy": (lambda s: toy_discriminator(s, Stack((9, 8), spectral=True)), (2,)),
}
EACH = pytest.mark.parametrize("name", BUILDERS)


def norms(model):
    kernels = [w.numpy() for w in model.trainable_weights if w.name == "kernel"]
    return [np.linalg.norm(k.reshape(-1, k.shape[-1]), 2) for k in kernels]


@EACH
def test_calls_in_training_bring_every_kernel_to_norm_1(name):
    build, shape = BUILDERS[name]
    model = build(0)
    assert len(norms(model)) == 3
    assert max(abs(np.array(norms(model)) - 1)) > 0.05
    x = RNG.random((4, *shape), np.float32)
    for _ in range(60):
        model(x, training=True)
    np.testing.assert_allclose(norms(model), 1, rtol=0.02)


@EACH
def test_inference_changes_nothing(name):
    build, shape = BUILDERS[name]
    model = build(0)
    before = model.get_weights()
    model(RNG.random((4, *shape), np.float32), training=False)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@EACH
def test_the_start_of_the_power_iteration_is_a_function_of_the_seed(name):
    build = BUILDERS[name][0]
    keras.utils.set_random_seed(1)
    first = build(0).non_trainable_weights
    keras.utils.set_random_seed(2)
    again, other = build(0).non_trainable_weights, build(1).non_trainable_weights
    assert len(first) == 3
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a.numpy() != c.numpy()).all()


def test_the_slope_of_a_normalised_discriminator_is_at_most_1():
    """LeakyReLU has slope 1 at most, so the product of the kernels' norms bounds the network's."""
    model = toy_discriminator(0, Stack((30, 30), spectral=True, spread=2.0))
    for _ in range(60):
        model(np.zeros((1, 2), np.float32), training=True)
    points = RNG.normal(0, 3, (500, 2)).astype(np.float32)
    moved = points + RNG.normal(0, 0.1, points.shape).astype(np.float32)
    change = np.abs(model(moved) - model(points))[:, 0]
    assert (change <= 1.01 * np.linalg.norm(moved - points, axis=1)).all()


def test_batch_normalisation_gives_way():
    kinds = [type(layer) for layer in image_discriminator(0, spectral=True).layers]
    assert keras.layers.BatchNormalization not in kinds
    assert kinds.count(keras.layers.SpectralNormalization) == 3
