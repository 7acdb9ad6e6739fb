import keras
import numpy as np
import pytest

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError
from tfnets.methods.labels.classifiers import METHODS, pseudo_labels, train_classifier
from tfnets.methods.labels.learning import learn, require_examples
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.representation import encode, encoded, train_encoder
from tfnets.models.encoders import contrastive_encoder

PLAN = Plan(features=16, updates=90, batch_size=32, neighbours=10, steps=15, classifier_batch=32)


def bars(n=120, seed=0):
    """Upright and lying bars at random places, and which is which."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(n) % 2
    images = rng.uniform(0, 0.2, (n, 16, 16, 1)).astype(np.float32)
    for image, kind in zip(images, kinds, strict=True):
        place = rng.integers(4, 11)
        if kind:
            image[2:14, place : place + 2] = 1
        else:
            image[place : place + 2, 2:14] = 1
    return images, kinds


def few(kinds, each=3):
    labels = np.full(len(kinds), UNKNOWN)
    for kind in np.unique(kinds):
        labels[np.flatnonzero(kinds == kind)[:each]] = kind
    return labels


@pytest.fixture(scope="module")
def learned():
    images, kinds = bars()
    return learn(images, few(kinds), plan=PLAN, seed=0)


def test_few_labels_name_the_other_images_and_new_ones(learned):
    _, kinds = bars()
    assert (learned.answers == kinds).mean() > 0.9
    new, truth = bars(seed=1)
    answers = learned.classifier.predict(new, verbose=0)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)
    assert (answers.argmax(axis=1) == truth).mean() > 0.9


def test_the_classifier_loads_without_this_package(learned, tmp_path):
    images, _ = bars(8)
    learned.classifier.save(tmp_path / "c.keras")
    loaded = keras.models.load_model(tmp_path / "c.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(images), learned.classifier(images))


def test_the_same_seed_gives_the_same_classifier():
    images, kinds = bars(40)
    plan = Plan(features=4, updates=4, batch_size=16, neighbours=3, steps=3, classifier_batch=8)
    first, same = (learn(images, few(kinds), plan=plan, seed=1) for _ in range(2))
    for ours, theirs in zip(
        first.classifier.get_weights(), same.classifier.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_every_method_gives_probabilities_and_leaves_the_encoder_alone():
    images, kinds = bars(40)
    labels = few(kinds)
    encoder = train_encoder(images, Plan(features=4, updates=2, batch_size=16), 0)
    shares = np.full((40, 2), 0.5)
    plan = Plan(features=4, steps=2, classifier_batch=8)
    for method in METHODS:
        before = encode(encoder, images)
        made = train_classifier(method, encoder, images, labels, shares, plan, 0)
        np.testing.assert_allclose(np.sum(made(images), axis=1), np.ones(40), rtol=1e-5)
        np.testing.assert_array_equal(encode(encoder, images), before)


def test_pseudo_labels_weigh_what_is_sure():
    shares = np.array([[1, 0], [0.5, 0.5], [0.1, 0.9]])
    labels, weights = pseudo_labels(shares)
    np.testing.assert_array_equal(labels, [[1, 0], [1, 0], [0, 1]])
    entropy = -(0.1 * np.log(0.1) + 0.9 * np.log(0.9)) / np.log(2)
    expected = np.array([1, 0, 1 - entropy])
    np.testing.assert_allclose(weights, expected / expected.mean(), atol=1e-6)
    np.testing.assert_array_equal(pseudo_labels(np.full((3, 2), 0.5))[1], 1)


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([0, 1], "one whole number per image"),
        ([0.0, 1.0, 1.0, 0.0], "one whole number per image"),
        ([-1, -1, -1, -1], "at least two classes"),
        ([0, 0, -1, -1], "at least two classes"),
        ([0, -2, 1, -1], "numbered from 0"),
        ([0, 2, -1, -1], "Class 1 has no labelled example"),
    ],
)
def test_bad_labels_are_one_sentence(labels, sentence):
    with pytest.raises(InputError, match=sentence):
        require_examples(np.zeros((4, 16, 16, 1)), np.array(labels))


@pytest.mark.parametrize("shape", [(5, 16, 16, 1), (40, 16, 16)])
def test_too_few_or_odd_images_are_one_sentence(shape):
    with pytest.raises(InputError, match="at least 20 images"):
        train_encoder(np.zeros(shape, np.float32), PLAN, 0)


@pytest.mark.parametrize(
    "wrong", [{"alpha": 1.0}, {"steps": 0}, {"temperature": 0.0}, {"average": 1.0}]
)
def test_a_bad_plan_is_one_sentence(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Plan(**wrong)


def test_pixels_stand_beside_features_with_their_weight():
    images, _ = bars(6)
    encoder = contrastive_encoder((16, 16, 1), features=4)
    features = encode(encoder, images)
    np.testing.assert_array_equal(encoded(encoder, images, pixels=0), features)
    flat = images.reshape(6, -1)
    lengths = (np.linalg.norm(each, axis=1, keepdims=True) for each in (features, flat))
    ours, theirs = (each / length for each, length in zip((features, flat), lengths, strict=True))
    found = encoded(encoder, images, pixels=2)
    np.testing.assert_allclose(found, np.hstack([ours, 2 * theirs]), rtol=1e-5, atol=1e-7)
