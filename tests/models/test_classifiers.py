import keras
import numpy as np
import pytest

from tfnets.models.classifiers import FEATURES, features_and_probabilities, judge
from tfnets.models.discriminators import image_discriminator

IMAGES = np.random.default_rng(0).random((6, 28, 28, 1), np.float32)


def test_judge_parameters_counted_by_hand():
    convolutions = 9 * (32 + 32 * 32 + 32 * 64 + 64 * 64) + 4 * (32 + 32 + 64 + 64)
    expected = convolutions + (7 * 7 * 64 * 128 + 128) + (128 * 10 + 10)
    assert judge(0).count_params() == expected


def test_probabilities_sum_to_1():
    probabilities = judge(0)(IMAGES).numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities >= 0).all()


def test_features_and_probabilities_are_those_of_the_judge():
    model = judge(0)
    found = features_and_probabilities(model)(IMAGES)
    assert set(found) == {"features", "probabilities"}
    features, probabilities = found["features"].numpy(), found["probabilities"].numpy()
    assert features.shape == (6, 128)
    assert (features >= 0).all()
    np.testing.assert_array_equal(probabilities, model(IMAGES))
    last = model.get_layer("probabilities")
    np.testing.assert_allclose(last(features), probabilities, rtol=1e-5)
    assert features_and_probabilities(model).name == "judge_features"


def test_features_do_not_drop_out_when_predicted():
    model = features_and_probabilities(judge(0))
    first, again = (model.predict(IMAGES, verbose=0)[FEATURES] for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("width", [3, 16])
def test_discriminator_kernels(width):
    model = image_discriminator(0, width=width)
    assert [tuple(w.shape) for w in model.trainable_weights if w.name == "kernel"] == [
        (5, 5, 1, width), (5, 5, width, 2 * width), (7 * 7 * 2 * width, 1),
    ]  # fmt: skip


def test_discriminator_gives_logits():
    model = image_discriminator(0)
    assert model.layers[-1].activation is keras.activations.linear
    strong = np.random.default_rng(0).normal(size=(40, 28, 28, 1)).astype(np.float32) * 100
    logits = model(strong).numpy()
    assert logits.min() < -1
    assert logits.max() > 1


@pytest.mark.parametrize("build", [judge, image_discriminator])
def test_training_mode_repeats_with_the_seed(build):
    outputs = [build(seed)(IMAGES, training=True).numpy() for seed in (1, 1)]
    np.testing.assert_array_equal(*outputs)


def test_the_judge_drops_out_in_training_each_time_and_in_each_place_otherwise():
    model = judge(1)
    assert (model(IMAGES, training=True) != model(IMAGES, training=True)).numpy().any()
    states = [
        model.get_layer(name).seed_generator.state.numpy() for name in ("dropout1", "dropout2")
    ]
    assert (states[0] != states[1]).any()
