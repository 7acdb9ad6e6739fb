import numpy as np
import pytest

from tests.conftest import load_synthetic
from tfnets.artifacts.run import Config, Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import DataStore
from tfnets.methods.classifiers.training import Training, permutation, shuffle, train
from tfnets.models import classifiers
from tfnets.studies.shuffled_pixels import page, study
from tfnets.studies.shuffled_pixels.numbers import IMAGES, summary
from tfnets.studies.shuffled_pixels.settings import Settings
from tfnets.studies.shuffled_pixels.study import permuted_perceptron, training

PIXELS = 32 * 32
PICTURES = np.random.default_rng(0).random((20, 32, 32, 3), np.float32)


@pytest.mark.parametrize("seed", [0, 5])
def test_permuted_rows_on_permuted_images_give_the_very_logits(seed):
    order = permutation(seed, PIXELS)
    plain = classifiers.perceptron(50, seed)
    permuted = permuted_perceptron(50, seed)
    logits = plain(PICTURES).numpy()
    np.testing.assert_allclose(permuted(shuffle(PICTURES, order)), logits, atol=2e-6)
    # And neither the rows nor the pixels alone.
    assert np.abs(permuted(PICTURES) - logits).max() > 0.1
    assert np.abs(plain(shuffle(PICTURES, order)) - logits).max() > 0.1


def test_exactly_so_without_rounding():
    """In double precision, with the formula of a perceptron."""
    order = permutation(3, PIXELS)

    def logits(network, images):
        kernel, bias, out, out_bias = (w.astype(np.float64) for w in network.get_weights())
        flat = 2 * images.reshape(len(images), -1).astype(np.float64) - 1
        return np.maximum(flat @ kernel + bias, 0) @ out + out_bias

    np.testing.assert_allclose(
        logits(permuted_perceptron(9, 3), shuffle(PICTURES, order)),
        logits(classifiers.perceptron(9, 3), PICTURES),
        rtol=1e-12,
        atol=1e-12,
    )


def test_only_the_rows_of_the_first_layer_differ():
    order = permutation(2, PIXELS)
    plain, permuted = classifiers.perceptron(7, 2), permuted_perceptron(7, 2)
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
    settings = Settings(epochs=2, curve_every=10, curve_images=30, train_images=120, test_images=40)
    networks = {
        "plain": ((classifiers.perceptron, 8), False),
        "permuted": ((permuted_perceptron, 8), True),
        "unpermuted": ((classifiers.perceptron, 8), True),
    }
    trials = {name: [Training(settings, name, 0, *rest)] for name, rest in networks.items()}
    run = Run.create(tmp_path_factory.mktemp("run"), Config.of("shuffled_pixels", "tiny", 0, {}))
    return train(run, Lab(jobs=1, store=DataStore(load=load_synthetic)), trials)


def test_a_whole_training_agrees_with_the_permuted_one(results):
    (plain,), (permuted,), (unpermuted,) = results.values()
    for name in ("train_loss", "test_loss"):
        wanted = np.array(plain["curve"][name])
        np.testing.assert_allclose(permuted["curve"][name], wanted, atol=1e-4)
        assert np.abs(unpermuted["curve"][name] - wanted).max() > 0.01
    assert permuted["test_accuracy"] == plain["test_accuracy"]


def test_trials_pair_each_kind_of_images_with_its_network():
    trials = {
        (network, images): training(Settings(hidden=6), network, images, 4)
        for network in study.NETWORKS
        for images in IMAGES
    }
    assert len({trial.key for trial in trials.values()}) == 4
    for (network, images), trial in trials.items():
        assert trial.part == f"{network}-{images}-seed4"
        assert trial.shuffled == (images == "shuffled")

    def kernel(*key):
        return trials[key].build().trainable_weights[0].numpy()

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
    found = summary(made(apart=0.25, lost=0.1)["perceptron"])
    assert found["permuted_loss_difference"] == pytest.approx(0.25)
    assert found["permuted_loss_difference_first_point"] == 0
    assert found["accuracy_lost"] == {"mean": 0.0, "ci95": [0.0, 0.0], "n": 3}
    lost = summary(made(0, 0.1)["convolutional"])["accuracy_lost"]
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
def test_the_claims_follow_the_numbers(tmp_path, apart, lost, verdicts):
    rows = made(apart, lost)
    numbers = {network: summary(kinds) for network, kinds in rows.items()}
    run = Run.create(tmp_path / "run", Config.of("shuffled_pixels", "tiny", 0, {}))
    for images in IMAGES:
        run.save_array(f"samples/{images}", PICTURES[:8])
    report = page.write(run, Settings(), rows, numbers)
    assert [claim["verdict"] for claim in report["claims"]] == verdicts
