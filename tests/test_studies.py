"""One contract for every study, at tiny scale on made-up digits."""

import ast
import dataclasses
import json
import math
import re
import shutil
from pathlib import Path

import keras
import pytest
from matplotlib.figure import Figure

from tests.conftest import SEED, start
from tfnets import execute
from tfnets.artifacts.reference import FOLDER
from tfnets.errors import InputError
from tfnets.report.content import WHOSE
from tfnets.studies import STUDIES

UNTRAINED = {
    "receptive_field", "shift_invariance", "narrow_network", "occlusion",
    "transport", "gibbs", "attention_as_convolution",
}  # fmt: skip
"""Studies that compute without steps of any descent."""
WITHOUT_NETWORK = {"laplace_noise", "transport", "gibbs"}
"""Studies that need no network, and so save none."""
UNDECIDED = {
    "attention_as_convolution", "anomaly", "caption_to_digit", "dcgan", "denoising",
    "digit_generator", "joint_model", "laplace_noise", "red_eye",
}  # fmt: skip
"""Studies whose claims are all our own: the origin's are not decided, or only with our aims."""
BESIDE = {
    "few_labels": ["The best transfer head (sigmoid64) exceeds the origin's best"],
    "wrong_labels": [
        "The discriminator scores real images higher with right labels than with wrong",
        "Real images with wrong labels land among the fakes or below them, matching training",
    ],
}
"""Claims of our own that stand beside a number or word of the origin."""
DOCS = Path(__file__).parents[1] / "docs" / "studies.md"


def numbers(value):
    if isinstance(value, dict):
        return [n for item in value.values() for n in numbers(item)]
    if isinstance(value, list):
        return [n for item in value for n in numbers(item)]
    return [value] if isinstance(value, int | float) else []


def parts(run):
    """Name of each part of a run that is no time -> its bytes."""
    files = (run.path / "parts").glob("*.json")
    return {file.name: file.read_bytes() for file in files if not file.name.startswith("seconds-")}


@pytest.mark.parametrize("name", STUDIES)
class TestEveryStudy:
    def test_module_states_question_origin_and_command(self, name):
        text = execute.load(name).__doc__
        assert all(word in text for word in ("Question:", "Origin (", f"tfnets run {name}"))

    def test_scales_and_settings(self, name):
        study = execute.load(name)
        assert list(study.SCALES) == ["tiny", "quick", "full"]
        documented = ast.get_docstring(ast.parse(dataclass_source(study.Settings)).body[0])
        for field in dataclasses.fields(study.Settings):
            assert field.metadata.get("help") or f"{field.name}:" in documented

    def test_run_folder_is_complete(self, finished, name):
        run = finished(name)
        assert run.finished
        assert run.config.study == name
        assert run.config.seed == SEED
        assert not (run.path / "checkpoints").exists()
        assert bool(run.history) == (name not in UNTRAINED)

    def test_metrics_are_finite_numbers(self, finished, name):
        values = numbers(finished(name).metrics)
        assert len(values) > 5
        assert all(math.isfinite(value) for value in values)

    def test_report_names_figures_that_exist_and_question(self, finished, name):
        run = finished(name)
        report = run.report
        assert report["study"] == name
        assert report["question"] == STUDIES[name]
        assert report["figures"]
        files = [run.path / figure["file"] for figure in report["figures"]]
        assert all(file.stat().st_size > 1000 for file in files)
        verdicts = {"confirmed", "not confirmed", "not decidable"}
        assert all(claim["verdict"] in verdicts for claim in report["claims"])
        assert all(claim["whose"] in WHOSE for claim in report["claims"])
        kept = {claim["claim"]: claim["whose"] for claim in reference_claims(name)}
        assert all(kept.get(c["claim"], c["whose"]) == c["whose"] for c in report["claims"])

    def test_saved_models_load_in_safe_mode_without_classes_of_ours(self, finished, name):
        models = sorted(finished(name).path.glob("*.keras"))
        assert bool(models) == (name not in WITHOUT_NETWORK)
        for path in models:
            keras.models.load_model(path, safe_mode=True)

    def test_whole_in_one_process_it_is_what_was_killed_and_ended_by_two(
        self, finished, name, digits, tmp_path, monkeypatch
    ):
        # The figures were drawn in `finished`; the report names them.
        monkeypatch.setattr(Figure, "savefig", lambda self, file, **_: Path(file).touch())
        run = start(name, tmp_path / "run")
        assert run.metrics == finished(name).metrics
        assert run.report == finished(name).report
        assert run.history == finished(name).history
        assert parts(run) == parts(finished(name))

    def test_resuming_a_finished_run_changes_nothing(self, finished, name, tmp_path, digits):
        copy = tmp_path / "copy"
        shutil.copytree(finished(name).path, copy)
        before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        execute.resume(copy)
        assert {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()} == before

    def test_an_unknown_setting_is_refused_before_anything_is_written(self, name, tmp_path):
        with pytest.raises(InputError, match="no setting 'epoch_s'"):
            execute.start(name, tmp_path / "run", scale="tiny", assignments=["epoch_s=1"])
        assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", STUDIES)
