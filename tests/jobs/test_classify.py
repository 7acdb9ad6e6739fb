"""The job `classify`, on files: upright and lying bars."""

import csv
import json

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.labels.test_learning import bars, few
from tfnets import execute
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.draws import UNKNOWN
from tfnets.datasets.eight_bit import write_picture
from tfnets.datasets.labelled_folder import LabelledFolder
from tfnets.errors import InputError
from tfnets.jobs.classify import page
from tfnets.jobs.classify.job import CLASSIFIER, ENCODER, PROBABILITIES
from tfnets.jobs.classify.predictions import (
    PREDICTIONS,
    ranked,
    shown,
    summary,
    write_predictions,
)
from tfnets.jobs.classify.settings import SCALES
from tfnets.jobs.classify.trust import FOLDS, folds, trust
from tfnets.jobs.own_pictures import light_edges
from tfnets.lab import fit
from tfnets.methods.labels.graph import Neighbours
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.space import Space

NAMES = ("lying", "upright")
LEARN = ("updates=90", "batch_size=32", "steps=15")
QUICK = ("updates=8", "batch_size=16", "steps=3", "neighbours=3")


def write(folder, images, labels, names=NAMES):
    """Picture files, and a CSV of those with a label."""
    (folder / "scans").mkdir(parents=True)
    rows = ["file,label"]
    for place, (image, label) in enumerate(zip(images, labels, strict=True)):
        write_picture(folder / "scans" / f"{place:03d}.png", image)
        if label != UNKNOWN:
            rows.append(f"{place:03d}.png,{names[label]}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def places(folder):
    return [f"images={folder / 'scans'}", f"labels={folder / 'labels.csv'}"]


def start(folder, *words, out="run", seed=2):
    return execute.start("classify", folder / out, seed=seed, assignments=[*places(folder), *words])


def predictions(run):
    with (run.path / PREDICTIONS).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    images, kinds = bars()
    folder = write(tmp_path_factory.mktemp("bars"), images, few(kinds))
    return start(folder, *LEARN)


def black_and_white(n=40):
    """Bars and dots of 0 and 1, which 1 minus the image turns round without rounding."""
    images, kinds = bars(n)
    return (images > 0.18).astype(np.float32), few(kinds)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write(tmp_path_factory.mktemp("small"), *black_and_white())


@pytest.fixture(scope="module")
def whole(small):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "SAVED_STEPS", 4)
        return start(small, *QUICK, out="whole")


def test_every_picture_gets_its_label(learned):
    _, kinds = bars()
    rows = predictions(learned)
    assert [row["file"] for row in rows] == [f"{place:03d}.png" for place in range(120)]
    right = [row["label"] == NAMES[kind] for row, kind in zip(rows, kinds, strict=True)]
    assert np.mean(right) > 0.9
    known = np.array([row["known"] == "yes" for row in rows])
    np.testing.assert_array_equal(known, few(kinds) != UNKNOWN)
    assert np.array(right)[known].all()


def test_the_saved_classifier_gives_the_probabilities_of_the_file(learned):
    images, _ = bars()
    seen = np.rint(images * 255).astype(np.float32) / np.float32(255)
    classifier = keras.models.load_model(learned.path / f"{CLASSIFIER}.keras", safe_mode=True)
    expected = classifier.predict(seen, verbose=0)
    np.testing.assert_allclose(learned.load_array(PROBABILITIES), expected, atol=1e-6)
    for row, values in zip(predictions(learned), expected, strict=True):
        assert float(row["probability"]) == pytest.approx(
            values[NAMES.index(row["label"])], abs=1e-4
        )
    told = json.loads((learned.path / "classes.json").read_text())
    assert told == {"classes": list(NAMES), "image": [16, 16, 1]}


def test_a_new_picture_is_classified(learned):
    new, truth = bars(seed=1)
    answers = learned.load_model(CLASSIFIER).predict(new, verbose=0).argmax(axis=1)
    assert (answers == truth).mean() > 0.9


def test_the_numbers_are_those_of_the_files(learned):
    found, rows = learned.metrics, predictions(learned)
    free = [row for row in rows if row["known"] == "no"]
    assert found["pictures"] == 120
    assert found["shape"] == [16, 16, 1]
    assert found["background"] == "dark"
    assert found["labelled"] == {"lying": 3, "upright": 3}
    assert found["answered"] == {name: sum(row["label"] == name for row in free) for name in NAMES}
    sure = [float(row["probability"]) >= 0.95 for row in free]
    assert found["sure"] == pytest.approx(np.mean(sure), abs=0.02)
    assert found["held_out"]["n"] == 6
    assert found["split_half"]["mean"] == pytest.approx(np.mean(found["split_half"]["splits"]))


