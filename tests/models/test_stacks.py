import dataclasses

import numpy as np
import pytest

from tfnets.errors import InputError
from tfnets.models.discriminators import dense_discriminator
from tfnets.models.generators import DENSE, dense_generator
from tfnets.models.stacks import Minibatch, Stack
from tfnets.models.toy import TOY, toy_discriminator, toy_generator

RNG = np.random.default_rng(0)
PAIRS = {f"{kind} {name}": pair for kind, pairs in (("toy", TOY), ("dense", DENSE))
         for name, pair in pairs.items()}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_every_pair_fits_and_gives_one_logit_each(name):
    generator, discriminator = PAIRS[name]
    made = generator(5, 0)(RNG.normal(size=(4, 5)).astype(np.float32))
    shape = (2,) if name.startswith("toy") else (28, 28, 1)
    assert made.shape == (4, *shape)
    assert discriminator(0)(made).shape == (4, 1)


def test_a_stack_by_hand():
    model = toy_discriminator(0, Stack((3, 4), "tanh", spread=0.5))
    x = RNG.normal(size=(6, 2)).astype(np.float32)
    k1, b1, k2, b2, k3, b3 = (w.numpy() for w in model.weights)
    expected = np.tanh(np.tanh(x @ k1 + b1) @ k2 + b2) @ k3 + b3
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-6)
    for bias in (b1, b2):
        assert bias.any()
        assert np.abs(bias).max() <= 0.5
    assert not b3.any()


def test_he_kernels_and_no_biases_without_spread():
    model = toy_generator(6, 0, Stack((500,)))
    kernel, bias = model.get_layer("generator_dense1").get_weights()
    assert 0.98 < np.abs(kernel).max() <= 1  # sqrt(6 / 6)
    assert not bias.any()


def test_leaky_relu_has_slope_one_fifth():
    model = toy_discriminator(0, Stack((1,)))
    model.set_weights([np.ones((2, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)])
    np.testing.assert_allclose(model(np.array([[-1.0, -1], [1, 1]])), [[-0.4], [2]], rtol=1e-6)


def test_dense_generator_has_images_in_the_unit_interval():
    model = dense_generator(7, 0, (4, 3, 2), Stack((5, 6)))
    images = model(RNG.normal(0, 50, (3, 7)).astype(np.float32)).numpy()
    assert images.shape == (3, 4, 3, 2)
    assert 0 <= images.min() < images.max() <= 1
    assert [tuple(w.shape) for w in model.weights[::2]] == [(7, 5), (5, 6), (6, 24)]


@pytest.mark.parametrize(
    "build", [toy_discriminator, lambda s, stack, m: dense_discriminator(s, (1, 2, 1), stack, m)]
)
def test_minibatch_discrimination_stands_before_the_logit(build):
    model = build(0, Stack((9,)), Minibatch(3, 2))
    assert model.get_layer("critic_minibatch").kernel.shape == (9, 6)
    assert model.get_layer("critic_logit").kernel.shape == (12, 1)


@pytest.mark.parametrize("build", [toy_generator, dense_generator])
def test_a_latent_size_below_1_is_refused(build):
    with pytest.raises(InputError, match="latent size is 0"):
        build(0, 1)


def test_stacks_are_values():
    assert dataclasses.replace(Stack((3,)), spectral=True) == Stack((3,), spectral=True)
