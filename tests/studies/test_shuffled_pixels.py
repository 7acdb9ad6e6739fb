from functools import partial

import numpy as np
import pytest

from tests.conftest import load_synthetic
from tfnets.artifacts.run import Config, Run
from tfnets.methods.classifiers.training import Job, Recipe, shuffle, train
from tfnets.models import classifiers
from tfnets.studies.shuffled_pixels import page, study
from tfnets.studies.shuffled_pixels.settings import Settings
from tfnets.studies.shuffled_pixels.study import perceptron_with_permuted_rows, permutation

PIXELS = 32 * 32
IMAGES = np.random.default_rng(0).random((20, 32, 32, 3), np.float32)


def test_the_permutation_is_a_function_of_the_seed():
    first = permutation(0, PIXELS)
    assert sorted(first) == list(range(PIXELS))
    np.testing.assert_array_equal(first, permutation(0, PIXELS))
    for other in (permutation(1, PIXELS), np.arange(PIXELS)):
        assert np.mean(first == other) < 0.02
    assert sorted(permutation(0, 6)) == list(range(6))


@pytest.mark.parametrize("seed", [0, 5])
def test_permuted_rows_on_permuted_images_give_the_very_logits(seed):
    order = permutation(seed, PIXELS)
    plain = classifiers.perceptron(50, seed)
    permuted = perceptron_with_permuted_rows(order, 50, seed)
    logits = plain(IMAGES).numpy()
    np.testing.assert_allclose(permuted(shuffle(IMAGES, order)), logits, atol=2e-6)
    # And neither the rows nor the pixels alone.
    assert np.abs(permuted(IMAGES) - logits).max() > 0.1
    assert np.abs(plain(shuffle(IMAGES, order)) - logits).max() > 0.1


def test_exactly_so_without_rounding():
    """In double precision, with the formula of a perceptron."""
    order = permutation(3, PIXELS)

    def logits(network, images):
        kernel, bias, out, out_bias = (w.astype(np.float64) for w in network.get_weights())
        flat = 2 * images.reshape(len(images), -1).astype(np.float64) - 1
        return np.maximum(flat @ kernel + bias, 0) @ out + out_bias

    np.testing.assert_allclose(
        logits(perceptron_with_permuted_rows(order, 9, 1), shuffle(IMAGES, order)),
        logits(classifiers.perceptron(9, 1), IMAGES),
        rtol=1e-12,
        atol=1e-12,
    )


def test_only_the_rows_of_the_first_layer_differ():
    order = permutation(0, PIXELS)
    plain, permuted = classifiers.perceptron(7, 2), perceptron_with_permuted_rows(order, 7, 2)
    (ours, *rest), (theirs, *other) = plain.get_weights(), permuted.get_weights()
    for a, b in zip(rest, other, strict=True):
        np.testing.assert_array_equal(a, b)
    for place, pixel in list(enumerate(order))[::100]:
        np.testing.assert_array_equal(
            theirs[3 * place : 3 * place + 3], ours[3 * pixel : 3 * pixel + 3]
        )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A perceptron on plain images, and on shuffled ones with its rows permuted or not."""
    order = permutation(0, PIXELS)
    jobs = [
        Job("plain", partial(classifiers.perceptron, 8, 0), 0),
        Job("permuted", partial(perceptron_with_permuted_rows, order, 8, 0), 0, order),
        Job("unpermuted", partial(classifiers.perceptron, 8, 0), 0, order),
    ]
    recipe = Recipe(2, 4, 1e-3, 0.9, 10, 30)
    run = Run.create(tmp_path_factory.mktemp("run"), Config.of("shuffled_pixels", "tiny", 0, {}))
    return train(run, jobs, recipe, load_synthetic("cifar10").first(120, 40), workers=1)


def test_a_whole_training_agrees_with_the_permuted_one(results):
    plain, permuted, unpermuted = results.values()
    for name in ("train_loss", "test_loss"):
        wanted = np.array(plain["curve"][name])
        np.testing.assert_allclose(permuted["curve"][name], wanted, atol=1e-4)
        assert np.abs(unpermuted["curve"][name] - wanted).max() > 0.01
    assert permuted["test_accuracy"] == plain["test_accuracy"]


def test_jobs_pair_each_kind_of_images_with_its_network():
    jobs = {
        (network, images): study._job(network, images, 4, 6, PIXELS)
        for network in study.NETWORKS
        for images in study.IMAGES
    }
    assert len({job.part for job in jobs.values()}) == 4
    for (_, images), job in jobs.items():
        assert job.seed == 4
        if images == "plain":
            assert job.permutation is None
        else:
            np.testing.assert_array_equal(job.permutation, permutation(4, PIXELS))

    def kernel(*key):
        return jobs[key].network().trainable_weights[0].numpy()

    np.testing.assert_array_equal(
        kernel("convolutional", "plain"), kernel("convolutional", "shuffled")
    )
    plain, shuffled = kernel("perceptron", "plain"), kernel("perceptron", "shuffled")
    np.testing.assert_array_equal(
        shuffled.reshape(PIXELS, 3, 6), plain.reshape(PIXELS, 3, 6)[permutation(4, PIXELS)]
    )


def result(accuracy, losses):
    curve = {"step": [1, 2], "train_loss": list(losses), "test_loss": list(losses)}
    return {"test_accuracy": accuracy, "parameters": 9, "curve": curve}


def made(apart, lost):
    """Results of both networks over three seeds, with a given distance and loss of accuracy."""
    plain = [result(0.5 + seed / 100, (2.0, 1.0 + seed)) for seed in range(3)]
    moved = [result(0.5 + seed / 100, (2.0, 1.0 + seed + apart)) for seed in range(3)]
    worse = [result(0.5 + seed / 90 - lost, (2.0, 1.5)) for seed in range(3)]
    return {
        "convolutional": {"plain": plain, "shuffled": worse},
        "perceptron": {"plain": plain, "shuffled": moved},
    }


def test_a_summary_is_over_pairs_of_seeds():
    found = study._summary(made(apart=0.25, lost=0.1)["perceptron"])
    assert found["permuted_loss_difference"] == pytest.approx(0.25)
    assert found["permuted_loss_difference_first_point"] == 0
    assert found["accuracy_lost"] == {"mean": 0.0, "ci95": [0.0, 0.0], "n": 3}
    lost = study._summary(made(0, 0.1)["convolutional"])["accuracy_lost"]
    assert lost["mean"] == pytest.approx(np.mean([0.1 + s / 100 - s / 90 for s in range(3)]))
    # Pairs, so that the spread over seeds is not in it.
    assert lost["ci95"][1] - lost["ci95"][0] < 0.01


@pytest.mark.parametrize(
    ("apart", "lost", "verdicts"),
    [
        (1e-4, 0.1, ["confirmed", "confirmed"]),
        (0.01, 0.1, ["not confirmed", "confirmed"]),
        (0.0, -0.1, ["confirmed", "not confirmed"]),
        (0.0, 0.0, ["confirmed", "not decidable"]),
    ],
)
def test_the_claims_follow_the_numbers(apart, lost, verdicts):
    rows = made(apart, lost)
    numbers = {network: study._summary(kinds) for network, kinds in rows.items()}
    report = page.report(Settings(), rows, numbers)
    assert [claim.verdict for claim in report.claims] == verdicts
