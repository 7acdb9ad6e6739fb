import json
from dataclasses import asdict

import numpy as np
import pytest

from tfnets.metrics import (
    ceiling,
    frechet_distance,
    kernel_distance,
    label_histogram,
    prdc,
    sample_numbers,
    sample_quality,
)

NUMBERS = ("frechet", "kid", "precision", "recall", "density", "coverage", "modes", "kl")

LABELS = np.arange(60) % 3


def judged(seed, n=60, shift=0.0):
    """Features around one centre per class, probabilities that name the class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    features = rng.normal(size=(n, 4)) + 50 * labels[:, None] + shift
    return {"features": features, "probabilities": np.eye(3)[labels] * 0.9 + 0.1 / 3}


def test_a_perfect_sample_has_the_real_numbers():
    real, other = judged(0), judged(1)
    found = sample_quality(real, other, other, LABELS)
    assert list(found) == [
        *NUMBERS, "histogram", "n", *(f"{name}_real" for name in NUMBERS),
    ]  # fmt: skip
    for name in NUMBERS:
        assert found[name] == found[f"{name}_real"]
    assert (found["n"], found["modes"], found["kl"]) == (60, 3, 0)
    assert found["histogram"] == pytest.approx([1 / 3] * 3)
    json.dumps(found, allow_nan=False)


def test_each_number_is_that_of_its_own_measure():
    real, other, fake = judged(0), judged(1), judged(2, shift=1.0)
    fake["probabilities"] = np.eye(3)[[0] * 40 + [2] * 20]
    found = sample_quality(real, other, fake, LABELS)
    for end, sample in (("", fake), ("_real", other)):
        pair = real["features"], sample["features"]
        assert found[f"frechet{end}"] == frechet_distance(*pair)
        assert found[f"kid{end}"] == kernel_distance(*pair, subsets=20).mean
        for name, value in asdict(prdc(*pair)).items():
            assert found[f"{name}{end}"] == value
        labels = sample["probabilities"].argmax(axis=1)
        counted = label_histogram(labels, np.arange(60) % 3, 3)
        assert (found[f"modes{end}"], found[f"kl{end}"]) == (counted["modes"], counted["kl"])
    assert found["modes"] == 2
    assert found["histogram"] == pytest.approx([2 / 3, 0, 1 / 3])
    assert found["frechet"] > found["frechet_real"] + 3
    assert found["kid"] > found["kid_real"] + 1


def test_the_sample_and_the_ceiling_can_be_had_apart():
    real, other, fake = judged(0), judged(1), judged(2, shift=1.0)
    apart = sample_numbers(real, fake, LABELS) | ceiling(real, other, LABELS)
    assert apart == sample_quality(real, other, fake, LABELS)


def test_the_sample_is_measured_against_the_reference_and_not_the_other_way_round():
    real, collapsed = judged(0), judged(2)
    collapsed["features"] = np.random.default_rng(4).normal(size=(60, 4)) * 0.3  # class 0 alone
    found = sample_quality(real, judged(1), collapsed, LABELS)
    assert found["precision"] > 0.9
    assert found["coverage"] <= 1 / 3
    assert found["recall"] <= 1 / 3


@pytest.mark.parametrize("odd", [0, 1, 2])
def test_samples_of_different_sizes_are_refused(odd):
    samples = [judged(i, n=30 if i == odd else 60) for i in range(3)]
    with pytest.raises(ValueError, match=r"one size, but have \[30, 60\] rows"):
        sample_quality(*samples, LABELS)


def test_histograms_are_compared_with_the_true_labels_not_with_what_the_judge_sees_in_them():
    real = judged(0)
    real["probabilities"] = np.eye(3)[[0] * 60]
    found = sample_quality(real, judged(1), judged(2), LABELS)
    assert (found["modes"], found["kl"]) == (3, 0)


def test_large_samples_have_the_kernel_distance_of_twenty_subsets():
    labels, rng = np.arange(1100) % 3, np.random.default_rng(0)
    real, fake = (
        {"features": rng.normal(size=(1100, 2)), "probabilities": np.eye(3)[labels]}
        for _ in range(2)
    )
    whole = kernel_distance(real["features"], fake["features"], subsets=20)
    assert (whole.subsets, whole.size) == (20, 1000)
    assert sample_numbers(real, fake, labels)["kid"] == whole.mean