def test_the_page_names_figures_that_exist(learned):
    report = learned.report
    assert report["question"]
    assert len(report["figures"]) == 3
    for figure in report["figures"]:
        assert (learned.path / figure["file"]).stat().st_size > 1000
    assert [row[:2] for row in report["tables"][0]["rows"]] == [["lying", 3], ["upright", 3]]


def test_pictures_on_a_light_background_are_turned_round(tmp_path, whole):
    images, labels = black_and_white()
    light = start(write(tmp_path, 1 - images, labels), *QUICK)
    assert light.metrics["background"] == "light"
    classifier = keras.models.load_model(light.path / f"{CLASSIFIER}.keras", safe_mode=True)
    dark = whole.load_model(CLASSIFIER)
    expected = dark.predict(images, verbose=0)
    np.testing.assert_allclose(classifier.predict(1 - images, verbose=0), expected, atol=1e-6)
    assert np.abs(dark.predict(1 - images, verbose=0) - expected).max() > 1e-3


def test_a_person_can_say_what_the_background_is(small, tmp_path, monkeypatch):
    kill(monkeypatch, f"train-{ENCODER}")
    for background in ("dark", "light"):
        with pytest.raises(KeyboardInterrupt):
            start(small, *QUICK, f"background={background}", out=f"{tmp_path}/{background}")
        part = tmp_path / background / "parts" / "pictures.json"
        assert json.loads(part.read_text())["background"] == background


def test_the_edges_tell_the_background():
    images = np.zeros((2, 4, 4, 1), np.float32)
    images[:, 1:3, 1:3] = 1
    assert not light_edges(images)
    assert light_edges(1 - images)


def kill(monkeypatch, where):
    """Interrupts at the second saved state of the encoder, or when a part begins."""
    if where == "encoder":
        log, calls = Run.log, []

        def dying_log(self, *arguments):
            calls.append(arguments)
            if len(calls) == 2:
                raise KeyboardInterrupt
            log(self, *arguments)

        monkeypatch.setattr(Run, "log", dying_log)
        return
    part = Run.part

    def dying_part(self, name, compute):
        if name == where and not self.has_part(name):
            raise KeyboardInterrupt
        return part(self, name, compute)

    monkeypatch.setattr(Run, "part", dying_part)


@pytest.mark.parametrize("where", ["encoder", "trust", f"train-{CLASSIFIER}"])
def test_a_killed_run_ends_as_the_whole_one(small, whole, where, tmp_path, monkeypatch):
    monkeypatch.setattr(fit, "SAVED_STEPS", 4)
    words = [*places(small), *QUICK]
    with monkeypatch.context() as patch:
        kill(patch, where)
        with pytest.raises(KeyboardInterrupt):
            execute.start("classify", tmp_path / "run", seed=2, assignments=words)
    assert not Run.open(tmp_path / "run").finished
    resumed = execute.resume(tmp_path / "run")
    assert resumed.metrics == whole.metrics
    assert resumed.report == whole.report
    assert resumed.history == whole.history
    assert len(whole.history) == 2
    for name in (PREDICTIONS, f"{PROBABILITIES}.npy", "classes.json"):
        assert (resumed.path / name).read_bytes() == (whole.path / name).read_bytes()


def test_how_often_the_state_is_saved_changes_no_weight(small, whole, monkeypatch):
    kill(monkeypatch, "trust")
    with pytest.raises(KeyboardInterrupt):
        start(small, *QUICK, out="seldom")
    seldom = Run.open(Run.open(small / "seldom").trial_folder("answers"))
    assert (len(seldom.history), len(whole.history)) == (1, 2)
    weights = [run.load_model(ENCODER).get_weights() for run in (seldom, whole)]
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_does_not_go_on_with_other_labels(small, tmp_path, monkeypatch):
    images, kinds = bars(40)
    folder = write(tmp_path, images, few(kinds))
    with monkeypatch.context() as patch:
        kill(patch, f"train-{ENCODER}")
        with pytest.raises(KeyboardInterrupt):
            start(folder, *QUICK)
    (folder / "labels.csv").write_text("file,label\n000.png,lying\n001.png,upright\n")
    with pytest.raises(InputError, match="have changed since"):
        execute.resume(folder / "run")


