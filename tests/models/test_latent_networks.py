"""The networks of the latent GANs: the report's sizes, conditions, and the joined network."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models.autoencoders import deep_decoder, origin_decoder
from tfnets.models.latent_networks import LATENT, choosing, drawing

RNG = np.random.default_rng(0)
EACH = pytest.mark.parametrize("name", LATENT)


def normal(n, size):
    return tf.constant(RNG.normal(size=(n, size)), tf.float32)


def dense_layers(model):
    return [x for x in model.layers if isinstance(x, keras.layers.Dense)]


def test_the_reports_generator_to_the_letter():
    generator = LATENT["origin"][0](64, 64, 0)
    found = [(x.units, x.activation.__name__) for x in dense_layers(generator)]
    assert found == [
        (256, "relu"), (512, "relu"), (512, "tanh"), (256, "sigmoid"), (64, "linear"),
    ]  # fmt: skip
    weights = 64 * 256 + 256 * 512 + 512 * 512 + 512 * 256 + 256 * 64
    assert generator.count_params() == weights + 256 + 512 + 512 + 256 + 64 == 558_656
    assert (generator.input_shape, generator.output_shape) == ((None, 64), (None, 64))


def test_the_reports_discriminator_to_the_letter():
    discriminator = LATENT["origin"][1](64, 0)
    found = [(x.units, x.activation.__name__) for x in dense_layers(discriminator)]
    assert found == [(64, "relu"), (128, "relu"), (256, "relu"), (1, "linear")]
    weights = 64 * 64 + 64 * 128 + 128 * 256 + 256
    assert discriminator.count_params() == weights + 64 + 128 + 256 + 1 == 45_761
    assert discriminator.output_shape == (None, 1)


@EACH
def test_the_label_is_joined_to_the_input_of_both_networks(name):
    """A one-hot vector picks one row of the first kernel."""
    make, judge = LATENT[name]
    labels = np.array([0, 3, 9], np.int32)
    for model, size in ((make(5, 7, 0, classes=10), 5), (judge(7, 0, classes=10), 7)):
        plain = (make(5, 7, 0) if size == 5 else judge(7, 0)).count_params()
        first = dense_layers(model)[0]
        assert model.count_params() == plain + 10 * first.units
        vectors = normal(3, size)
        part = keras.Model(model.inputs, model.get_layer(index_of_join(model)).output)
        joined = part([vectors, tf.constant(labels)]).numpy()
        np.testing.assert_array_equal(joined[:, :size], vectors)
        np.testing.assert_array_equal(joined[:, size:], np.eye(10)[labels])


def index_of_join(model):
    (layer,) = [x for x in model.layers if isinstance(x, keras.layers.Concatenate)]
    return layer.name


@EACH
def test_initial_weights_are_a_function_of_the_seed(name):
    make, judge = LATENT[name]
    for build in (lambda seed: make(4, 6, seed), lambda seed: judge(6, seed)):
        first, again, other = (build(seed).get_weights() for seed in (0, 0, 1))
        assert all((a == b).all() for a, b in zip(first, again, strict=True))
        assert any((a != b).any() for a, b in zip(first, other, strict=True))


@EACH
@pytest.mark.parametrize("classes", [0, 10])
def test_the_joined_network_is_the_decoder_of_the_generated_latents(name, classes, tmp_path):
    generator, decoder = LATENT[name][0](5, 6, 0, classes=classes), deep_decoder(6, 1)
    joined = drawing(generator, decoder)
    z = normal(4, 5)
    given = [z, tf.constant([1, 2, 2, 9])] if classes else z
    expected = decoder(generator(given, training=False), training=False)
    np.testing.assert_allclose(joined(given, training=False), expected, atol=1e-6)
    joined.save(tmp_path / "joined.keras")
    loaded = load_model(tmp_path / "joined.keras")
    np.testing.assert_allclose(loaded(given, training=False), expected, atol=1e-6)
    assert '"tfnets' not in loaded.to_json()


def test_the_joined_network_shares_the_weights():
    generator, decoder = LATENT["origin"][0](5, 6, 0), origin_decoder(6, 1)
    joined = drawing(generator, decoder)
    z = normal(2, 5)
    generator.get_layer("generator_latent").bias.assign_add(tf.ones(6))
    np.testing.assert_allclose(joined(z), decoder(generator(z)), atol=1e-6)


def test_a_decoder_of_another_size_is_refused():
    with pytest.raises(InputError, match=r"makes latents of shape \(6,\), the decoder takes \(7,"):
        drawing(LATENT["improved"][0](5, 6, 0), origin_decoder(7, 0))


@EACH
def test_a_latent_size_below_one_is_refused(name):
    with pytest.raises(InputError, match="latent size is 0"):
        LATENT[name][0](0, 6, 0)
    with pytest.raises(InputError, match="latent size is 0"):
        LATENT[name][1](0, 0)


class TestChoosing:
    def chosen(self, shares, values):
        """Which class a generator is asked for whose latents are the class and the noise."""
        z, label = keras.Input((2,)), keras.Input((), dtype="int32")
        number = keras.ops.cast(label[:, None], "float32")
        whole = choosing(keras.Model([z, label], keras.layers.Concatenate()([number, z])), shares)
        values = np.asarray(values, np.float32)
        noise = np.tile([0.25, -3.0], (len(values), 1)).astype(np.float32)
        made = whole(np.concatenate([noise, values[:, None]], axis=1)).numpy()
        np.testing.assert_array_equal(made[:, 1:], noise)
        return made[:, 0].astype(int)

    def test_the_last_value_chooses_by_the_quantiles_of_the_normal_distribution(self):
        """The quartiles lie at -0.6745, 0 and 0.6745."""
        values = [-9, -0.68, -0.67, -0.01, 0.01, 0.67, 0.68, 9]
        found = self.chosen([0.25] * 4, values)
        assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]

    def test_classes_come_with_their_shares(self):
        shares = [0.5, 0.1, 0.4]
        found = self.chosen(shares, RNG.normal(size=40_000))
        np.testing.assert_allclose(np.bincount(found) / 40_000, shares, atol=0.01)

    def test_it_is_the_generator_asked_for_the_chosen_class(self, tmp_path):
        generator = LATENT["improved"][0](5, 6, 0, classes=3)
        whole = choosing(generator, [0.2, 0.3, 0.5])
        assert whole.input_shape == (None, 6)
        z = normal(4, 5)
        last = tf.constant([[-3.0], [-0.3], [0.4], [2.0]])  # cut at -0.84 and at 0
        expected = generator([z, tf.constant([0, 1, 2, 2])])
        np.testing.assert_allclose(whole(tf.concat([z, last], 1)), expected, atol=1e-6)
        drawing(whole, deep_decoder(6, 0)).save(tmp_path / "m.keras")
        loaded = load_model(tmp_path / "m.keras")
        np.testing.assert_allclose(
            loaded(tf.concat([z, last], 1), training=False),
            deep_decoder(6, 0)(expected, training=False),
            atol=1e-5,
        )

    @pytest.mark.parametrize("shares", [[0.5, 0.4], [1.0, 0.0], [1.5, -0.5]])
    def test_shares_that_are_no_probabilities_are_refused(self, shares):
        with pytest.raises(InputError, match="numbers above 0 of sum 1"):
            choosing(LATENT["origin"][0](5, 6, 0, classes=2), shares)
