import h5py
import keras
import numpy as np
import pytest

from tfnets.artifacts.weight_files import file_weights
from tfnets.artifacts.weights import restore_weights
from tfnets.errors import InputError

from .samples import assert_same, numbers, shake

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers


def small():
    return keras.Sequential([L.Input((3,)), L.Dense(2, name="d"), L.Dense(2, name="e")])


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "m.weights.h5"
    small().save_weights(path)
    return path


def refusal(source):
    target = small()
    with pytest.raises(InputError) as caught:
        restore_weights(target, source)
    message = str(caught.value)
    assert str(source) in message
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_reads_layers_and_numbers(saved):
    weights = file_weights(saved)
    assert [weight.path for weight in weights] == ["d/0", "d/1", "e/0", "e/1"]
    assert [weight.shape for weight in weights] == [(3, 2), (2,), (2, 2), (2,)]
    assert {weight.dtype for weight in weights} == {"float32"}


def test_more_than_ten_variables_keep_their_order(tmp_path):
    class Many(L.Layer):
        def build(self, shape):
            self.parts = [self.add_weight(shape=(n + 1,), name=f"w{n}") for n in range(12)]

        def call(self, inputs):
            return inputs

    model = keras.Sequential([L.Input((3,)), Many(name="many")])
    model.save_weights(tmp_path / "m.weights.h5")
    assert [weight.shape[0] for weight in file_weights(tmp_path / "m.weights.h5")] == [
        *range(1, 13)
    ]
    report = restore_weights(model, tmp_path / "m.weights.h5")
    assert [row.source for row in report.loaded] == [f"many/w{n}" for n in range(12)]


def test_missing_other_and_damaged_files(tmp_path, saved):
    assert "no file" in refusal(tmp_path / "none.weights.h5")
    assert "no file" in refusal(tmp_path / "none.keras")
    (tmp_path / "legacy.h5").write_bytes(saved.read_bytes())
    assert "has no list of layers" in refusal(tmp_path / "legacy.h5")
    (tmp_path / "model.onnx").write_bytes(b"")
    assert "of no known kind" in refusal(tmp_path / "model.onnx")
    data = saved.read_bytes()
    for length in [0, 7, 200, len(data) - 1]:
        saved.write_bytes(data[:length])
        assert "not a whole .weights.h5 file" in refusal(saved)
    with pytest.raises(InputError, match="source is a int; expected"):
        restore_weights(small(), 3)


