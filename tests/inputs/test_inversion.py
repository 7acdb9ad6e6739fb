import keras
import numpy as np
import pytest

from tfnets.errors import InputError
from tfnets.inputs.inversion import invert

RNG = np.random.default_rng(0)


def linear_generator(dim=4, seed=0):
    """A generator whose picture determines its latent vector."""
    z = keras.Input((dim,), name="z")
    kernel = np.linalg.qr(np.random.default_rng(seed).normal(size=(9, dim)))[0].T
    x = keras.layers.Dense(9, name="dense")(z)
    model = keras.Model(z, keras.layers.Reshape((3, 3, 1))(x))
    model.set_weights([kernel, np.full(9, 0.5)])
    return model


def on_sphere(n, dim=4, radius=2.0, seed=1):
    z = np.random.default_rng(seed).normal(size=(n, dim))
    return (radius * z / np.linalg.norm(z, axis=1, keepdims=True)).astype(np.float32)


def test_the_latents_of_generated_images_are_found():
    generator, wanted = linear_generator(), on_sphere(6)
    found = invert(generator, generator.predict(wanted, verbose=0), on_sphere(3, seed=2))
    np.testing.assert_allclose(found.latents, wanted, atol=0.01)
    assert found.errors.max() < 1e-4
    assert found.history.shape == (200, 6)
    assert (found.history[0] > 10 * found.errors).all()


def test_what_is_found_has_the_norm_of_the_prior():
    draws = np.concatenate([on_sphere(5, radius=1.0), on_sphere(5, radius=2.0)])
    images = RNG.uniform(size=(4, 3, 3, 1))
    found = invert(linear_generator(), images, draws, steps=5)
    np.testing.assert_allclose(np.linalg.norm(found.latents, axis=1), 1.5, rtol=1e-5)


def test_errors_are_those_of_the_images_that_the_latents_give():
    generator, images = linear_generator(), RNG.uniform(size=(3, 3, 3, 1)).astype(np.float32)
    found = invert(generator, images, on_sphere(8), steps=7)
    made = generator.predict(found.latents, verbose=0)
    np.testing.assert_allclose(found.errors, ((made - images) ** 2).mean(axis=(1, 2, 3)), rtol=1e-4)


def test_the_search_begins_at_the_most_similar_draw():
    generator, draws = linear_generator(), on_sphere(20)
    near = draws[[7, 3]] + 0.01
    found = invert(generator, generator.predict(near, verbose=0), draws, steps=1, learning_rate=0.0)
    np.testing.assert_allclose(found.latents, draws[[7, 3]], atol=1e-5)


def test_images_do_not_influence_each_other():
    generator, images = linear_generator(), RNG.uniform(size=(3, 3, 3, 1))
    together = invert(generator, images, on_sphere(8), steps=20).latents
    for i in range(3):
        alone = invert(generator, images[i : i + 1], on_sphere(8), steps=20).latents
        np.testing.assert_allclose(together[i : i + 1], alone, atol=1e-4)


def test_the_generator_stays_as_it_is():
    generator = linear_generator()
    before = generator.get_weights()
    invert(generator, RNG.uniform(size=(2, 3, 3, 1)), on_sphere(4), steps=3)
    assert all(map(np.array_equal, before, generator.get_weights()))


@pytest.mark.parametrize(
    ("images", "draws", "sentence"),
    [
        (np.zeros((2, 4, 4, 1)), on_sphere(3), r"give \(n, 3, 3, 1\) and \(m, dim\)"),
        (np.zeros((0, 3, 3, 1)), on_sphere(3), "cannot be looked for"),
        (np.zeros((2, 3, 3, 1)), np.zeros((0, 4)), "cannot be looked for"),
        (np.zeros((2, 3, 3, 1)), on_sphere(3, dim=5), "have 5 values, but the generator takes 4"),
    ],
)
def test_what_does_not_fit_is_refused(images, draws, sentence):
    with pytest.raises(InputError, match=sentence):
        invert(linear_generator(), images, draws, steps=1)
