import json
import resource
import time
import warnings
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tfnets.artifacts.models import load_model, save_model
from tfnets.errors import InputError

# Keras's own `model.save` on TensorFlow variables.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers
RAN = []


class Unregistered(L.Layer):
    def call(self, inputs):
        RAN.append("unregistered")
        return inputs


def unregistered(inputs):
    RAN.append("function")
    return inputs


class UnregisteredModel(keras.Model):
    def call(self, inputs):
        RAN.append("model")
        return inputs


def squared(truth, predicted):
    return (truth - predicted) ** 2


def small():
    return keras.Sequential([L.Input((3,)), L.Dense(2, name="d"), L.BatchNormalization(name="bn")])


@pytest.fixture
def saved(tmp_path):
    model = small()
    model.save(tmp_path / "m.keras")
    return model, tmp_path / "m.keras"


def rewritten(path, name, change):
    """Copies the archive with one member changed."""
    out = path.with_name(name)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            data = change(member, old.read(member))
            if data is not None:
                new.writestr(member, data)
    return out


def refusal(path):
    with pytest.raises(InputError) as caught:
        load_model(path)
    message = str(caught.value)
    assert str(path) in message
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_loads_the_same_weights_and_outputs(saved):
    model, path = saved
    loaded = load_model(str(path))
    images = np.random.default_rng(0).random((4, 3), dtype=np.float32)
    for ours, theirs in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(model(images), loaded(images))


def test_a_custom_loss_in_the_file_does_not_matter(tmp_path):
    model = small()
    model.compile("adam", loss=squared)
    model.save(tmp_path / "m.keras")
    assert not load_model(tmp_path / "m.keras").compiled


def test_missing_file_folder_and_other_suffix(tmp_path):
    assert "no file" in refusal(tmp_path / "none.keras")
    (tmp_path / "folder.keras").mkdir()
    assert "is a folder" in refusal(tmp_path / "folder.keras")
    (tmp_path / "m.h5").write_bytes(b"x")
    assert "not a .keras file" in refusal(tmp_path / "m.h5")


