import keras
import numpy as np
import pytest

from tfnets.errors import InputError
from tfnets.models.autoencoders import ARCHITECTURES, DECODERS, SHAPE, build
from tfnets.models.generators import decoder_generator

IMAGES = np.random.default_rng(0).random((16, *SHAPE), np.float32)


def kernel_shapes(model):
    return [tuple(w.shape) for w in model.trainable_weights if w.name == "kernel"]


def test_the_origin_has_the_layers_of_the_report():
    model = build("origin", 100, 0)
    assert kernel_shapes(model.encoder) == [
        (3, 3, 1, 4), (3, 3, 4, 8), (3, 3, 8, 16), (3 * 3 * 16, 100),
    ]  # fmt: skip
    assert kernel_shapes(model.decoder) == [
        (100, 7 * 7 * 8), (3, 3, 8, 8), (7 * 7 * 8, 28 * 28 * 4), (3, 3, 4, 1),
    ]  # fmt: skip
    pools = [x for x in model.encoder.layers if isinstance(x, keras.layers.MaxPooling2D)]
    assert [pool.output.shape[1:] for pool in pools] == [(14, 14, 4), (7, 7, 8), (3, 3, 16)]
    assert model.encoder.get_layer("latent").activation is keras.activations.linear
    for part, names in (
        (model.encoder, ["encoder_conv1", "encoder_conv2", "encoder_conv3"]),
        (model.decoder, ["decoder_conv1", "decoder_conv2"]),
    ):
        for name in names:
            assert part.get_layer(name).activation is keras.activations.relu


@pytest.mark.parametrize(
    ("architecture", "encoder", "decoder"),
    [
        (
            "origin",
            (9 * 4 + 4) + (9 * 4 * 8 + 8) + (9 * 8 * 16 + 16) + (144 * 100 + 100),
            (100 * 392 + 392) + (9 * 64 + 8) + (392 * 3136 + 3136) + (9 * 4 + 1),
        ),
        (
            "one_dense",
            (9 * 4 + 4) + (9 * 4 * 8 + 8) + (9 * 8 * 16 + 16) + (144 * 100 + 100),
            100 * 784 + 784,
        ),
        (
            "deep",
            # Kernels, four values per normalised channel, and two for each of the latents.
            9 * 32 + 9 * 32 * 64 + 9 * 64 * 128 + 4 * (32 + 64 + 128)
            + 4 * 4 * 128 * 100 + 2 * 100,
            (100 * 3136 + 3136) + 16 * 64 * 32 + 16 * 32 * 16 + 4 * (32 + 16) + (9 * 16 + 1),
        ),
    ],
)  # fmt: skip
def test_parameters_counted_by_hand(architecture, encoder, decoder):
    model = build(architecture, 100, 0)
    assert (model.encoder.count_params(), model.decoder.count_params()) == (encoder, decoder)
    assert model.joined().count_params() == encoder + decoder


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_joined_is_decoder_of_encoder_with_shared_weights(architecture):
    model = build(architecture, 5, 0)
    joined = model.joined()
    expected = model.decoder(model.encoder(IMAGES))
    np.testing.assert_allclose(joined(IMAGES), expected, rtol=1e-5, atol=1e-6)
    joined.set_weights([w * 0 for w in joined.get_weights()])
    assert all(not w.any() for part in model for w in part.get_weights())


@pytest.mark.parametrize("architecture", ["one_dense", "deep"])
def test_sigmoid_decoders_stay_in_0_1(architecture):
    z = np.random.default_rng(1).normal(size=(8, 5)).astype(np.float32) * 100
    images = build(architecture, 5, 0).decoder(z).numpy()
    assert images.min() >= 0
    assert images.max() <= 1
    assert images.std() > 0.1


def test_the_origin_s_last_bias_keeps_its_single_channel_alive():
    decoder = build("origin", 5, 0).decoder
    dark = decoder(np.zeros((1, 5), np.float32))
    np.testing.assert_allclose(dark, np.full((1, *SHAPE), 0.1), rtol=1e-6)


def test_deep_latents_have_mean_0_and_variance_1_over_the_batch_in_training():
    encoder = build("deep", 7, 0).encoder
    images = np.random.default_rng(0).random((64, *SHAPE), np.float32)
    latents = encoder(images, training=True).numpy()
    np.testing.assert_allclose(latents.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(latents.std(axis=0), 1, atol=0.05)  # epsilon 1e-3 in the root


@pytest.mark.parametrize("architecture", DECODERS)
def test_a_generator_is_its_decoder_by_name_shape_and_value(architecture):
    generator = decoder_generator(architecture, 5, 3)
    decoder = build(architecture, 5, 3).decoder
    assert generator.name == "generator"
    assert [layer.name for layer in generator.layers] == [layer.name for layer in decoder.layers]
    described = [[(w.path, w.shape) for w in model.weights] for model in (generator, decoder)]
    assert described[0] == described[1]
    z = np.random.default_rng(0).random((4, 5), np.float32)
    np.testing.assert_array_equal(generator(z), decoder(z))


def test_decoders_and_architectures_have_the_same_names():
    assert list(ARCHITECTURES) == list(DECODERS)


def test_encoders_of_both_report_versions_start_alike():
    for a, b in zip(
        build("origin", 5, 1).encoder.get_weights(),
        build("one_dense", 5, 1).encoder.get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("make", [build, decoder_generator])
def test_bad_requests_are_refused(make):
    with pytest.raises(InputError, match=r"called 'vae'; choose from origin, one_dense, deep\.$"):
        make("vae", 5, 0)
    for latent in (0, -3):
        with pytest.raises(InputError, match=rf"latent size is {latent}; give a whole number"):
            make("origin", latent, 0)
