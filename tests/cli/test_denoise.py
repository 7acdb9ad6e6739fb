"""`tfnets denoise`, and the restoring of pictures of any size behind it."""

import numpy as np
import pytest

from tests.picture_commands import BAD_INPUT, check_refused, write_scans
from tfnets.artifacts import reference
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.eight_bit import png_round_trip
from tfnets.datasets.picture_files import read_picture
from tfnets.errors import InputError
from tfnets.jobs import denoise as picture_denoising
from tfnets.jobs.denoise import denoise
from tfnets.methods.denoisers.saved import load_denoiser
from tfnets.models.denoisers import small_unet


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with a network of random weights."""
    folder = tmp_path_factory.mktemp("run") / "run"
    made = Run.create(folder, Config.of("denoising", "tiny", 0, {}))
    for seed in (10, 9):
        made.save_model(f"unet-{seed}", small_unet(4, seed))
    return made


@pytest.fixture
def scans(tmp_path, monkeypatch):
    """A grey and a coloured picture of sizes that are no multiples of anything."""
    monkeypatch.chdir(tmp_path)
    return write_scans(tmp_path, (30, 45))


def test_pictures_are_restored_channel_by_channel(scans, run, call):
    code, out, err = call("denoise", "a.png", "b.png", "--out", "new/clean", "--run", run.path)
    assert (code, err) == (0, "")
    assert out.splitlines() == ["new/clean/a.png", "new/clean/b.png"]
    network = load_denoiser(run)
    for name in ("a.png", "b.png"):
        given, found = (read_picture(scans / place / name).pixels for place in ("", "new/clean"))
        planes = [denoise(network, given[..., c, np.newaxis]) for c in range(given.shape[-1])]
        expected = np.concatenate(planes, axis=-1)
        np.testing.assert_array_equal(found, png_round_trip(expected[np.newaxis])[0])


def test_the_first_seed_is_taken(run):
    first = small_unet(4, 9)
    for ours, theirs in zip(load_denoiser(run.path).weights, first.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (3, 90), (65, 130)])
def test_tiles_give_what_the_whole_picture_gives(run, shape, monkeypatch):
    image = np.random.default_rng(1).random((*shape, 1), np.float32)
    network = load_denoiser(run)
    whole = denoise(network, image, "dark")
    monkeypatch.setattr(picture_denoising, "TILE", 32)
    np.testing.assert_allclose(denoise(network, image, "dark"), whole, atol=1e-6)
    assert whole.shape == image.shape


def test_a_light_background_is_turned_round(run):
    image = np.random.default_rng(1).random((12, 12, 1), np.float32) * 0.4
    network = load_denoiser(run)
    dark, light = denoise(network, image), denoise(network, 1 - image)
    np.testing.assert_allclose(1 - light, dark, atol=1e-6)
    assert np.abs(denoise(network, 1 - image, "dark") - light).max() > 0.01


@pytest.mark.parametrize(("change", "words", "sentence"), [
    *BAD_INPUT,
    (None, ["--run", "nowhere"], "not a run folder"),
])  # fmt: skip
def test_bad_input_is_one_sentence_and_writes_nothing(scans, run, change, words, sentence, call):
    options = ["denoise", "{}", "--run", run.path]
    check_refused(call, scans, change, words, options, sentence)


def test_a_run_of_another_study_is_refused(tmp_path):
    Run.create(tmp_path / "run", Config.of("autoencoder", "tiny", 0, {}))
    with pytest.raises(InputError, match="has no denoiser"):
        load_denoiser(tmp_path / "run")


def test_without_a_committed_network_the_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    with pytest.raises(InputError, match="tfnets run denoising --scale full"):
        load_denoiser()


@pytest.mark.parametrize("image", [np.zeros((4, 4)), np.full((4, 4, 1), 2.0), np.zeros((0, 4, 1))])
def test_what_is_no_picture_is_refused(run, image):
    with pytest.raises(InputError, match="A picture must be"):
        denoise(load_denoiser(run), image)
