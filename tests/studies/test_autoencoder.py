"""What spoils the inputs of the variants that restore."""

import numpy as np
import pytest
import tensorflow as tf

from tfnets.methods.autoencoders.training import (
    CORRUPTIONS,
    HIDDEN,
    NOISE,
    VARIANTS,
    Recipe,
    Training,
)

SEED = tf.constant([3, 17], tf.int64)
IMAGES = tf.constant(np.random.default_rng(0).uniform(0.2, 1, (40, 28, 28, 1)).astype(np.float32))


def test_every_corruption_belongs_to_a_variant_of_the_origin_s_network():
    assert all(VARIANTS[name] == "origin" for name in CORRUPTIONS)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_a_function_of_the_seed_and_keeps_the_clean_images(name):
    spoilt, clean = CORRUPTIONS[name](IMAGES, SEED)
    np.testing.assert_array_equal(clean, IMAGES)
    np.testing.assert_array_equal(CORRUPTIONS[name](IMAGES, SEED)[0], spoilt)
    other = CORRUPTIONS[name](IMAGES, tf.constant([3, 18], tf.int64))[0]
    assert (other.numpy() != spoilt.numpy()).any()


def test_noise_is_gaussian_and_not_clipped():
    noise = (CORRUPTIONS["denoising"](IMAGES, SEED)[0] - IMAGES).numpy().ravel()
    assert noise.mean() == pytest.approx(0, abs=4 * NOISE / np.sqrt(noise.size))
    assert noise.std() == pytest.approx(NOISE, rel=0.02)
    assert (np.abs(noise) > 2 * NOISE).mean() == pytest.approx(0.0455, abs=0.005)
    correlation = np.corrcoef(noise[:-1], noise[1:])[0, 1]
    assert abs(correlation) < 0.03


def test_patches_are_hidden_whole():
    hidden = CORRUPTIONS["masked"](IMAGES, SEED)[0].numpy()
    patches = hidden.reshape(40, 7, 4, 7, 4)
    gone = (patches == 0).all(axis=(2, 4))
    assert ((patches != 0).all(axis=(2, 4)) | gone).all()
    assert gone.mean() == pytest.approx(HIDDEN, abs=0.05)


def test_the_variants_differ_by_what_they_are_shown(digits, tmp_path):
    from tfnets.artifacts.run import Config, Run

    recipe = Recipe(latent=4, epochs=1, batch_size=32, train_images=64)
    run = Run.create(tmp_path / "run", Config.of("autoencoder", "tiny", 0, {}))
    names = ("origin", "masked", "denoising")
    kernels = []
    for name in names:
        training = Training(recipe, name, 0, run=run)
        training.do()
        kernels.append(training.trained().encoder.get_weights()[0])
    for i in range(3):
        assert np.abs(kernels[i] - kernels[i - 1]).max() > 1e-5
