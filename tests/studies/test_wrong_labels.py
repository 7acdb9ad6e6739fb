import keras
import numpy as np
import pytest

from tfnets.studies.wrong_labels.numbers import NAMES, auroc, of_logits, right_and_wrong
from tfnets.studies.wrong_labels.page import answer
from tfnets.studies.wrong_labels.settings import SCALES
from tfnets.studies.wrong_labels.study import score_all

RNG = np.random.default_rng(0)


def test_auroc_counts_pairs_and_ties_half():
    above, below = [1.0, 2.0, 3.0], [0.0, 2.0]
    pairs = [(a > b) + 0.5 * (a == b) for a in above for b in below]
    assert auroc(np.array(above), np.array(below)) == pytest.approx(np.mean(pairs)) != 0.5
    assert auroc(np.ones(3), np.zeros((2, 2))) == 1
    assert auroc(np.zeros(4), np.zeros(7)) == 0.5


def test_right_and_wrong_are_told_apart_by_label():
    scores = np.arange(12.0).reshape(3, 4)
    right, wrong = right_and_wrong(scores, np.array([1, 3, 0]))
    np.testing.assert_array_equal(right, [1, 7, 8])
    np.testing.assert_array_equal(wrong, [[0, 2, 3], [4, 5, 6], [9, 10, 11]])


def test_scores_are_by_image_and_label():
    image, label = keras.Input((2,)), keras.Input((), dtype="int32")
    total = keras.ops.sum(image, axis=1) + 100 * keras.ops.cast(label, "float32")
    model = keras.Model([image, label], keras.ops.expand_dims(total, 1))
    images = np.array([[1.0, 2], [3, 4]], np.float32)
    expected = np.array([[3.0], [7.0]]) + 100 * np.arange(10)
    np.testing.assert_allclose(score_all(model, images), expected)


def test_a_discriminator_that_knows_only_labels():
    """Right pairs above wrong ones, generated images as high as right pairs."""
    labels = np.array([0, 1, 2, 2])
    scores = np.where(np.arange(3) == labels[:, None], 2.0, -3.0)
    found = of_logits(scores, labels, np.full(5, 2.0))
    assert found == {
        "auroc_wrong": 1.0,
        "auroc_fake": 0.5,
        "auroc_wrong_above_fake": 0.0,
        "accuracy": 1.0,
        "logit_right": 2.0,
        "logit_wrong": -3.0,
        "logit_fake": 2.0,
        "real_right": 1.0,
        "real_wrong": 0.0,
        "real_fake": 1.0,
    }


def test_a_discriminator_that_never_looks_at_the_label():
    scores = np.repeat(RNG.normal(size=(50, 1)) + 1, 10, axis=1)
    labels = np.arange(50) % 10
    found = of_logits(scores, labels, RNG.normal(size=40) - 9)
    assert found["auroc_wrong"] == pytest.approx(0.5)
    assert found["auroc_fake"] == found["auroc_wrong_above_fake"] == 1
    assert found["accuracy"] == pytest.approx(0.1)
    assert found["logit_right"] == pytest.approx(found["logit_wrong"])
    assert found["real_fake"] == 0 < found["real_right"] == pytest.approx(found["real_wrong"])


def means(**changed):
    return {name: {"mean": changed.get(name, 0.9)} for name in NAMES}


def test_the_answer_says_where_wrong_pairs_lie():
    plain = means(auroc_wrong=0.6224, real_wrong=0.75, auroc_wrong_above_fake=0.965)
    matching = means(auroc_wrong_above_fake=0.25)
    text = answer({"plain": plain, "matching": matching})
    first, second = text.split("Matching training: ")
    assert "with probability 0.622 (chance 0.5); 75% of wrong-label pairs and 90% of" in first
    assert "nearer to right pairs than the generated images" in first
    assert "among the generated images or below (scored above one with probability 0.250)" in second


def test_full_scale_compares_both_trainings_over_three_seeds():
    full = SCALES["full"]
    assert full.variants == ("plain", "matching")
    assert full.repeats >= 3
    assert full.samples == 10_000
