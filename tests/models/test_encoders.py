import keras
import numpy as np
import pytest

from tfnets.errors import InputError
from tfnets.models import encoders

IMAGES = np.random.default_rng(0).random((4, 28, 28, 1), dtype=np.float32)


def test_the_encoder_has_the_weights_it_says():
    encoder = encoders.contrastive_encoder((28, 28, 1))
    convolutions = 25 * 32 + 9 * 32 * 64 + 9 * 64 * 128
    norms = 4 * (32 + 64 + 128)
    dense = 4 * 4 * 128 * 128 + 128
    assert encoder.count_params() == convolutions + norms + dense
    assert encoder(IMAGES).shape == (4, 128)


def test_a_classifier_starts_from_the_encoder_and_leaves_it_alone():
    encoder = encoders.contrastive_encoder((28, 28, 1), widths=(4, 8), features=6)
    classifier = encoders.classifier_on(encoder, 3, seed=1)
    for name in ("encoder_conv1", "encoder_dense"):
        for ours, theirs in zip(
            classifier.get_layer(name).get_weights(),
            encoder.get_layer(name).get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(ours, theirs)
    before = encoder(IMAGES)
    kernel = classifier.get_layer("encoder_dense").kernel
    kernel.assign(kernel + 1)
    np.testing.assert_array_equal(encoder(IMAGES), before)


def test_probabilities_are_the_softmax_of_the_logits(tmp_path):
    encoder = encoders.contrastive_encoder((28, 28, 1), widths=(4,), features=6)
    classifier = encoders.classifier_on(encoder, 3)
    sure = encoders.with_probabilities(classifier)
    logits = classifier(IMAGES).numpy()
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(sure(IMAGES), expected, rtol=1e-5)
    sure.save(tmp_path / "sure.keras")
    loaded = keras.models.load_model(tmp_path / "sure.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(IMAGES), sure(IMAGES))


def test_with_given_statistics_training_is_the_function_that_is_used():
    encoder = encoders.contrastive_encoder((28, 28, 1), features=4, seed=0)
    features = encoder(IMAGES).numpy()
    statistics = features.mean(axis=0), features.var(axis=0)
    classifier = encoders.classifier_on(encoder, 3, statistics=statistics)
    before = classifier.get_weights()
    used = classifier(IMAGES, training=False).numpy()
    np.testing.assert_array_equal(classifier(IMAGES, training=True), used)
    for one, other in zip(before, classifier.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    head = keras.Model(classifier.input, classifier.get_layer("head_norm").output)
    expected = (features - statistics[0]) / np.sqrt(statistics[1] + 1e-3)
    np.testing.assert_allclose(head(IMAGES), expected, rtol=1e-3, atol=1e-4)


def test_the_projector_maps_features_to_directions():
    assert encoders.projector(6, directions=4)(np.zeros((2, 6))).shape == (2, 4)


def test_small_images_are_one_sentence():
    with pytest.raises(InputError, match="7x28 pixels; the encoder needs at least 8"):
        encoders.contrastive_encoder((7, 28, 1))
