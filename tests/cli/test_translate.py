"""`tfnets translate`, and the translating of pictures of any size behind it."""

import keras
import numpy as np
import pytest

from tests.picture_commands import BAD_INPUT, check_refused, write_scans
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.eight_bit import png_round_trip
from tfnets.datasets.picture_files import read_picture
from tfnets.errors import InputError
from tfnets.jobs.translate import load_translator, scaled, translate


def constant(channels, shift):
    """Adds a number to the grey value, in each channel."""
    image = keras.Input((None, None, 1))
    x = keras.layers.Rescaling(1.0, offset=shift)(image)
    x = x if channels == 1 else keras.layers.Concatenate()([x] * channels)
    return keras.Model(image, x)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose networks add 0.1 (CycleGAN), 0.2 (paired), and make colours."""
    folder = tmp_path_factory.mktemp("run") / "run"
    names = {"domains": ["edges", "coloured"], "methods": ["cycle", "paired"]}
    made = Run.create(folder, Config.of("translation", "tiny", 4, names))
    made.save_model("edges-cycle-4", constant(1, 0.1))
    made.save_model("edges-paired-4", constant(1, 0.2))
    made.save_model("edges-plain-4", constant(1, 0.9))
    made.save_model("coloured-cycle-4", constant(3, 0.3))
    return made


@pytest.fixture
def scans(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_scans(tmp_path, (28, 21))


def test_the_paired_network_of_the_first_domain_is_taken(scans, run, call):
    code, out, err = call("translate", run.path, "a.png", "b.png", "--out", "new/made")
    assert code == 0
    assert out.splitlines() == ["new/made/a.png", "new/made/b.png"]
    assert "b.png: colours are read as grey." in err
    assert "b.png: 7 x 5 pixels, where the network knows digits of 28 x 28" in err
    assert "a.png" not in err
    given, found = (read_picture(scans / place / "a.png").pixels for place in ("", "new/made"))
    np.testing.assert_array_equal(found, png_round_trip((given + 0.2)[np.newaxis])[0])
    colour, grey = (read_picture(scans / place / "b.png").pixels for place in ("", "new/made"))
    light = colour @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(grey[..., 0], light + 0.2, atol=0.003)


@pytest.mark.parametrize(
    ("words", "shift", "channels"),
    [
        (["--method", "cycle"], 0.1, 1),
        (["--domain", "coloured"], 0.3, 3),
        (["--domain", "edges", "--method", "paired"], 0.2, 1),
    ],
)
def test_domain_and_method_are_chosen(scans, run, call, words, shift, channels):
    code, _, _ = call("translate", run.path, "a.png", "--out", "new", *words)
    assert code == 0
    given, found = (read_picture(scans / place / "a.png").pixels for place in ("", "new"))
    assert found.shape == (28, 21, channels)
    np.testing.assert_allclose(found, np.repeat(given + shift, channels, -1), atol=0.003)


def test_pictures_are_scaled_if_asked(scans, run, call):
    code, _, err = call("translate", run.path, "b.png", "--out", "new", "--size", "28")
    assert code == 0
    assert "where the network" not in err
    assert read_picture(scans / "new" / "b.png").pixels.shape == (28, 20, 1)
    assert scaled(np.full((100, 1, 1), 0.3), 28).shape == (28, 1, 1)
    np.testing.assert_allclose(scaled(np.full((3, 4, 3), 0.3), 8), 0.3, atol=1e-6)


def test_a_light_background_is_turned_round(run):
    image = np.random.default_rng(1).random((12, 12, 1), np.float32) * 0.4
    network = load_translator(run).network
    np.testing.assert_allclose(translate(network, 1 - image), image + 0.2, atol=1e-6)
    np.testing.assert_allclose(translate(network, image, "light"), np.clip(1.2 - image, 0, 1))


@pytest.mark.parametrize(("change", "words", "sentence"), [
    *BAD_INPUT,
    (None, ["--domain", "sepia"], "no domain 'sepia'; choose from edges, coloured"),
    (None, ["--method", "plain"], "no method 'plain' for edges; choose from paired, cycle"),
    (None, ["--size", "0"], "The size is 0"),
    (None, ["--size", "9999"], "more than"),
])  # fmt: skip
def test_bad_input_is_one_sentence_and_writes_nothing(scans, run, change, words, sentence, call):
    check_refused(call, scans, change, words, ["translate", run.path, "{}"], sentence)


def test_runs_without_translators_are_refused(tmp_path):
    for study in ("autoencoder", "translation"):
        Run.create(tmp_path / study, Config.of(study, "tiny", 0, {"domains": ["edges"]}))
        with pytest.raises(InputError, match="has no translator"):
            load_translator(tmp_path / study)
    with pytest.raises(InputError, match="not a run folder"):
        load_translator(tmp_path / "nowhere")
