import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.dcgan import (
    DCGAN,
    PAPER,
    SIZES,
    SLOPE,
    STYLES,
    TUTORIAL,
    Style,
    discriminator,
    generator,
    networks,
)

EACH_SIZE = pytest.mark.parametrize(("size", "channels"), [(28, 1), (32, 3)])
RNG = np.random.default_rng(0)


def latents(n=5, dim=7):
    return RNG.normal(size=(n, dim)).astype(np.float32)


def images(size, channels, n=5):
    return RNG.random((n, size, size, channels), np.float32)


def kernels(model):
    return [tuple(w.shape) for w in model.trainable_weights if w.name == "kernel"]


def test_both_sizes_are_those_of_the_data_sets():
    assert SIZES == (28, 32)


@EACH_SIZE
def test_generator_layers_counted_by_hand(size, channels):
    model = generator(100, 0, size=size, channels=channels)
    edge = size // 4
    units = edge * edge * 256
    # Transposed kernels are (height, width, out, in).
    assert kernels(model) == [
        (100, units), (5, 5, 128, 256), (5, 5, 64, 128), (5, 5, channels, 64),
    ]  # fmt: skip
    planes = [model.get_layer(f"generator_upconv{i}").output.shape[1:] for i in (1, 2, 3)]
    assert planes == [
        (edge, edge, 128), (2 * edge, 2 * edge, 64), (size, size, channels),
    ]  # fmt: skip
    convolutions = 25 * (256 * 128 + 128 * 64 + 64 * channels) + channels
    norms = 4 * (units + 128 + 64)
    assert model.count_params() == 100 * units + convolutions + norms


@EACH_SIZE
def test_discriminator_layers_counted_by_hand(size, channels):
    model = discriminator(0, size=size, channels=channels)
    edge = size // 4
    assert kernels(model) == [
        (5, 5, channels, 64), (5, 5, 64, 128), (edge * edge * 128, 1),
    ]  # fmt: skip
    assert not [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]


@EACH_SIZE
def test_shapes_fit_each_other(size, channels):
    fakes = generator(7, 0, size=size, channels=channels)(latents())
    assert fakes.shape == (5, size, size, channels)
    assert discriminator(0, size=size, channels=channels)(fakes).shape == (5, 1)


def test_generated_images_stay_in_0_1_and_differ_by_latent():
    fakes = generator(7, 0)(latents() * 1000).numpy()
    assert fakes.min() >= 0
    assert fakes.max() <= 1
    assert fakes.std(axis=0).mean() > 0.1


def test_discriminator_gives_logits():
    logits = discriminator(0)(images(28, 1, 40) * 200 - 100).numpy()
    assert logits.min() < -1
    assert logits.max() > 1


def test_discriminator_sees_each_image_alone():
    model, x = discriminator(0), images(28, 1)
    np.testing.assert_allclose(
        model(x[:1], training=True), model(x, training=True)[:1], rtol=1e-4, atol=1e-6
    )


def test_every_hidden_layer_ends_in_leaky_relu_of_the_papers_slope():
    for model, count in ((generator(7, 0), 3), (discriminator(0), 2)):
        leaky = [x for x in model.layers if isinstance(x, keras.layers.LeakyReLU)]
        assert [x.negative_slope for x in leaky] == [SLOPE] * count == [0.2] * count


def test_generator_in_training_normalises_over_the_batch():
    model = generator(7, 0)
    part = keras.Model(model.input, model.get_layer("generator_dense1_norm").output)
    values = part(latents(64) * 100, training=True).numpy()  # far above the epsilon of 1e-3
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(values.std(axis=0), 1, atol=0.01)


@pytest.mark.parametrize("build", [lambda s: generator(7, s), discriminator])
def test_initial_weights_follow_the_seed_and_names_stay(build):
    first, again, other = build(0), build(0), build(1)
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (first.get_weights()[0] != other.get_weights()[0]).mean() > 0.99
    assert [x.name for x in first.layers] == [x.name for x in other.layers]


@pytest.mark.parametrize("build", [lambda: generator(7, 0), lambda: discriminator(0)])
def test_every_trainable_weight_learns(build):
    model = build()
    x = latents() if model.name == "generator" else images(28, 1)
    with tf.GradientTape() as tape:
        y = model(x, training=True)
        loss = tf.reduce_sum((y - tf.random.stateless_uniform(y.shape, (1, 2))) ** 2)
    for gradient in tape.gradient(loss, model.trainable_weights):
        assert np.abs(gradient).max() > 1e-4


def test_saved_and_loaded_in_safe_mode(tmp_path):
    model, z = generator(7, 0), latents()
    model.save(tmp_path / "generator.keras")
    np.testing.assert_array_equal(model(z), load_model(tmp_path / "generator.keras")(z))


@pytest.mark.parametrize("size", [0, 27, 64])
def test_other_sizes_are_refused(size):
    with pytest.raises(InputError, match=rf"is {size} pixels; a DCGAN here is made for 28 or 32\."):
        generator(7, 0, size=size)
    with pytest.raises(InputError, match=rf"is {size} pixels"):
        discriminator(0, size=size)


def test_numbers_below_1_are_refused():
    with pytest.raises(InputError, match="latent is 0; give a whole number of at least 1"):
        generator(0, 0)
    for build in (lambda: generator(7, 0, channels=0), lambda: discriminator(0, channels=-1)):
        with pytest.raises(InputError, match="channels is"):
            build()


# Styles

SMALL = dataclasses.replace(PAPER, filters=8)
EACH_STYLE = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)


