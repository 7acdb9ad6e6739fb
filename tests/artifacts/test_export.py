import json
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfnets.artifacts import checked_export, export, export_check
from tfnets.artifacts.export import export_model, export_saved_model
from tfnets.artifacts.export_check import Spec
from tfnets.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers


def small():
    return keras.Sequential([L.Input((3,), name="image"), L.Dense(2, name="d")])


def two_sided():
    images, labels = (
        L.Input((None, None, 1), name="image"),
        L.Input((2,), dtype="int32", name="label"),
    )
    digit = L.Flatten()(L.Embedding(2, 3)(labels))
    picture = L.GlobalAveragePooling2D()(L.Conv2D(4, 3, strides=2)(images))
    both = L.Concatenate()([L.BatchNormalization()(picture), digit])
    outputs = {"score": L.Dense(1)(L.Dropout(0.5)(both)), "digit": digit}
    return keras.Model({"label": labels, "image": images}, outputs)


def contents(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_model_of_two_inputs_runs_without_keras_for_any_batch(tmp_path):
    model = two_sided()
    model.save(tmp_path / "m.keras")
    report = export_saved_model(tmp_path / "m.keras", tmp_path / "out" / "m")
    assert report.path == tmp_path / "out" / "m"
    assert report.inputs == {
        "image": "float32 (None, None, None, 1)",
        "label": "int32 (None, 2)",
    }
    assert report.outputs == {"digit": "float32 (None, 6)", "score": "float32 (None, 1)"}
    assert report.max_abs_difference <= 1e-5
    files = [path for path in report.path.rglob("*") if path.is_file()]
    assert report.size_bytes == sum(path.stat().st_size for path in files) > 1000
    assert "input  label  int32 (None, 2)" in str(report).splitlines()
    serve = tf.saved_model.load(report.path).signatures["serving_default"]
    random = np.random.default_rng(1)
    batch = {
        "image": random.random((5, 9, 12, 1), dtype=np.float32),
        "label": random.integers(0, 2, (5, 2), dtype=np.int32),
    }
    actual = serve(**{name: tf.constant(value) for name, value in batch.items()})
    for name, value in model(batch, training=False).items():
        np.testing.assert_allclose(actual[name], value, rtol=1e-5, atol=1e-6)
    assert contents(tmp_path / "out") == ["m"]


def test_the_fresh_process_has_neither_keras_nor_tfnets(tmp_path):
    model = small()
    model.export(tmp_path / "m", verbose=False)
    given = str(tmp_path / "given.npz")
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.savez(given, rows)
    (tmp_path / "given.npz.json").write_text('{"calls": [["image"]], "refused": []}')
    result = str(tmp_path / "result.npz")
    command = [sys.executable, "-P", export_check.__file__, "saved_model"]
    command += [str(tmp_path / "m"), given, result]
    subprocess.run(command, check=True, capture_output=True)
    told = json.loads((tmp_path / "result.npz.json").read_text())
    assert "tensorflow" in told["modules"]
    assert not {"tfnets", "keras"} & set(told["modules"])
    arrays = np.load(result)
    np.testing.assert_allclose(arrays["arr_0"], model(rows), rtol=1e-6)
    assert told["inputs"] == {"image": "float32 (None, 3)"}
    assert told["outputs"] == {"output_0": "float32 (None, 2)"}


def test_a_broken_export_leaves_nothing_and_says_why(tmp_path, monkeypatch):
    def broken(model, folder, form):
        model.export(folder, verbose=False)
        (folder / "saved_model.pb").write_bytes(b"broken")

    monkeypatch.setattr(export, "_write", broken)
    with pytest.raises(
        InputError, match=r"does not run in a process without Keras \(.*saved_model"
    ):
        export_saved_model(small(), tmp_path / "m")
    assert contents(tmp_path) == []


def test_an_export_that_answers_differently_is_refused(tmp_path, monkeypatch):
    def other(model, folder, form):
        changed = keras.models.clone_model(model)
        changed.set_weights([value * (1 + 3e-5) for value in model.get_weights()])
        changed.export(folder, verbose=False)

    monkeypatch.setattr(export, "_write", other)
    with pytest.raises(InputError, match="'output_0' differs by"):
        export_saved_model(small(), tmp_path / "m")
    assert contents(tmp_path) == []


def test_inputs_that_the_signature_does_not_take_are_named():
    specs = {"image": Spec("float32", (None, 3)), "seed": Spec("int32", (2,))}
    rows, seed = np.ones((2, 3), np.float32), np.ones(2, np.int32)
    export_check._require_taken({"seed": seed, "image": rows}, specs)
    cases = {
        r"has the inputs \['image', 'seed'\], not \['picture'\]": {"picture": rows},
        r"input image has the shape \(None, 3\), which does not take \(2, 4\)": {
            "image": np.ones((2, 4)), "seed": seed,
        },
        r"input seed has the shape \(2,\), which does not take \(1,\)": {
            "image": rows, "seed": seed[:1],
        },
    }  # fmt: skip
    for words, call in cases.items():
        with pytest.raises(ValueError, match=words):
            export_check._require_taken(call, specs)


def test_a_call_that_must_fail_and_does_not_is_an_error():
    call = {"digit": np.array([10])}

    def refuse(given):
        assert given is call
        raise tf.errors.InvalidArgumentError(None, None, "no digit")

    refusal = tf.errors.InvalidArgumentError
    export_check._require_refused(refuse, call, refusal)
    with pytest.raises(ValueError, match=r"does not refuse \{'digit': \[10\]\}"):
        export_check._require_refused(lambda given: None, call, refusal)


def agree(ours, theirs):
    return checked_export._require_agreement([{"a": np.array(ours)}], [{"a": np.array(theirs)}])


def test_agreement_is_relative_to_the_largest_output():
    assert agree([1000.0, 0.0], [1000.0, 0.009]) == 0.009
    assert agree([0.0, 0.0], [0.0, 0.0]) == 0.0
    for ours, theirs in [
        ([1000.0, 0.0], [1000.0, 0.011]),
        ([1e-9, 0.0], [2e-9, 0.0]),
        ([0.0], [1e-30]),
        ([np.nan], [np.nan]),
        ([np.inf], [np.inf]),
        ([1.0], [[1.0]]),
    ]:
        with pytest.raises(InputError):
            agree(ours, theirs)
    with pytest.raises(InputError, match="has the outputs"):
        checked_export._require_agreement([{"a": np.ones(1)}], [{"b": np.ones(1)}])


def test_agreement_is_relative_to_the_largest_output_of_all_calls():
    ours = [{"a": np.array([1000.0])}, {"a": np.array([0.0])}]
    near, far = ([ours[0], {"a": np.array([d])}] for d in (0.009, 0.011))
    assert checked_export._require_agreement(ours, near) == 0.009
    with pytest.raises(InputError, match="differs"):
        checked_export._require_agreement(ours, far)


def fake_check(monkeypatch):
    answers = []
    ran = checked_export._Ran(answers, {}, {})
    monkeypatch.setattr(checked_export, "_run_apart", lambda place, trial, form: ran)
    return answers


def test_an_existing_folder_is_kept_unless_forced(tmp_path, monkeypatch):
    answers = fake_check(monkeypatch)
    model, out = small(), tmp_path / "m"
    answers += export._trial(model).answers
    export_saved_model(model, out)
    (out / "mark").write_text("old")
    with pytest.raises(InputError, match=r"exists already; .* --force"):
        export_saved_model(model, out)
    assert (out / "mark").exists()
    answers[1] = {"output_0": answers[1]["output_0"] + 1}
    with pytest.raises(InputError, match="differs"):
        export_saved_model(model, out, force=True)
    assert (out / "mark").exists()
    answers[1] = {"output_0": answers[1]["output_0"] - 1}
    export_saved_model(model, out, force=True)
    assert not (out / "mark").exists()
    assert contents(tmp_path) == ["m"]


def test_what_is_not_a_saved_model_is_never_replaced(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for name in ["file", "folder"]:
        with pytest.raises(InputError, match="not a SavedModel"):
            export_saved_model(small(), tmp_path / name, force=True)
    assert contents(tmp_path) == ["file", "folder"]


def test_models_that_cannot_be_exported(tmp_path):
    fixed = keras.Sequential([L.Input(batch_shape=(4, 3), name="image"), L.Dense(2)])
    cases = {
        "has the fixed shape": fixed,
        "has no fixed inputs": keras.Sequential([L.Dense(2)]),
        "cannot be exported": keras.Sequential([L.Input((3,), name="1 image"), L.Dense(2)]),
        "does not run on a random batch": keras.Sequential(
            [L.Input((None,)), L.Reshape((7,)), L.Dense(2)]
        ),
    }
    for words, model in cases.items():
        with pytest.raises(InputError, match=words) as caught:
            export_saved_model(model, tmp_path / "m")
        assert "\n" not in str(caught.value)
    assert contents(tmp_path) == []


def loaded(file):
    """Batch of named arrays -> named answers, by the runtime of the file's form."""
    if file.suffix == ".onnx":
        onnxruntime = pytest.importorskip("onnxruntime")
        session = onnxruntime.InferenceSession(file)
        names = [node.name for node in session.get_outputs()]
        return lambda batch: dict(zip(names, session.run(names, batch), strict=True))
    interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter(str(file))
    runner = interpreter.get_signature_runner("serving_default")
    return lambda batch: runner(**batch)


@pytest.mark.parametrize("suffix", [".onnx", ".tflite"])
def test_onnx_and_litert_answer_as_the_model_for_any_batch(tmp_path, suffix):
    model = two_sided()
    report = export_model(model, tmp_path / f"m{suffix}")
    assert report.form == export.FORMS[suffix]
    assert report.inputs == {
        "image": "float32 (None, None, None, 1)",
        "label": "int32 (None, 2)",
    }
    assert list(report.outputs) == ["digit", "score"]
    assert report.max_abs_difference <= 1e-5
    assert report.size_bytes == report.path.stat().st_size > 1000
    answer = loaded(report.path)
    random = np.random.default_rng(1)
    batch = {
        "image": random.random((5, 9, 12, 1), dtype=np.float32),
        "label": random.integers(0, 2, (5, 2), dtype=np.int32),
    }
    actual = answer(batch)
    for name, value in model(batch, training=False).items():
        np.testing.assert_allclose(actual[name], value, rtol=1e-5, atol=1e-6)
    assert contents(tmp_path) == [f"m{suffix}"]
    with pytest.raises(InputError, match="exists already"):
        export_model(model, report.path)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_coarse_compute_type_has_its_own_tolerance(tmp_path, policy):
    inputs = L.Input((4, 4, 2))
    x = inputs
    for _ in range(3):
        x = L.Conv2D(16, 3, padding="same", activation="relu", dtype=policy)(x)
    model = keras.Model(inputs, L.Dense(3, dtype="float32")(L.Flatten(dtype=policy)(x)))
    assert export_saved_model(model, tmp_path / "m").path.is_dir()
    coarse = export._trial(model).tolerance
    assert coarse == {"mixed_float16": 2**-8, "mixed_bfloat16": 2**-5}[policy]
    assert export._trial(keras.Sequential([L.Input((2,)), L.Dense(1)])).tolerance == 1e-5


class Drawing(L.Layer):
    def call(self, x):
        return x + keras.random.normal(keras.ops.shape(x))


def test_the_true_reason_is_given(tmp_path):
    nan = keras.Sequential([L.Input((2,)), L.Dense(1, bias_initializer=lambda *_, **__: np.nan)])
    for model, sentence in [
        (keras.Sequential([L.Input((2,)), Drawing()]), "draws random numbers"),
        (nan, "has NaN or infinite numbers"),
    ]:
        with pytest.raises(InputError, match=sentence):
            export_saved_model(model, tmp_path / "m")
    assert contents(tmp_path) == []
