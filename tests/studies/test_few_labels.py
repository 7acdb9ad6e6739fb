"""What is special to the few-label study: encoders side by side, frozen and fine-tuned."""

import dataclasses
import itertools

import numpy as np
import pytest

from tests.conftest import load_synthetic
from tfnets import execute, metrics
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.studies.few_labels import page
from tfnets.studies.few_labels.numbers import summary
from tfnets.studies.few_labels.settings import SCALES
from tfnets.studies.few_labels.trials import Heads

TINY = SCALES["tiny"]
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def run(finished):
    return finished("few_labels")


def part(run, name):
    return run.part(name, lambda: pytest.fail(f"there is no part {name}"))


def test_a_process_encodes_all_images_once_with_each_encoder(run):
    settings = dataclasses.replace(TINY, encoders=("origin", "denoising"))
    store = DataStore(load=load_synthetic)
    first, same, other = (
        Heads(settings, encoder, 5, kind, "softmax", 20, store=store, run=run)
        for encoder, kind in (
            ("origin", "balanced"), ("origin", "uniform"), ("denoising", "balanced")
        )
    )  # fmt: skip
    assert first.inputs is same.inputs
    np.testing.assert_array_equal(
        first.inputs[1], run.load_model("origin-5_encoder").predict(first.data.x_test, verbose=0)
    )
    assert (first.inputs[0] != other.inputs[0]).any()


def test_parts_keep_their_names(run):
    found = {path.stem for path in (run.path / "parts").glob("*.json")}
    heads = {
        f"{kind}-{labels}-{head}-{column}"
        for kind in ("balanced", "uniform")
        for labels, head in ((20, "softmax"), (20, "sigmoid64"), (10, "sigmoid64"))
        for column in ("mlp", "origin", "denoising")
    }
    tuned = {f"finetuned-{kind}-denoising" for kind in ("balanced", "uniform")}
    tuned |= {"finetuned", "finetuned-uniform-origin"}
    draws = {f"{kind}-{place}" for kind in ("balanced", "uniform") for place in (0, 1)}
    learnt = {f"{what}-{draw}" for what in ("label_efficient", "seconds") for draw in draws}
    trained = {"train-origin-5", "train-denoising-5", "train-contrastive_encoder"}
    assert found == heads | tuned | learnt | trained | {"seconds-contrastive_encoder"}


@pytest.mark.parametrize(
    ("tuned", "heads"),
    [
        ("finetuned", "balanced-20-sigmoid64-origin"),
        ("finetuned-uniform-origin", "uniform-20-sigmoid64-origin"),
        ("finetuned-balanced-denoising", "balanced-20-sigmoid64-denoising"),
    ],
)
def test_fine_tuning_begins_at_the_heads_of_the_table(tuned, heads, run):
    assert part(run, tuned)["frozen"] == part(run, heads)["accuracy"]


def test_the_first_encoder_is_on_top_and_among_the_sources(run):
    numbers = run.metrics
    assert numbers["sources"]["origin"]["balanced"] == numbers["heads"]
    assert numbers["sources"]["origin"]["uniform"] == numbers["uniform"]["heads"]
    for kind in ("balanced", "uniform"):
        assert numbers["curve"]["sources"]["origin"][kind] == numbers["curve"][kind]
    tuned = numbers["finetuned"]
    assert set(tuned) == {"head", "frozen", "finetuned", "difference", "p_value", "sources"}
    assert tuned["sources"]["origin"]["balanced"] == {
        name: tuned[name] for name in ("frozen", "finetuned", "difference", "p_value")
    }
    assert all(set(kinds) == {"balanced", "uniform"} for kinds in tuned["sources"].values())
    assert list(tuned["sources"]) == ["origin", "denoising"]


def test_sources_and_gains_are_paired_by_draw(run):
    columns = {
        name: np.array(part(run, f"balanced-20-sigmoid64-{name}")["accuracy"])
        for name in ("mlp", "origin", "denoising")
    }
    found = run.metrics["sources"]["denoising"]
    row = found["balanced"]["sigmoid64"]
    assert row["transfer"] == metrics.mean_ci95(columns["denoising"]).as_json()
    assert row["mlp"] == metrics.mean_ci95(columns["mlp"]).as_json()
    test = metrics.paired_test(columns["denoising"], columns["origin"])
    assert (found["gain"]["head"], found["gain"]["over"]) == ("sigmoid64", "origin")
    assert found["gain"]["balanced"] == {
        "difference": test.difference.as_json(),
        "p_value": test.p_value,
    }
    own = run.metrics["sources"]["origin"]["gain"]["balanced"]
    assert (own["difference"]["mean"], own["p_value"]) == (0, 1)


def test_the_gain_is_that_of_a_head_of_the_table():
    settings = dataclasses.replace(TINY, heads=("softmax",), encoders=("origin", "deep"))
    trials = [
        (kind, head, labels)
        for kind in ("balanced", "uniform")
        for head in ("softmax", "sigmoid64")
        for labels in (10, 20)
    ]
    accuracies = {
        trial: {name: RNG.random(3) for name in ("mlp", "origin", "deep")} for trial in trials
    }
    tuned = {
        which: {name: RNG.random(3) for name in ("frozen", "finetuned")}
        for which in itertools.product(("origin", "deep"), ("balanced", "uniform"))
    }
    gain = summary(settings, accuracies, tuned)["sources"]["deep"]["gain"]
    assert gain["head"] == "softmax"
    columns = accuracies["uniform", "softmax", 20]
    expected = (columns["deep"] - columns["origin"]).mean()
    assert gain["uniform"]["difference"]["mean"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [([0.01, 0.03], "confirmed"), ([-0.03, -0.01], "not confirmed"), ([-1, 1], "not decidable")],
)
def test_an_encoder_beats_the_first_by_its_paired_interval(interval, verdict):
    difference = {"mean": np.mean(interval), "ci95": interval, "n": 40}
    gain = {"head": "sigmoid64", "over": "origin", "balanced": {"difference": difference}}
    claim = page._source("deep", {"deep": {"gain": gain}})
    assert claim.verdict == verdict
    assert claim.claim == "The deep encoder's latents beat those of origin"


def test_the_table_of_fine_tuning_has_a_row_per_encoder_and_kind(run):
    (table,) = (t for t in run.report["tables"] if t["title"].startswith("Encoder frozen"))
    assert [row[:2] for row in table["rows"]] == [
        ["origin", "balanced"], ["origin", "uniform"],
        ["denoising", "balanced"], ["denoising", "uniform"],
    ]  # fmt: skip
    assert all(len(row) == len(table["columns"]) for row in table["rows"])


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("encoders=origin,origin", "origin is asked for twice"),
        ("encoders=vae", "does not know vae"),
        ("curve=10,15", "15 labels cannot be drawn evenly"),
    ],
)
def test_bad_settings_are_one_sentence(assignment, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start("few_labels", tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()
