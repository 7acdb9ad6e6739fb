"""The model card beside an export: what its run says, and code that runs."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts import reference
from tfnets.artifacts.checked_export import ExportReport
from tfnets.artifacts.run import Config, Run
from tfnets.datasets.sources.catalog import DATASETS
from tfnets.errors import InputError
from tfnets.report.content import Claim, Page
from tfnets.report.model_card import known_run, write_card
from tfnets.studies import about

TOLD = {"image": "float32 (None, 4, 4, 1)", "seed": "int32 (2,)"}


@pytest.fixture
def exported(tmp_path):
    return ExportReport(tmp_path, "serving_default", TOLD, {"y": "float32 (None, 2)"}, 1e-7, 9)


@pytest.fixture
def run(tmp_path):
    settings = {"dataset": "mnist", "other": ["fashion_mnist"], "train_images": 1200, "units": 3}
    return Run.create(tmp_path / "run", Config.of("autoencoder", "tiny", 4, settings))


def finish(run):
    page = Page(run, "Title", "Does it | work?")
    page.claims += [
        Claim("It | works", None, 0.9, [0.85, 0.95], 5, "confirmed", "counted"),
        Claim("It is quick", "quick", None, None, None, "not decidable", whose="origin"),
    ]
    page.note("A note of\nthe study.")
    run.finish({}, page.as_json())


def card(exported, run, data=()):
    path = write_card(exported, "model.keras", run, data)
    assert path == exported.path / "README.md"
    return path.read_text(encoding="utf-8")


def test_a_finished_run_gives_data_licence_metrics_and_limits(exported, run):
    finish(run)
    text = card(exported, run)
    titles = ["Data and licence", "Metrics", "Limits", "How to load it"]
    assert re.findall("^## (.+)$", text, re.M) == titles
    assert "`model.keras` of a run of `autoencoder` (Does it | work?) at scale tiny" in text
    assert "with seed 4, made with tfnets" in text
    for line in (
        "| dataset | MNIST | CC BY-SA 3.0 |",
        "| other | Fashion-MNIST | MIT |",
        "At most 1,200 training images.",
        "|\n| It is quick | origin | \N{EN DASH} | not decidable | \N{EN DASH} |\n| It \\| works",
        "| It \\| works | ours | 0.90 [0.85, 0.95], N = 5 | confirmed | counted |",
        "- A note of the study.",
        "| input | seed | int32 (2,) |",
        "differed from the network by at most 1e-07.",
    ):
        assert line in text.splitlines() or line in text, line


def test_what_is_not_known_is_said(exported, run):
    unfinished = card(exported, run)
    assert "None are known: the run is not finished." in unfinished
    alone = card(exported, None)
    assert "lies in no run folder" in alone
    assert "None are known: there is no run folder." in alone
    assert "Write in where they are from and under which licence" in alone
    assert "| the study's | CIFAR-10 | none stated; cite Krizhevsky 2009 |" in card(
        exported, None, ["cifar10"]
    )


def test_a_damaged_report_is_one_sentence(exported, run):
    finish(run)
    claims = run.report["claims"]
    run.save_json("report.json", run.report | {"claims": [claims[0] | {"verdict": "perhaps"}]})
    with pytest.raises(InputError, match=r"cannot be shown: .*verdict is 'perhaps', not one of"):
        card(exported, run)
    assert known_run(run.path) is None


def test_a_run_is_known_by_its_folder(run, tmp_path):
    assert known_run(run.path).config == run.config
    (tmp_path / "config.json").write_text("{}")
    assert known_run(tmp_path) is None


@pytest.mark.parametrize("name", ["saved", "m.onnx", "m.tflite"])
def test_the_code_in_it_runs(tmp_path, call, name):
    image = keras.Input((4, 4, 1), name="image")
    label = keras.Input((2,), dtype="int32", name="label")
    flat = keras.layers.Flatten()(image)
    both = keras.layers.Concatenate()([flat, keras.ops.cast(label, "float32")])
    model = keras.Model([image, label], keras.layers.Dense(3, bias_initializer="ones")(both))
    model.save(tmp_path / "m.keras")
    code, out, _ = call("export", tmp_path / "m.keras", "--out", tmp_path / name)
    assert code == 0
    card = tmp_path / name / "README.md" if name == "saved" else tmp_path / f"{name}.md"
    assert out.splitlines()[-1] == f"Model card: {card}"
    text = card.read_text(encoding="utf-8")
    names = {}
    exec(re.search("```python\n(.*?)```", text, re.S)[1], names)
    answers = names["answers"]
    (answer,) = answers.values() if isinstance(answers, dict) else answers
    np.testing.assert_array_equal(answer, tf.ones((1, 3)))


def test_digits_are_a_saved_model(call, tmp_path):
    code, _, said = call("export", "digit_generator", "--digits", "--out", tmp_path / "d.onnx")
    assert code == 2
    assert "give an --out without .onnx" in said
    assert not list(tmp_path.iterdir())


def test_every_reference_model_has_data_of_a_known_licence():
    for path in sorted(reference.FOLDER.glob("*/*.keras")):
        if path.parent.name in ("judge", "red_eye"):  # The eyes are drawn.
            continue
        run = Run.open(path.parent)
        settings = run.config.settings
        named = [settings.get("dataset"), *settings.get("datasets", ())]
        named += getattr(about(run.config.study), "DATA", ())
        assert set(named) & set(DATASETS), path
