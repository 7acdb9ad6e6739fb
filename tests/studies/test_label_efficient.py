"""The classifiers of study `few_labels` that use all unlabelled images."""

import json

import keras
import numpy as np
import pytest

from tests.conftest import ASSIGNMENTS, SEED, load_synthetic
from tfnets import execute, metrics
from tfnets.errors import InputError
from tfnets.lab.settings import override
from tfnets.lab.trial import DataStore
from tfnets.studies.few_labels import efficient
from tfnets.studies.few_labels.efficient import CLASSIFIER, ENCODER, Draw
from tfnets.studies.few_labels.numbers import by_method
from tfnets.studies.few_labels.settings import SCALES

SETTINGS = override(SCALES["tiny"], ASSIGNMENTS["few_labels"])


@pytest.fixture(scope="module")
def run(finished):
    return finished("few_labels")


def test_every_method_has_its_draws_with_an_interval(run):
    for key in ("label_efficient", "label_efficient_uniform"):
        found = run.metrics[key]
        assert list(found) == ["spreading_latents", "spreading", "pseudo_labels"]
        for values in found.values():
            expected = metrics.mean_ci95(values["draws"]).as_json()
            assert {name: values[name] for name in expected} == expected
            assert values["worst"] == min(values["draws"])
            assert len(values["draws"]) == 2


def test_the_accuracies_are_those_of_the_saved_classifier(run):
    data = load_synthetic("mnist").first(512, 128)
    classifier = keras.models.load_model(run.path / f"{CLASSIFIER}.keras", safe_mode=True)
    answers = classifier.predict(data.x_test, verbose=0).argmax(axis=1)
    first = run.metrics["label_efficient"]["pseudo_labels"]["draws"][0]
    assert first == pytest.approx(np.mean(answers == data.y_test))


def test_the_page_shows_them(run):
    assert "label_efficient.png" in [shown["file"] for shown in run.report["figures"]]
    assert (run.path / "label_efficient.png").exists()
    assert any("unlabelled" in table["title"] for table in run.report["tables"])


def test_seconds_stand_beside_the_metrics(run):
    timing = json.loads((run.path / "timing.json").read_text())
    names = {ENCODER} | {
        f"{kind}-{place}-{method}"
        for kind in ("balanced", "uniform")
        for place in (0, 1)
        for method in run.metrics["label_efficient"]
    }
    assert set(timing) == names


def test_training_is_handed_the_training_images_and_the_labels_of_the_draw_alone(run, monkeypatch):
    seen = []

    def noted(method, encoder, images, labels, *rest):
        seen.append((len(images), np.count_nonzero(labels >= 0)))
        raise KeyboardInterrupt

    monkeypatch.setattr(efficient, "train_classifier", noted)
    store = DataStore(load=load_synthetic)
    with pytest.raises(KeyboardInterrupt):
        Draw(SETTINGS, "balanced", SEED, 0, store=store, run=run).measure()
    assert seen == [(512, 20)]


def test_the_summary_is_by_method():
    rows = [{"a": 0.5, "b": 0.9}, {"a": 0.7, "b": 0.8}]
    found = by_method(rows)
    assert found["a"]["mean"] == pytest.approx(0.6)
    assert (found["a"]["worst"], found["b"]["worst"]) == (0.5, 0.8)
    assert found["b"]["draws"] == [0.9, 0.8]


@pytest.mark.parametrize("word", ["efficient_draws=1", "methods=magic", "classifier_steps=0"])
def test_bad_settings_are_one_sentence(word, tmp_path):
    with pytest.raises(InputError, match=word.split("=")[0]):
        execute.start("few_labels", tmp_path / "run", scale="tiny", assignments=[word])
