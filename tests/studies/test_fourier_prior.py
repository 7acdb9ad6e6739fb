import keras
import numpy as np
import pytest

from tfnets import execute
from tfnets.datasets import pictures
from tfnets.errors import InputError
from tfnets.inputs.spectrum import Spectrum, amplitudes, octave_shares
from tfnets.lab.trial import DataStore
from tfnets.studies.fourier_prior.natural import ACROSS, photographs, reduced
from tfnets.studies.fourier_prior.settings import TITLES, Settings


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight": 0.0}, "above 0"),
        ({"learning_rate": -1.0}, "above 0"),
        ({"optimizer": "lbfgs"}, "does not know lbfgs"),
        ({"jitter": -1}, "0 or more pixels"),
        ({"steps": 0}, "steps is 0"),
        ({"repeats": 0}, "repeats is 0"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [("unit=", "at least one class"), ("unit=bird,bird", "none twice"), ("unit=brid", "bird"),
     ("natural=/nowhere", "folder of pictures"), ("network=nothing", "nothing")],
)  # fmt: skip
def test_bad_names_are_one_sentence_and_leave_no_folder(assignment, sentence, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("fourier_prior", tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


def test_a_folder_without_pictures_is_refused_and_leaves_no_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    assignments = [f"natural={tmp_path / 'empty'}"]
    with pytest.raises(InputError, match="no picture of 32 x 32"):
        execute.start("fourier_prior", tmp_path / "run", scale="tiny", assignments=assignments)
    assert not (tmp_path / "run").exists()


def test_pictures_are_reduced_to_a_few_crops_across():
    picture = np.random.default_rng(0).uniform(0, 1, (640, 960, 3)).astype(np.float32)
    found = reduced(picture, (32, 32))
    assert found.shape == (32 * ACROSS, 48 * ACROSS, 3)
    assert found.mean() == pytest.approx(picture.mean(), abs=0.01)
    assert (reduced(picture, (200, 200)) == picture).all()


def test_a_folder_of_pictures_is_read_and_small_ones_left_out(tmp_path):
    rng = np.random.default_rng(0)
    for name, size in {"b": (20, 30, 3), "a": (24, 24, 1), "small": (10, 40, 3)}.items():
        pictures.write_picture(tmp_path / f"{name}.png", rng.uniform(0, 1, size).astype(np.float32))
    (tmp_path / "notes.txt").write_text("no picture")
    found = list(photographs(str(tmp_path), (16, 16), DataStore()))
    assert [picture.shape for picture in found] == [(24, 24, 3), (20, 30, 3)]


@pytest.fixture(scope="module")
def tiny(finished):
    return finished("fourier_prior")


def test_the_numbers_are_those_of_the_saved_images(tiny):
    """Probability, logit and distance, computed once more from what lies in the run folder."""
    model = keras.models.load_model(tiny.path / "network.keras")
    natural = Spectrum.load(tiny.path / "natural.npz")
    probabilities, decibels = [], []
    for seed in (5, 6):
        images = tiny.load_array(f"with-{seed}")
        logits = model(images).numpy().astype(float)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        probabilities += [chances[0, 2], chances[1, 8]]  # bird, ship
        ratio = (amplitudes(images) ** 2 / natural.amplitude**2 + 0.01) / 1.01
        squares = octave_shares((32, 32))[..., None] / 3 * (10 * np.log10(ratio)) ** 2
        decibels += np.sqrt(squares.sum(axis=(1, 2, 3))).tolist()
    assert tiny.metrics["with"]["probability"]["mean"] == pytest.approx(np.mean(probabilities))
    assert tiny.metrics["with"]["distance"]["mean"] == pytest.approx(np.mean(decibels), rel=1e-4)


def test_the_prior_lowers_the_distance(tiny):
    assert tiny.metrics["without_minus_with"]["distance"]["mean"] > 1
    claim = tiny.report["claims"][0]
    assert claim["ours"] == tiny.metrics["without_minus_with"]["distance"]["mean"]


def test_both_arms_start_from_the_same_noise(tiny):
    first = {row["part"]: row["logit"] for row in tiny.history if row["epoch"] == 1}
    assert first["with-5"] == pytest.approx(first["without-5"])
    assert first["with-5"] != pytest.approx(first["with-6"], abs=1e-6)


def test_images_are_valid(tiny):
    for arm in TITLES:
        images = tiny.load_array(f"{arm}-5")
        assert images.shape == (2, 32, 32, 3)
        assert 0 <= images.min() < images.max() <= 1
