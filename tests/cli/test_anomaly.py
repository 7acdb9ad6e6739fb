"""`tfnets anomaly`."""

import numpy as np
import pytest

from tests.studies.test_anomaly import QUICK, upright, write
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write(tmp_path / "good", upright(25))
    write(tmp_path / "new", upright(3, seed=1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_makes_a_run_that_can_be_reported(folder, call):
    words = ("--train", "good", "--test", "new", "--out", "run", "--seed", 1, "--set", *QUICK)
    code, out, _ = call("anomaly", *words)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("3 pictures of 16x16 pixels, grey; learned from 20 normal ones, 5")
    assert lines[-1] == "Run folder: run"
    run = Run.open(folder / "run")
    assert run.config.settings["train"] == str(folder / "good")
    assert run.config.settings["test"] == str(folder / "new")
    assert call("report", "run", "--out", "page.html")[0] == 0
    shown = (folder / "page.html").read_text(encoding="utf-8")
    assert shown.count("data:image/png") == 4


def wide(folder):
    write_picture(folder / "new" / "wide.png", np.zeros((16, 20, 1)))


def broken(folder):
    (folder / "good" / "a.png").write_bytes(b"no picture")


def few(folder):
    for path in sorted((folder / "good").iterdir())[19:]:
        path.unlink()


def none(folder):
    for path in (folder / "new").iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        (None, ["--train", "nowhere"], "There is no folder"),
        (None, ["--test", "nowhere"], "There is no folder"),
        (None, ["--set", "latent=0"], "latent is 0"),
        (None, ["--set", "learning_rate=nan"], "learning_rate is nan"),
        (wide, [], "20x16 pixels"),
        (broken, [], "not a picture"),
        (few, [], "holds 19 pictures; give at least 20"),
        (none, [], "no picture in"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_no_run(folder, change, words, sentence, call):
    if change:
        change(folder)
    before = set(folder.rglob("*"))
    given = ("--train", "good", "--test", "new", "--out", "run", *words)
    code, out, err = call("anomaly", *given)
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("tfnets: ")
    assert sentence in line
    assert set(folder.rglob("*")) == before


def test_without_folders_it_is_no_study_to_run(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    code, _, err = call("run", "find_anomalies")
    assert code == 2
    assert "tfnets anomaly --train DIR --test DIR" in err
    assert list(tmp_path.iterdir()) == []
