"""What every network of the package must keep to."""

import functools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.models import autoencoders, classifiers, discriminators, generators, heads, toy

IMAGE, COLOUR = (28, 28, 1), (32, 32, 3)


def encoder(name):
    return lambda seed: autoencoders.build(name, 6, seed).encoder, IMAGE, (6,)


def decoder(name):
    return lambda seed: autoencoders.build(name, 6, seed).decoder, (6,), IMAGE


def joined(name):
    return lambda seed: autoencoders.build(name, 6, seed).joined(), IMAGE, IMAGE


def generator(name):
    return lambda seed: generators.decoder_generator(name, 6, seed), (6,), IMAGE


def head(name):
    return lambda seed: heads.parallel_heads(name, 3, 8, seed, classes=4), (3, 8), (3, 4)


def finetuned(seed):
    part = autoencoders.build("deep", 6, seed).encoder
    return heads.finetuned_head(part, heads.parallel_heads("sigmoid64", 1, 6, seed))


NETWORKS = {
    "judge": (classifiers.judge, IMAGE, (10,)),
    "small judge": (lambda s: classifiers.judge(s, (16, 12, 3), 5), (16, 12, 3), (5,)),
    "discriminator": (discriminators.image_discriminator, IMAGE, (1,)),
    "colour discriminator": (
        lambda s: discriminators.image_discriminator(s, (10, 14, 3), width=4),
        (10, 14, 3),
        (1,),
    ),
    "finetuned": (finetuned, IMAGE, (1, 10)),
    "two convolutions": (lambda s: classifiers.two_convolutions((3, 8), s), COLOUR, (10,)),
    "two small convolutions": (
        lambda s: classifiers.two_convolutions((2, 3), s, shape=(16, 18, 1), classes=4),
        (16, 18, 1),
        (4,),
    ),
    "linear no pooling": (classifiers.linear_no_pooling, COLOUR, (10,)),
    "linear average pooling": (classifiers.linear_average_pooling, COLOUR, (10,)),
    "linear four convolutions": (classifiers.linear_four_convolutions, COLOUR, (10,)),
    "single convolution": (classifiers.single_convolution, COLOUR, (10,)),
    "perceptron": (lambda s: classifiers.perceptron(20, s), COLOUR, (10,)),
}
NETWORKS |= {
    "toy generator": (lambda s: toy.toy_generator(3, s), (3,), (2,)),
    "toy discriminator": (toy.toy_discriminator, (2,), (1,)),
    "dense generator": (lambda s: generators.dense_generator(6, s), (6,), IMAGE),
    "dense discriminator": (discriminators.dense_discriminator, IMAGE, (1,)),
    "spectral discriminator": (
        lambda s: discriminators.image_discriminator(s, spectral=True),
        IMAGE,
        (1,),
    ),
}
for part in (encoder, decoder, joined):
    NETWORKS |= {f"{part.__name__} {name}": part(name) for name in autoencoders.ARCHITECTURES}
NETWORKS |= {f"generator {name}": generator(name) for name in autoencoders.DECODERS}
NETWORKS |= {f"head {name}": head(name) for name in heads.HEADS}
IDLE = {"critic_conv2/bias"}
"""The only weights that need not learn: a bias before batch normalisation."""
EACH = pytest.mark.parametrize("name", NETWORKS)


def build(name, seed=0):
    return NETWORKS[name][0](seed)


@functools.cache
def built(name):
    """A network that no test changes."""
    return build(name)


def inputs(name, n=8):
    return np.random.default_rng(0).random((n, *NETWORKS[name][1]), np.float32)


def layers(model):
    """The layers of a model and of the models in it."""
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from layers(layer)


def kernels(model):
    return {w.path: w.numpy() for w in model.trainable_weights if w.name == "kernel"}


def logits(model):
    """The model with its last activation taken off, if that is a softmax or a sigmoid."""
    last = model.layers[-1]
    if getattr(last, "activation", None) in (keras.activations.softmax, keras.activations.sigmoid):
        last.activation = keras.activations.linear
    return model


@EACH
def test_shapes(name):
    model, (_, shape, output) = built(name), NETWORKS[name]
    assert model.input.shape == (None, *shape)
    assert model(inputs(name, 3)).shape == (3, *output)
    assert np.isfinite(model(inputs(name))).all()


@EACH
def test_every_layer_is_named_by_its_role(name):
    model = built(name)
    paths = [weight.path for weight in model.weights]
    assert len(set(paths)) == len(paths)
    for layer in [*layers(model), model]:
        default = keras.src.utils.naming.to_snake_case(type(layer).__name__)
        # A role that is the plain class name (such as `flatten`) has no number by chance.
        assert not re.fullmatch(rf"{default}_\d+|functional(_\d+)?|keras_tensor.*", layer.name)


@EACH
def test_layer_names_are_the_same_in_a_second_model(name):
    first, second = (
        [layer.name for layer in layers(model)] for model in (built(name), build(name))
    )
    assert first == second


@EACH
def test_initial_weights_are_a_function_of_the_seed(name):
    first, again, other = built(name), build(name, 0), build(name, 1)
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    other = kernels(other)
    assert other
    for path, kernel in kernels(first).items():
        assert (kernel != other[path]).mean() > 0.99


@EACH
def test_layers_of_one_shape_do_not_start_alike(name):
    values = list(kernels(built(name)).values())
    for i, a in enumerate(values):
        for b in values[:i]:
            # Also not as one scaled: compare signs where sizes agree.
            if a.size == b.size:
                assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.5


@EACH
def test_every_trainable_weight_learns(name):
    model = logits(build(name))
    x = inputs(name)
    weights = model.trainable_weights
    with tf.GradientTape() as tape:
        y = model(x, training=True)
        target = tf.random.stateless_uniform(y.shape, (1, 2))
        loss = tf.reduce_sum((y - target) ** 2)
    sizes = {w.path: g for w, g in zip(weights, tape.gradient(loss, weights), strict=True)}
    assert sizes
    largest = max(np.abs(g).max() for g in sizes.values())
    # Far above rounding: what batch normalisation subtracts again is at 1e-7 of the largest.
    idle = {path for path, g in sizes.items() if np.abs(g).max() <= 1e-5 * largest}
    assert idle <= IDLE


@EACH
def test_saved_and_loaded_in_safe_mode(name, tmp_path):
    model, x = built(name), inputs(name)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(x), loaded(x))
    assert [layer.name for layer in layers(loaded)] == [layer.name for layer in layers(model)]


@EACH
def test_an_example_does_not_depend_on_its_neighbours_in_inference(name):
    model, x = built(name), inputs(name)
    np.testing.assert_allclose(model(x[:1]), model(x)[:1], rtol=1e-4, atol=1e-6)