def test_every_truncation_is_refused(saved):
    _, path = saved
    data = path.read_bytes()
    for length in [0, 1, 100, len(data) // 2, len(data) - 30, len(data) - 1]:
        path.write_bytes(data[:length])
        assert "not a whole .keras file" in refusal(path)


def test_a_flipped_byte_in_the_weights_is_refused(saved):
    model, path = saved
    data = bytearray(path.read_bytes())
    kernel = np.asarray(model.get_layer("d").kernel).tobytes()
    data[data.index(kernel)] ^= 1
    path.write_bytes(data)
    assert "wrong checksum in 'model.weights.h5'" in refusal(path)


def test_missing_members_and_wrong_json_are_refused(saved):
    _, path = saved
    for name in ["config.json", "model.weights.h5"]:
        cut = rewritten(path, "cut.keras", lambda m, data, name=name: None if m == name else data)
        assert "not a whole .keras file" in refusal(cut)
    for text in [b"{", b"[]", b"\xff", b"[" * 100_000]:
        bad = rewritten(path, "b.keras", lambda m, d, t=text: t if m == "config.json" else d)
        assert "not a whole .keras file" in refusal(bad)
    bad = rewritten(path, "b.keras", lambda m, d: d[:-500] if m == "model.weights.h5" else d)
    assert "not a whole .keras file" in refusal(bad)


def test_weights_of_another_model_are_refused(saved, tmp_path):
    _, path = saved
    other = keras.Sequential([L.Input((5,)), L.Dense(2, name="d"), L.BatchNormalization(name="bn")])
    other.save(tmp_path / "o.keras")
    weights = zipfile.ZipFile(tmp_path / "o.keras").read("model.weights.h5")
    bad = rewritten(path, "b.keras", lambda m, d: weights if m == "model.weights.h5" else d)
    assert "cannot be loaded" in refusal(bad)


def test_a_member_that_unpacks_to_far_more_is_refused(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("model.weights.h5", "w", force_zip64=True) as member:
            for _ in range(17):
                member.write(bytes(2**24))
        archive.writestr("config.json", "{}")
    assert "unpack to more" in refusal(path)


def test_lambda_layers_are_refused_and_not_run(tmp_path):
    inputs = L.Input((3,))
    outputs = L.Lambda(lambda x: RAN.append("lambda") or x)(inputs)
    keras.Model(inputs, outputs).save(tmp_path / "m.keras")
    RAN.clear()
    assert "Lambda layer" in refusal(tmp_path / "m.keras")
    assert RAN == []


def test_unknown_classes_and_functions_are_refused_and_not_run(tmp_path):
    inputs = L.Input((3,))
    keras.Model(inputs, Unregistered()(inputs)).save(tmp_path / "class.keras")
    keras.Model(inputs, L.Activation(unregistered)(inputs)).save(tmp_path / "function.keras")
    subclassed = UnregisteredModel()
    subclassed(np.zeros((1, 3)))
    subclassed.save(tmp_path / "model.keras")
    RAN.clear()
    assert "needs the class 'UnregisteredModel'" in refusal(tmp_path / "model.keras")
    assert "needs the class 'Unregistered'" in refusal(tmp_path / "class.keras")
    assert "'unregistered'" in refusal(tmp_path / "function.keras")
    assert RAN == []


def test_a_class_of_any_python_module_is_refused(saved):
    _, path = saved

    def foreign(member, data):
        if member != "config.json":
            return data
        config = json.loads(data)
        config["config"]["layers"][1] |= {"module": "subprocess", "class_name": "Popen"}
        return json.dumps(config)

    assert "Popen" in refusal(rewritten(path, "b.keras", foreign))


def test_a_registered_class_loads(tmp_path):
    registered = keras.saving.register_keras_serializable("tfnets_test_models")(
        type("Registered", (L.Dense,), {})
    )
    inputs = L.Input((3,))
    model = keras.Model(inputs, registered(2)(inputs))
    model.save(tmp_path / "m.keras")
    loaded = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(loaded.weights[0], model.weights[0])


def edited(path, change):
    """The file with another config."""

    def one(member, data):
        if member != "config.json":
            return data
        config = json.loads(data)
        change(config)
        return json.dumps(config)

    return rewritten(path, "edited.keras", one)


@pytest.mark.parametrize("layer", ["d", "last"])
def test_layers_larger_than_the_stored_arrays_are_refused_before_they_are_made(tmp_path, layer):
    def widen(config):
        layers = {each["config"]["name"]: each for each in config["config"]["layers"]}
        layers[layer]["config"]["units"] = 5_000_000

    model = keras.Sequential([L.Input((300,)), L.Dense(200, name="d"), L.Dense(2, name="last")])
    model.save(tmp_path / "m.keras")
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    assert "5000000" in refusal(edited(tmp_path / "m.keras", widen))
    assert time.perf_counter() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path, value):
    model = small()
    model.get_layer("d").bias.assign([value, 0])
    model.save(tmp_path / "m.keras")
    assert "NaN or infinite" in refusal(tmp_path / "m.keras")


def test_members_that_keras_never_writes_are_refused(saved):
    _, path = saved
    for name, why in [("../x", "leads out"), ("/x", "leads out"), ("config.json", "one name")]:
        out = rewritten(path, "b.keras", lambda m, d: d)
        with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
            warnings.simplefilter("ignore")
            archive.writestr(name, "{}")
        assert why in refusal(out)


@pytest.mark.parametrize(
    "place", [("keras.utils", "get_file"), ("builtins", "exec"), ("os", "system")]
)
def test_functions_that_do_something_are_refused(saved, place):
    def change(config):
        module, name = place
        config["config"]["layers"][1]["config"]["activation"] = {
            "module": module, "class_name": "function", "config": name, "registered_name": name
        }  # fmt: skip

    assert refusal(edited(saved[1], change))


def test_links_in_the_weights_are_refused(saved, tmp_path):
    weights = tmp_path / "w.h5"
    with h5py.File(weights, "w") as file:
        file["x"] = h5py.ExternalLink("/etc/passwd", "/")
    bad = rewritten(
        saved[1], "b.keras", lambda m, d: weights.read_bytes() if m == "model.weights.h5" else d
    )
    assert "link" in refusal(bad)


def test_a_saved_model_folder_is_named(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "saved_model.pb").touch()
    assert "is a SavedModel" in refusal(tmp_path / "m")


def test_the_same_model_gives_the_same_bytes(tmp_path, monkeypatch):
    def saved_bytes(name):
        keras.utils.clear_session()
        shared = L.Dense(2, name="d", kernel_initializer=keras.initializers.GlorotNormal(seed=1))
        inputs = L.Input((2,), name="x")
        model = keras.Model(inputs, L.ReLU(name="r")(shared(shared(inputs))), name="m")
        model.compile(keras.optimizers.SGD(), "mse")
        save_model(tmp_path / name, model)
        np.testing.assert_array_equal(
            load_model(tmp_path / name).get_layer("d").kernel, shared.kernel
        )
        return (tmp_path / name).read_bytes()

    first = saved_bytes("a.keras")
    monkeypatch.setattr(time, "time", lambda: 1e9)
    kept = keras.Sequential()  # Other addresses.
    assert saved_bytes("b.keras") == first
    assert b"date_saved" not in first
    del kept
