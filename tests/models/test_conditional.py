import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.conditional import CLASSES, CONDITIONAL, SLOPE
from tfnets.models.maxout import Maxout

EACH = pytest.mark.parametrize("name", CONDITIONAL)
RNG = np.random.default_rng(0)
LABELS = np.array([0, 3, 9, 3, 7, 1], np.int32)


def build(name, latent=6, seed=0):
    generator, discriminator = CONDITIONAL[name]
    return generator(latent, seed), discriminator(seed)


def latents(n=6, dim=6):
    return tf.constant(RNG.normal(size=(n, dim)), tf.float32)


def images(n=6):
    return tf.constant(RNG.random((n, 28, 28, 1)), tf.float32)


def kernels(model):
    return [tuple(w.shape) for w in model.trainable_weights if w.name == "kernel"]


def layers_of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def test_the_papers_sizes():
    generator, discriminator = build("paper", latent=100)
    assert kernels(generator) == [(100, 200), (10, 1000), (1200, 1200), (1200, 784)]
    activations = [layer.activation.__name__ for layer in layers_of(generator, keras.layers.Dense)]
    assert activations == ["relu", "relu", "relu", "sigmoid"]
    maxouts = [(x.units, x.pieces) for x in layers_of(discriminator, Maxout)]
    assert maxouts == [(240, 5), (50, 5), (240, 4)]
    assert kernels(discriminator) == [(784, 1200), (10, 250), (290, 960), (240, 1)]


def test_the_papers_label_has_layers_of_its_own_in_both_networks():
    generator, discriminator = build("paper")
    for model, own in ((generator, "generator_label"), (discriminator, "critic_label")):
        part = keras.Model(model.inputs, model.get_layer(own).output)
        other = latents() if model is generator else images()
        values = part([other, tf.constant(LABELS)]).numpy()
        kernel, bias = model.get_layer(own).get_weights()
        linear = kernel[LABELS] + bias
        if own == "critic_label":
            expected = linear.reshape(-1, 50, 5).max(axis=2)
        else:
            expected = np.maximum(linear, 0)
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


def test_simple_has_relu_and_batch_normalisation_in_the_generator():
    generator, discriminator = build("simple")
    assert len(layers_of(generator, keras.layers.ReLU)) == 2
    assert len(layers_of(generator, keras.layers.BatchNormalization)) == 2
    assert not layers_of(generator, keras.layers.LeakyReLU)
    convolutions = layers_of(discriminator, keras.layers.Conv2D)
    assert {x.activation.__name__ for x in convolutions} == {"relu"}


def test_complex_has_leaky_relu_and_batch_normalisation_of_momentum_0_8():
    generator, discriminator = build("complex")
    norms = layers_of(generator, keras.layers.BatchNormalization)
    leaky = [layers_of(model, keras.layers.LeakyReLU) for model in (generator, discriminator)]
    assert [x.momentum for x in norms] == [0.8] * len(leaky[0])
    assert len(leaky[0]) > 1 < len(leaky[1])
    assert {x.negative_slope for x in (*leaky[0], *leaky[1])} == {SLOPE} == {0.2}
    assert not layers_of(generator, keras.layers.ReLU)


@EACH
def test_names_inputs_and_shapes(name):
    generator, discriminator = build(name)
    assert [x.name for x in generator.inputs] == ["z", "label"]
    assert [x.name for x in discriminator.inputs] == ["image", "label"]
    assert (generator.name, discriminator.name) == ("generator", "discriminator")
    made = generator([100 * latents(), tf.constant(LABELS)])
    assert made.shape == (6, 28, 28, 1)
    assert 0 <= tf.reduce_min(made) < 0.1 < 0.9 < tf.reduce_max(made) <= 1
    assert discriminator([made, tf.constant(LABELS)]).shape == (6, 1)


@EACH
def test_discriminators_give_logits_without_a_bound(name):
    _, discriminator = build(name)
    logits = discriminator([images(60) * 2000 - 1000, tf.zeros(60, tf.int32)]).numpy()
    assert logits.min() < -2 or logits.max() > 2
    assert not layers_of(discriminator, keras.layers.Activation)


@EACH
def test_both_networks_use_the_label_and_their_other_input(name):
    for model, other in zip(build(name), (latents(), images()), strict=True):
        outputs = [
            model([x, tf.constant(labels)]).numpy()
            for x in (other, other[::-1])
            for labels in (LABELS, (LABELS + 1) % CLASSES)
        ]
        for i, one in enumerate(outputs):
            assert all((one != two).reshape(6, -1).any(axis=1).all() for two in outputs[:i])


@EACH
def test_discriminators_judge_each_pair_alone(name):
    _, discriminator = build(name)
    x, labels = images(), tf.constant(LABELS)
    alone = discriminator([x[:1], labels[:1]], training=True)
    np.testing.assert_allclose(
        alone, discriminator([x, labels], training=True)[:1], rtol=1e-4, atol=1e-6
    )


@EACH
def test_every_trainable_weight_gets_a_gradient(name):
    labels = tf.range(60) % CLASSES
    for model, x in zip(build(name), (latents(60), images(60)), strict=True):
        with tf.GradientTape() as tape:
            y = model([x, labels], training=True)
            loss = tf.reduce_sum((y - tf.random.stateless_uniform(y.shape, (1, 2))) ** 2)
        for gradient in tape.gradient(loss, model.trainable_weights):
            assert np.abs(gradient).max() > 1e-5


@EACH
def test_initial_weights_follow_the_seed_and_names_stay(name):
    for first, again, other in zip(build(name), build(name), build(name, seed=1), strict=True):
        for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        assert (first.get_weights()[0] != other.get_weights()[0]).mean() > 0.99
        assert [x.name for x in first.layers] == [x.name for x in other.layers]


@EACH
def test_saved_and_loaded_in_safe_mode(name, tmp_path):
    for model, x in zip(build(name), (latents(), images()), strict=True):
        model.save(tmp_path / f"{model.name}.keras")
        loaded = load_model(tmp_path / f"{model.name}.keras")
        asked = [x, tf.constant(LABELS)]
        np.testing.assert_array_equal(loaded(asked), model(asked))


@EACH
def test_a_latent_size_below_1_is_refused(name):
    with pytest.raises(InputError, match="latent size is 0"):
        CONDITIONAL[name][0](0, 0)
