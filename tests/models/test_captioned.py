import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.captioned import (
    CAPTIONED,
    _folded,
    _unfolded,
    caption_discriminator,
    caption_generator,
    caption_vector,
)

RNG = np.random.default_rng(0)
WORDS, LENGTH = 7, 5
SMALL = {"words": WORDS, "length": LENGTH, "width": 4}


def tokens(*rows):
    return np.array([[*row, *[0] * (LENGTH - len(row))] for row in rows], np.int32)


@pytest.fixture(scope="module")
def networks():
    return caption_generator(3, seed=0, **SMALL), caption_discriminator(seed=0, **SMALL)


@pytest.fixture(scope="module")
def encoder():
    asked = keras.Input((LENGTH,), dtype="int32")
    return keras.Model(asked, caption_vector(asked, WORDS, name="text", seed=0))


class TestText:
    def test_is_the_layer_of_the_sum_of_the_words(self, encoder):
        asked = tokens((1, 4, 6), (2,), ())
        table, kernel = encoder.get_layer("text_words").get_weights()[0], None
        kernel, bias = encoder.get_layer("text_dense").get_weights()
        for row, vector in zip(asked, encoder.predict(asked, verbose=0), strict=True):
            x = table[row[row > 0]].sum(axis=0) @ kernel + bias
            np.testing.assert_allclose(vector, np.where(x > 0, x, 0.2 * x), atol=1e-6)

    def test_the_order_of_the_words_and_empty_places_do_not_count(self, encoder):
        one, other = encoder.predict(
            np.array([[1, 2, 3, 0, 0], [0, 3, 0, 2, 1]], np.int32), verbose=0
        )
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_shapes_and_range(networks):
    generator, discriminator = networks
    asked = tokens((1, 2), (3,))
    images = generator.predict([RNG.normal(size=(2, 3)).astype(np.float32), asked], verbose=0)
    assert images.shape == (2, 28, 28, 1)
    assert images.min() >= 0
    assert images.max() <= 1
    assert discriminator.predict([images, asked], verbose=0).shape == (2, 1)


def test_blocks_become_channels_and_come_back():
    image = keras.Input((6, 4, 1))
    there = _folded(image, "there")
    model = keras.Model(image, [there, _unfolded(there, "back")])
    values = RNG.random((2, 6, 4, 1), np.float32)
    folded, back = model.predict(values, verbose=0)
    assert folded.shape == (2, 3, 2, 4)
    np.testing.assert_array_equal(folded[0, 1, 1], values[0, 2:4, 2:4, 0].ravel())
    np.testing.assert_array_equal(back, values)


def test_the_words_change_the_picture_and_the_verdict(networks):
    generator, discriminator = networks
    z = np.repeat(RNG.normal(size=(1, 3)).astype(np.float32), 2, axis=0)
    images = generator.predict([z, tokens((1,), (2,))], verbose=0)
    assert (images[0] != images[1]).any()
    same = np.repeat(images[:1], 2, axis=0)
    verdicts = discriminator.predict([same, tokens((1,), (2,))], verbose=0)
    assert verdicts[0] != verdicts[1]


def test_the_verdict_on_an_image_does_not_depend_on_the_others(networks):
    _, discriminator = networks
    images, asked = RNG.random((4, 28, 28, 1), np.float32), tokens((1,), (2,), (3,), (4,))
    whole = discriminator([images, asked], training=True)
    alone = discriminator([images[:1], asked[:1]], training=True)
    np.testing.assert_allclose(whole[:1], alone, atol=1e-5)


def test_every_weight_gets_a_gradient(networks):
    generator, discriminator = networks
    z, asked = (
        tf.random.stateless_normal((4, 3), (0, 0)),
        tf.constant(tokens((1,), (2, 3), (4,), (5,))),
    )
    with tf.GradientTape(persistent=True) as tape:
        made = generator([z, asked], training=True)
        loss = tf.reduce_sum(discriminator([made, asked], training=True) ** 2)
    for network in networks:
        for weight in network.trainable_weights:
            gradient = tf.convert_to_tensor(tape.gradient(loss, weight.value))
            assert np.abs(gradient).max() > 0, weight.path


def test_the_generator_needs_no_class_of_ours(networks, tmp_path):
    generator, _ = networks
    generator.save(tmp_path / "g.keras")
    inputs = [RNG.normal(size=(2, 3)).astype(np.float32), tokens((1, 2), (3,))]
    expected = generator.predict(inputs, verbose=0)
    plain = keras.models.load_model(tmp_path / "g.keras", safe_mode=True)
    np.testing.assert_array_equal(plain.predict(inputs, verbose=0), expected)
    np.testing.assert_array_equal(
        load_model(tmp_path / "g.keras").predict(inputs, verbose=0), expected
    )
    packages = {type(layer).__module__.split(".")[0] for layer in generator.layers}
    assert packages == {"keras"}


def test_weights_are_a_function_of_the_seed():
    make, judge = CAPTIONED["conv"]
    for build in (lambda seed: make(3, seed=seed, **SMALL), lambda seed: judge(seed=seed, **SMALL)):
        first, again, other = build(1), build(1), build(2)
        for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        assert any(
            (a != b).any() for a, b in zip(first.get_weights(), other.get_weights(), strict=True)
        )


@pytest.mark.parametrize("name", ["words", "length", "width"])
def test_numbers_below_one_are_refused(name):
    for build in (lambda **sizes: caption_generator(3, seed=0, **sizes), caption_discriminator):
        with pytest.raises(InputError, match=f"{name} is 0"):
            build(**({"seed": 0} if build is caption_discriminator else {}) | SMALL | {name: 0})
    with pytest.raises(InputError, match="latent is 0"):
        caption_generator(0, seed=0, **SMALL)
