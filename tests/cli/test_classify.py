"""`tfnets classify`."""

import re

import numpy as np
import pytest

from tests.jobs.test_classify import QUICK, write
from tests.methods.labels.test_learning import bars, few
from tfnets import cli, execute
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.errors import InputError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """30 pictures with 6 labels, seen from the folder above."""
    images, kinds = bars(30)
    monkeypatch.chdir(write(tmp_path / "mine", images, few(kinds)))
    return tmp_path / "mine"


def test_classify_resume_report_and_export(folder, tmp_path, monkeypatch, call):
    words = ("--images", "scans", "--labels", "labels.csv", "--out", "run")
    finish = Run.finish

    def interrupt(self, *arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "finish", interrupt)
    code, _, err = call("classify", *words, "--seed", 1, "--set", *QUICK)
    assert code == 130
    assert "tfnets resume" in err

    monkeypatch.setattr(Run, "finish", finish)
    monkeypatch.chdir(tmp_path)
    code, out, _ = call("resume", folder / "run")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("30 pictures of 16x16 pixels, grey, on a dark background; 6 labels")
    assert "tfnets export RUN/classifier.keras --out DIR" in lines[-2]
    assert lines[-1] == f"Run folder: {folder / 'run'}"
    run = Run.open(folder / "run")
    assert (run.config.study, run.config.scale, run.config.seed) == ("classify", "full", 1)
    assert run.config.settings["images"] == str(folder / "scans")
    assert run.config.settings["labels"] == str(folder / "labels.csv")

    assert call("report", folder / "run", "--out", "page.html")[0] == 0
    shown = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert shown.count("data:image/png") == 3
    assert "Pictures of each class" in shown

    code, out, _ = call("export", folder / "run" / "classifier.keras", "--out", "saved")
    assert code == 0
    assert (tmp_path / "saved" / "saved_model.pb").exists()


def test_list_shows_its_settings(call):
    code, out, _ = call("list", "classify")
    assert code == 0
    assert "Question:" in out
    assert "\n  background=auto  dark, light, or auto to go by" in out


def tall(folder):
    write_picture(folder / "scans" / "zz.png", np.zeros((20, 16, 1)))


def tiny(folder):
    for path in (folder / "scans").iterdir():
        write_picture(path, np.zeros((7, 16, 1)))


def few_pictures(folder):
    for path in sorted((folder / "scans").iterdir())[12:]:
        path.unlink()


def text(content):
    return lambda folder: (folder / "labels.csv").write_bytes(content)


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        (None, ["--images", "nowhere"], "There is no folder"),
        (None, ["--labels", "none.csv"], "There is no file"),
        (None, ["--labels", "scans"], "There is no file"),
        (None, ["--set", "background=blue"], "does not know blue"),
        (None, ["--set", "alpha=1"], "alpha is 1.0"),
        (None, ["--set", "bend=-1"], "bend is -1.0"),
        (None, ["--set", "neighbours=30"], "give at least 31"),
        (None, ["--scale", "huge"], "no scale 'huge'"),
        (None, ["--seed", "-1"], "seed is -1"),
        (text(b""), [], "is empty"),
        (text(b"a,b\n1,2\n"), [], "file was expected"),
        (text(b"\xff\xfe\x00"), [], "not UTF-8"),
        (text(b"file,label\n000.png,1\n"), [], "1 class;"),
        (text(b"file,label\n000.png,1\n../labels.csv,2\n"), [], "no picture in"),
        (text(b"file,label\n000.png,1\n001.png,2\n000.png,2\n"), [], "two labels"),
        (text(b"file,label\n" + b"".join(b"%d,1\n" % n for n in range(31))), [], "holds 30"),
        (few_pictures, [], "give at least 20"),
        (tall, [], "one size"),
        (tiny, [], "16x7 pixels|7x16 pixels"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_leaves_no_run(folder, change, words, sentence, call):
    if change:
        change(folder)
    before = set(folder.rglob("*"))
    given = ["--images", "scans", "--labels", "labels.csv", "--out", "run", *words]
    code, out, err = call("classify", *given)
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("tfnets: ")
    assert re.search(sentence, line)
    assert set(folder.rglob("*")) == before


def test_the_run_folder_is_called_by_the_pictures(folder, monkeypatch):
    def start(job, out, *, assignments, **options):
        asked.update(job=job, out=str(out), assignments=assignments, **options)
        raise InputError("stopped")

    asked = {}
    monkeypatch.setattr(execute, "start", start)
    words = ("--images", "scans", "--labels", "labels.csv", "--scale", "quick", "--set", "bend=0")
    assert cli.main(["classify", *words]) == 2
    places = [f"images={folder / 'scans'}", f"labels={folder / 'labels.csv'}"]
    assert asked["assignments"] == [*places, "bend=0"]
    assert (asked["job"], asked["scale"]) == ("classify", "quick")
    assert asked["out"] == "runs/classify-scans-quick-0"


def test_without_pictures_it_is_no_study_to_run(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    code, _, err = call("run", "classify")
    assert code == 2
    assert "tfnets classify --images DIR --labels CSV" in err
    assert list(tmp_path.iterdir()) == []