def test_pictures_that_are_all_labelled_are_shown_as_well(tmp_path):
    images, kinds = bars(24)
    names = ("$a_{", "b" * 99)
    data = LabelledFolder(images, kinds, names, tuple(map(str, range(24))))
    held_out = {"mean": 1.0, "ci95": [0.9, 1.0], "n": 24, "answers": {"1": 1, "2": 1}}
    probabilities = np.full((24, 2), 0.5)
    trusted = {"held_out": held_out, "split_half": None}
    found = summary(data, probabilities, trusted) | {"background": "dark"}
    assert found["answered"] == dict.fromkeys(names, 0)
    assert found["sure"] is None
    assert found["doubted"] == [{"file": "2", "given": names[0], "others": names[1]}]
    run = Run.create(tmp_path / "run", Config.of("classify", "tiny", 0, {}))
    for name in ("surest", "least_sure"):
        images, sureness = shown(data, probabilities, surest=name == "surest")
        run.save_array(f"samples/{name}", images)
        run.save_array(f"samples/{name}_sureness", sureness)
    told = page.write(run, found)
    assert {path.stem for path in run.path.glob("*.png")} == {"surest", "least_sure", "classes"}
    assert told["tables"][1]["rows"] == [["2", *names]]
    assert "all are labelled" in told["figures"][0]["caption"]


def test_the_scales_are_those_of_studies():
    assert list(SCALES) == ["tiny", "quick", "full"]
    assert SCALES["full"].plan == Plan()


def test_a_given_label_is_kept_whatever_the_classifier_says(tmp_path):
    labels = np.array([1, 0, UNKNOWN], np.int32)
    data = LabelledFolder(np.zeros((3, 9, 9, 1)), labels, NAMES, ("a", "b, c", "d"))
    write_predictions(tmp_path / "p.csv", data, np.array([[0.9, 0.1], [0.8, 0.2], [0.25, 0.75]]))
    assert (tmp_path / "p.csv").read_text().splitlines() == [
        "file,label,probability,known",
        "a,upright,0.1000,yes",
        '"b, c",lying,0.8000,yes',
        "d,upright,0.7500,no",
    ]


def test_figures_rank_within_the_class_that_was_answered():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    asked = np.array([1, 2, 3])
    surest = ranked(asked, probabilities, surest=True)
    least = ranked(asked, probabilities, surest=False)
    assert [row.tolist() for row in surest] == [[3, 1], [2]]
    assert [row.tolist() for row in least] == [[1, 3], [2]]


class TestTrust:
    @pytest.fixture
    def space(self):
        """Two tight clouds of 20 points each."""
        rng = np.random.default_rng(0)
        points = np.repeat(np.eye(2), 20, axis=0) + rng.normal(0, 0.05, (40, 2))
        return Space(lambda images: images, Neighbours.of(points, 5))

    def labels(self, first, second):
        labels = np.full(40, UNKNOWN)
        labels[:first], labels[20 : 20 + second] = 0, 1
        return labels

    def test_hidden_labels_are_found_again(self, space):
        found = trust(space, self.labels(4, 6), 2, Plan(), seed=0)
        assert (found["held_out"]["mean"], found["held_out"]["n"]) == (1, 10)
        assert found["split_half"] == {"mean": 1, "splits": [1] * 5}

    def test_a_wrong_label_is_told(self, space):
        labels = self.labels(6, 6)
        labels[0] = 1
        found = trust(space, labels, 2, Plan(), seed=0)["held_out"]
        assert found["answers"]["0"] == 0
        assert found["mean"] < 1

    def test_a_hidden_label_does_not_speak_for_itself(self):
        """The third cloud, which no path joins to the others, has one label only."""
        points = np.repeat([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], 20, axis=0)
        points += np.random.default_rng(0).normal(0, 0.05, (60, 2))
        space = Space(lambda images: images, Neighbours.of(points, 5))
        labels = np.full(60, UNKNOWN)
        labels[[0, 1, 20, 21, 40]] = [0, 0, 1, 1, 1]
        found = trust(space, labels, 2, Plan(), seed=0)["held_out"]
        assert found["answers"] == {"0": 0, "1": 0, "20": 1, "21": 1, "40": 0}
        assert found["mean"] == pytest.approx(0.8)

    def test_too_few_labels_leave_it_open(self, space):
        one = trust(space, self.labels(1, 1), 2, Plan(), seed=0)
        assert one == {"held_out": None, "split_half": None}
        two = trust(space, self.labels(1, 2), 2, Plan(), seed=0)
        assert two["held_out"]["n"] == 2
        assert two["split_half"] is None

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.integers(-1, 3), min_size=1, max_size=40), st.integers(0, 1000))
    def test_no_fold_hides_all_labels_of_a_class(self, labels, seed):
        labels = np.array(labels)
        fold = folds(labels, seed)
        counts = {label: np.sum(labels == label) for label in labels}
        for label, place in zip(labels, fold, strict=True):
            assert (place >= 0) == (label != UNKNOWN and counts[label] > 1)
        for number in range(FOLDS):
            left = set(labels[fold != number])
            assert set(labels) == left