def kinds(model, kind):
    return [x for x in model.layers if isinstance(x, kind)]


def test_without_a_style_it_is_the_tutorials():
    for build in (lambda **s: generator(7, 0, **s), lambda **s: discriminator(0, **s)):
        plain, styled = build(), build(style=TUTORIAL)
        assert plain.get_config() == styled.get_config()


@EACH_SIZE
def test_the_papers_networks_as_spec_3_7_has_them(size, channels):
    g = generator(7, 0, size=size, channels=channels, style=PAPER)
    d = discriminator(0, size=size, channels=channels, style=PAPER)
    pooling = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
    assert not [x for model in (g, d) for x in model.layers if isinstance(x, pooling)]
    assert [x.strides for x in kinds(d, keras.layers.Conv2D)] == [(2, 2)] * 2
    assert [x.strides for x in kinds(g, keras.layers.Conv2DTranspose)] == [(1, 1), (2, 2), (2, 2)]
    assert len(kinds(g, keras.layers.BatchNormalization)) == 3
    assert len(kinds(d, keras.layers.BatchNormalization)) == 1
    assert len(kinds(g, keras.layers.ReLU)) == 3
    assert not kinds(g, keras.layers.LeakyReLU)
    assert [x.negative_slope for x in kinds(d, keras.layers.LeakyReLU)] == [SLOPE] * 2
    assert g.get_layer("generator_upconv3").activation is keras.activations.tanh


def test_tanh_is_mapped_to_0_1_and_back_in_the_discriminator():
    g, z = generator(7, 0, style=SMALL), latents(20) * 100
    inner = keras.Model(g.input, g.get_layer("generator_upconv3").output)
    raw, made = inner(z).numpy(), g(z).numpy()
    assert raw.min() < -0.9
    assert raw.max() > 0.9
    np.testing.assert_allclose(made, (raw + 1) / 2, atol=1e-6)
    d = discriminator(0, style=SMALL)
    seen = keras.Model(d.input, d.get_layer("critic_to_signed").output)
    np.testing.assert_allclose(seen(made).numpy(), raw, atol=1e-6)


@pytest.mark.parametrize(
    ("norm", "made", "judged"), [("both", 3, 1), ("generator", 3, 0), ("none", 0, 0)]
)
def test_norm_says_which_networks_are_normalised_and_bias_goes_with_it(norm, made, judged):
    style = Style(8, norm)
    g, d = generator(7, 0, style=style), discriminator(0, style=style)
    for model, count in ((g, made), (d, judged)):
        assert len(kinds(model, keras.layers.BatchNormalization)) == count
        for layer in model.layers:
            if f"{layer.name}_norm" in {x.name for x in model.layers}:
                assert not layer.use_bias
    assert g.get_layer("generator_dense1").use_bias == (norm == "none")
    assert d.get_layer("critic_conv1").use_bias
    assert d.get_layer("critic_conv2").use_bias == (norm != "both")


@pytest.mark.parametrize("filters", [4, 8, 64])
def test_filters_halve_in_the_generator_and_double_in_the_discriminator(filters):
    style = dataclasses.replace(PAPER, filters=filters)
    g, d = generator(7, 0, style=style), discriminator(0, style=style)
    half, quarter = filters // 2, filters // 4
    assert kernels(g) == [
        (7, 49 * filters), (5, 5, half, filters), (5, 5, quarter, half), (5, 5, 1, quarter),
    ]  # fmt: skip
    assert kernels(d) == [(5, 5, 1, quarter), (5, 5, quarter, half), (49 * half, 1)]


@pytest.mark.parametrize("name", DCGAN)
def test_each_pair_fits_and_every_weight_learns_through_both(name):
    make, judge = DCGAN[name]
    g, d = make(7, 0), judge(0)
    assert (g.name, d.name) == ("generator", "discriminator")
    with tf.GradientTape() as tape:
        made = g(latents(6), training=True)
        logits = d(made, training=True)
        loss = tf.reduce_sum(
            tf.nn.softplus(-logits) * tf.constant(np.arange(6.0)[:, None], tf.float32)
        )
    assert made.numpy().min() >= 0
    assert made.numpy().max() <= 1
    weights = g.trainable_weights + d.trainable_weights
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        assert np.abs(gradient).max() > 1e-7, weight.path


@EACH_STYLE
def test_each_style_is_saved_and_loaded_in_safe_mode(style, tmp_path):
    z = latents()
    for model, x in (
        (generator(7, 0, style=dataclasses.replace(style, filters=8)), z),
        (discriminator(0, style=dataclasses.replace(style, filters=8)), images(28, 1)),
    ):
        model.save(tmp_path / "model.keras")
        np.testing.assert_array_equal(model(x), load_model(tmp_path / "model.keras")(x))


def test_networks_hands_size_channels_and_style_to_both():
    make, judge = networks(SMALL, size=32, channels=3)
    expected = generator(7, 1, size=32, channels=3, style=SMALL)
    assert make(7, 1).get_config() == expected.get_config()
    assert judge(1).input.shape == (None, 32, 32, 3)
    assert judge(1).get_layer("critic_conv1").filters == 2


@pytest.mark.parametrize("filters", [0, 3, -8])
def test_too_few_filters_are_refused(filters):
    with pytest.raises(InputError, match=rf"of {filters} filters cannot be halved"):
        Style(filters)


def test_an_unknown_norm_is_refused():
    with pytest.raises(InputError, match="'layer'; choose both, generator or none"):
        Style(norm="layer")