def test_a_run_folder_must_have_one_model(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    assert "not a run folder" in refusal(folder)
    small().save(folder / "a.keras")
    assert "not a run folder" in refusal(folder)
    (folder / "config.json").write_text("{}")
    assert len(restore_weights(small(), folder).loaded) == 4
    small().save(folder / "b.keras")
    assert "several models (a.keras, b.keras); name the file" in refusal(folder)


def test_files_without_layer_names_are_refused(saved):
    with h5py.File(saved, "a") as file:
        del file["layers/dense/vars"].attrs["name"]
    assert "stores no layer name at /layers/dense/vars" in refusal(saved)


@pytest.mark.parametrize("kind", ["soft", "external", "group"])
def test_links_are_not_followed(saved, kind, tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as other:
        other["0"] = np.zeros((3, 2), "float32")
    with h5py.File(saved, "a") as file:
        if kind == "group":
            file["layers/more"] = h5py.SoftLink("/layers/dense")
        else:
            del file["layers/dense/vars/0"]
            link = h5py.ExternalLink("secret.h5", "0")
            file["layers/dense/vars/0"] = link if kind == "external" else h5py.SoftLink("/vars")
    assert "links are not followed" in refusal(saved)


def test_cycles_and_arrays_in_two_places_are_refused(saved):
    with h5py.File(saved, "a") as file:
        file["layers/dense/again"] = file["layers"]
    assert "in two places" in refusal(saved)


def test_virtual_and_external_arrays_are_refused(saved, tmp_path):
    (tmp_path / "raw").write_bytes(bytes(24))
    layout = h5py.VirtualLayout((3, 2), "float32")
    layout[:] = h5py.VirtualSource("secret.h5", "0", shape=(3, 2))
    with h5py.File(saved, "a") as file:
        variables = file["layers/dense/vars"]
        del variables["0"]
        variables.create_virtual_dataset("0", layout)
    assert "no plain array at /layers/dense/vars/0" in refusal(saved)
    with h5py.File(saved, "a") as file:
        variables = file["layers/dense/vars"]
        del variables["0"]
        variables.create_dataset("0", (3, 2), "float32", external=[(str(tmp_path / "raw"), 0, 24)])
    assert "no plain array at /layers/dense/vars/0" in refusal(saved)


class TestLegacy:
    """`model.save("old.h5")`: read by names, following nothing."""

    @pytest.fixture
    def old(self, tmp_path):
        path = tmp_path / "old.h5"
        shake(small(), 1).save(path)
        return path

    def test_a_lambda_is_not_run(self, tmp_path):
        def build():
            image = L.Input((3,))
            return keras.Model(image, L.Lambda(lambda x: x + 1)(L.Dense(2, name="d")(image)))

        source, target = shake(build(), 1), build()
        source.save(tmp_path / "old.h5")
        restore_weights(target, tmp_path / "old.h5")
        assert_same(numbers(target), numbers(source))

    def test_names_of_keras_2(self, old):
        """There, weights are called `dense/kernel:0`."""
        with h5py.File(old, "a") as file:
            group = file["model_weights"][next(iter(file["model_weights"].attrs["layer_names"]))]
            names = list(group.attrs["weight_names"])
            for name in names:
                group.move(name, f"{name}:0")
            group.attrs["weight_names"] = [f"{name}:0".encode() for name in names]
        target = small()
        restore_weights(target, old)
        assert_same(numbers(target), numbers(shake(small(), 1)))

    @pytest.mark.parametrize("kind", ["soft", "external", "group", "virtual", "raw"])
    def test_nothing_is_followed(self, old, kind, tmp_path):
        (tmp_path / "raw").write_bytes(bytes(24))
        with h5py.File(old, "a") as file:
            layer = file["model_weights"].attrs["layer_names"][-1]
            name = file[f"model_weights/{layer}"].attrs["weight_names"][0]
            place = f"model_weights/{layer}/{name}"
            if kind == "group":
                place = f"model_weights/{layer}"
            del file[place]
            layout = h5py.VirtualLayout((3, 2), "float32")
            layout[:] = h5py.VirtualSource("secret.h5", "0", shape=(3, 2))
            if kind == "virtual":
                file.create_virtual_dataset(place, layout)
            elif kind == "raw":
                outside = [(str(tmp_path / "raw"), 0, 24)]
                file.create_dataset(place, (3, 2), "float32", external=outside)
            else:
                soft = kind != "external"
                file[place] = h5py.SoftLink("/x") if soft else h5py.ExternalLink("s.h5", "0")
        sentence = refusal(old)
        assert "links are not followed" in sentence or "no plain array" in sentence
        assert "\n" not in sentence

    @pytest.mark.parametrize("names", [3, [1], [b""], [b"\xff"], [b"none"], [b"d", b"d"], [b".."]])
    def test_lists_that_are_none(self, old, names):
        with h5py.File(old, "a") as file:
            file["model_weights"].attrs["layer_names"] = names
        assert refusal(old)

    def test_damaged_files(self, old):
        data = old.read_bytes()
        for length in [0, 7, 200, len(data) - 1]:
            old.write_bytes(data[:length])
            assert "not a whole .h5 file" in refusal(old)
        old.write_bytes(data)
        with h5py.File(old, "a") as file:
            del file["model_weights"]
            file["model_weights"] = np.zeros(3)
        assert refusal(old)


def test_text_empty_and_inflated_arrays_are_refused(saved):
    def put(*arguments, **options):
        with h5py.File(saved, "a") as file:
            variables = file["layers/dense/vars"]
            del variables["0"]
            variables.create_dataset("0", *arguments, **options)

    put(data="text")
    assert "instead of numbers" in refusal(saved)
    put(data=h5py.Empty("float32"))
    assert "no plain array" in refusal(saved)
    put((2**20, 2**11), "float32", chunks=(1024, 1024), compression="gzip")
    assert "declares far more numbers" in refusal(saved)
