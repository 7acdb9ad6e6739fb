import json

import numpy as np
import pytest
from PIL import Image

from tests.inputs.attacks.tiny import softmax
from tfnets import execute, models
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.studies.fooling import figures as drawing
from tfnets.studies.fooling import page, study
from tfnets.studies.fooling.challenge import challenge, fitted, pairs
from tfnets.studies.fooling.numbers import share
from tfnets.studies.fooling.settings import Settings


@pytest.fixture(scope="module")
def run(finished):
    return finished("fooling")


def read(run, name):
    """As anyone would read the file."""
    return np.asarray(Image.open(run.path / f"{name}.png"), np.float32)[None] / 255


def test_the_report_is_corrected_by_its_own_number():
    claim = page.correction()
    assert claim.verdict == "not confirmed"
    assert claim.ours == 0.022294
    assert "jellyfish" in claim.claim
    assert "0.977706" in claim.origin
    text = " ".join(study.__doc__.split())
    assert (
        "text says that AlexNet sees the new image as a jellyfish. Its own numbers say mink" in text
    )


def test_the_png_files_are_what_was_measured(run):
    network = models.load("cifar10_3_8")
    original = read(run, "original")
    source, target = (network.class_index(run.metrics[k]) for k in ("source", "target"))
    for name, row in run.metrics["attacks"].items():
        new = read(run, f"fooling_{name}")
        p = softmax(np.asarray(network.model(new), np.float64))[0]
        assert row["p_target_after_png"] == pytest.approx(p[target], abs=1e-6)
        assert row["p_source_after_png"] == pytest.approx(p[source], abs=1e-6)
        assert row["success"] == (p.argmax() == target)
        change = np.rint((new - original) * 255)
        assert row["linf"] * 255 == pytest.approx(np.abs(change).max())
        assert row["l2"] * 255 == pytest.approx(np.sqrt(np.sum(change**2)))
        assert row["changed_pixels"] == change.any(axis=3).sum()
        assert row["changed_values"] == np.count_nonzero(change)


def test_the_strong_attack_fools_the_small_network(run):
    row = run.metrics["attacks"]["eight_bit"]
    assert row["success"] == 1
    assert row["p_target_after_png"] >= 0.98
    assert row["linf"] == 10 / 255
    assert 0.5 < row["ssim"] < 1
    assert row["steps_to_probability"] < 30
    (claim,) = (c for c in run.report["claims"] if "Changes of at most 10/255" in c["claim"])
    assert claim["verdict"] == "confirmed"


def test_the_second_network_is_asked_for_the_same_classes(run):
    network = models.load("cifar10_12_32")
    row = run.metrics["attacks"]["eight_bit"]
    source, target = (network.class_index(run.metrics[k]) for k in ("source", "target"))
    before, after = (
        softmax(np.asarray(network.model(read(run, name)), np.float64))[0]
        for name in ("original", "fooling_eight_bit")
    )
    assert row["second_p_source_before"] == pytest.approx(before[source], abs=1e-6)
    assert row["second_p_target_after"] == pytest.approx(after[target], abs=1e-6)


def test_history_is_the_trace(run):
    rows = [row for row in run.history if row["part"] == "eight_bit"]
    assert rows[0]["epoch"] == 1
    assert rows[-1]["epoch"] == 30
    before = run.metrics["attacks"]["eight_bit"]["p_target_before"]
    assert rows[0]["p_target"] == pytest.approx(before, rel=1e-3)


def test_random_targets_are_other_classes_than_the_one_that_is_seen():
    settings = Settings(
        network="cifar10_3_8", second="", image="chelsea", target="", others=("coffee",), targets=9
    )
    what = challenge(settings, DataStore())
    images, targets = pairs(what, seed=0)
    assert images.shape == (18, 32, 32, 3)
    seen = np.asarray(what.network.model(images)).argmax(axis=1)
    for photo in (slice(0, 9), slice(9, 18)):
        assert sorted([*targets[photo], seen[photo][0]]) == list(range(10))


def test_images_of_another_size_are_fitted():
    network = models.load("cifar10_3_8")
    same = np.random.default_rng(0).random((2, 32, 32, 3), np.float32)
    assert fitted(network, same) is same
    assert fitted(network, np.repeat(same, 3, axis=1)).shape == same.shape


def test_shares_have_wilson_intervals():
    """Wilson's interval for 8 of 10, worked out by hand."""
    found = share(np.array([True] * 8 + [False] * 2))
    assert found["share"] == 0.8
    assert found["n"] == 10
    assert found["ci95"] == pytest.approx([0.4902, 0.9433], abs=1e-4)


def test_differences_are_amplified_so_far_that_a_single_level_shows():
    original = np.full((2, 2, 1), 100 / 255)
    image = original + np.array([1, 0, 0, -1]).reshape(2, 2, 1) / 255
    factor = drawing.amplification(image, original)
    assert factor == 127
    shown = drawing.difference(image, original, factor).ravel()
    assert shown == pytest.approx([0.998, 0.5, 0.5, 0.002], abs=1e-3)
    assert drawing.amplification(original + 0.2, original) == 10
    assert drawing.amplification(original, original) == 10


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("attacks=pgd", "does not know pgd"),
        ("attacks=", "empty list"),
        ("levels=0", "levels is 0"),
        ("probability=1", "below 1"),
        ("radius=-1", "epsilon is -1"),
        ("target=sealion", "sealion"),
        ("source=11", "11"),
        ("target=deer", "already"),
        ("image=nowhere.png", "nowhere.png"),
        ("others=nowhere.png", "nowhere.png"),
    ],
)
def test_bad_settings_are_one_sentence_and_leave_no_folder(assignment, sentence, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("fooling", tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


def test_a_finished_attack_is_not_made_again(run):
    place = run.path / "parts" / "attack-eight_bit.json"
    assert json.loads(place.read_text()) == Run.open(run.path).metrics["attacks"]["eight_bit"]