def test_docstring_and_docs_agree_whether_the_origin_ran_or_answered(name):
    source = Path(execute.__file__).parent / "studies" / name / "study.py"
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
    (did,) = re.findall(r"^Origin \((ran|answered)\): \S", text, flags=re.MULTILINE)
    docs = DOCS.read_text(encoding="utf-8")
    (there,) = re.findall(rf"^### [0-9.]+ {name}\n\n- \*\*(\w+)", docs, flags=re.MULTILINE)
    assert there == did.capitalize()


@pytest.mark.parametrize("name", STUDIES)
def test_claims_of_the_reference_run_say_whose_they_are(name):
    claims = reference_claims(name)
    assert any(claim["whose"] == "origin" for claim in claims) == (name not in UNDECIDED)
    beside = [c["claim"] for c in claims if c["origin"] and c["whose"] == "ours"]
    assert beside == BESIDE.get(name, [])


def reference_claims(name):
    return json.loads((FOLDER / name / "report.json").read_text(encoding="utf-8"))["claims"]


def dataclass_source(settings):
    import inspect

    return inspect.getsource(settings)


@pytest.mark.parametrize("name", ["linear_ablation"])
def test_another_seed_gives_other_numbers(finished, name, digits, tmp_path):
    other = execute.start(name, tmp_path / "run", scale="tiny", seed=4)
    assert other.metrics != finished(name).metrics


@pytest.mark.parametrize("name", ["few_labels"])
def test_few_labels_metrics_have_the_promised_shape(finished, name):
    metrics = finished(name).metrics
    assert metrics["labels"] == 20
    for table in (metrics["heads"], metrics["uniform"]["heads"]):
        for head in table.values():
            assert set(head) == {"mlp", "transfer", "difference", "p_value"}
            low, high = head["mlp"]["ci95"]
            assert low <= head["mlp"]["mean"] <= high
            gap = head["transfer"]["mean"] - head["mlp"]["mean"]
            assert head["difference"]["mean"] == pytest.approx(gap)


@pytest.mark.parametrize("name", ["decoder_gan"])
def test_decoder_gan_measures_at_each_point(finished, name):
    metrics = finished(name).metrics
    for variant in ("fresh", "frozen"):
        steps = [point["step"] for point in metrics[variant]["points"]]
        assert steps == [8, 16]
        assert metrics[variant]["frechet"] == metrics[variant]["points"][-1]["frechet"]
        assert {"frechet_real", "precision", "recall", "coverage", "modes"} <= set(metrics[variant])


def test_frozen_layers_stay_as_restored_while_frozen(digits, tmp_path):
    """With all epochs frozen, the generator's restored layers equal the decoder's to the bit."""
    run = execute.start(
        "decoder_gan", tmp_path / "run", scale="tiny",
        assignments=["variants=frozen", "frozen_epochs=2", "repeats=1"],
    )  # fmt: skip
    decoder, generator = run.load_model("origin-0_decoder"), run.load_model("frozen-0_generator")
    assert json.loads((run.path / "parts" / "train-frozen-0.json").read_text())["restored"] == [
        "decoder_conv1", "decoder_conv2", "decoder_dense2",
    ]  # fmt: skip
    for layer in ("decoder_conv1", "decoder_conv2", "decoder_dense2"):
        for ours, theirs in zip(
            generator.get_layer(layer).weights, decoder.get_layer(layer).weights, strict=True
        ):
            assert (ours.numpy() == theirs.numpy()).all()
    new = [model.get_layer("decoder_dense1").kernel.numpy() for model in (generator, decoder)]
    assert (new[0] != new[1]).any()


@pytest.mark.parametrize(
    ("study", "assignment", "sentence"),
    [
        ("autoencoder", "variants=orgin", "does not know orgin"),
        ("autoencoder", "epochs=0", "epochs is 0"),
        ("autoencoder", "epochs=two", "takes a int"),
        ("autoencoder", "epochs", "takes key=value"),
        ("few_labels", "labels=55", "multiple of 10"),
        ("few_labels", "draws=1", "no interval"),
        ("autoencoder", "latent=1", "principal components"),
        ("decoder_gan", "samples=8", "set samples higher"),
        ("few_labels", "heads=", "empty list"),
        ("decoder_gan", "prior=gamma", "does not know gamma"),
        ("decoder_gan", "new_layers=nowhere", "nowhere"),
    ],
)
def test_bad_settings_are_one_sentence(study, assignment, sentence, digits, tmp_path):
    with pytest.raises(InputError, match=sentence):
        execute.start(study, tmp_path / "run", scale="tiny", assignments=[assignment])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["few_labels"])
def test_another_run_in_the_folder_is_refused(finished, name):
    with pytest.raises(InputError, match="give another --out"):
        execute.start_or_resume("autoencoder", finished(name).path, scale="tiny", seed=3)
    with pytest.raises(InputError, match="not an empty folder"):
        execute.start(name, finished(name).path, scale="tiny")
