import keras
import pytest

from tfnets.artifacts.weight_report import RestoreError
from tfnets.artifacts.weights import restore_weights
from tfnets.errors import InputError

from .samples import assert_same, decoder, numbers, rich, shake, twins

# Keras's own `model.save` on TensorFlow variables.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers


@pytest.mark.parametrize("build", [rich, twins, decoder])
def test_model_file_weights_file_and_run_folder_report_the_same(build, tmp_path):
    source = shake(build(), 5)
    source.save(tmp_path / "model.keras")
    source.save_weights(tmp_path / "model.weights.h5")
    (tmp_path / "config.json").write_text("{}")
    reports = []
    for given_source in (
        source,
        tmp_path / "model.keras",
        str(tmp_path / "model.weights.h5"),
        tmp_path,
    ):
        target = shake(build(), 6)
        reports.append(restore_weights(target, given_source))
        assert_same(numbers(target), numbers(source))
    assert len(reports[0].loaded) == len(source.weights)
    assert all(report == reports[0] for report in reports)
    assert all(str(report) == str(reports[0]) for report in reports)


def test_wrappers_and_sublayers_are_named_from_the_outside_in():
    report = restore_weights(rich(), rich(1))
    paths = [row.target for row in report.loaded]
    assert paths[:4] == ["A/d/kernel", "A/d/bias", "mha/query/kernel", "mha/query/bias"]
    assert "bi/backward_lstm/lstm_cell/recurrent_kernel" in paths
    assert "td/inner/d/kernel" in paths
    assert len(set(paths)) == len(paths) == len(rich().weights)


def test_bfloat16_weights_come_through_a_file_exactly(tmp_path):
    def half():
        return keras.Sequential([L.Input((3,)), L.Dense(2, name="d", dtype="bfloat16")])

    source, target = half(), half()
    source.save_weights(tmp_path / "m.weights.h5")
    restore_weights(target, tmp_path / "m.weights.h5")
    assert_same(numbers(target), numbers(source))
    assert numbers(target)[0].dtype.name == "bfloat16"


def test_a_weights_file_matches_a_layer_by_position_only_if_the_counts_agree(tmp_path):
    def norm(**options):
        return keras.Sequential([L.Input((3,)), L.BatchNormalization(name="n", **options)])

    shake(norm(center=False), 1).save_weights(tmp_path / "m.weights.h5")
    target = shake(norm(), 2)
    before = numbers(target)
    with pytest.raises(RestoreError) as caught:
        restore_weights(target, tmp_path / "m.weights.h5", skip=["n/beta"])
    assert [row.target for row in caught.value.report.mismatched] == [
        "n/gamma",
        "n/moving_mean",
        "n/moving_variance",
    ]
    assert [row.source for row in caught.value.report.unused] == ["n/0", "n/1", "n/2"]
    assert "the file has 3 unnamed variables here, the target 4" in str(caught.value)
    assert_same(numbers(target), before)
    assert len(restore_weights(target, norm(center=False), skip=["n/beta"]).loaded) == 3


def test_models_that_are_not_built_are_refused():
    with pytest.raises(InputError, match="The target model is not built"):
        restore_weights(keras.Sequential([L.Dense(2)]), decoder())
    with pytest.raises(InputError, match="The source model is not built"):
        restore_weights(decoder(), keras.Sequential([L.Dense(2)]))


def test_quantised_and_lora_models_are_refused():
    quantised = keras.Sequential([L.Input((4,)), L.Dense(4, name="d")])
    quantised.layers[0].quantize("int8")
    with pytest.raises(InputError, match=r"source model is quantised \(the layer 'd' of it\)"):
        restore_weights(decoder(), quantised)
    adapted = keras.Sequential([L.Input((4,)), L.Dense(4, name="d")])
    adapted.layers[0].enable_lora(2)
    with pytest.raises(
        InputError, match="target model has LoRA or rewritten weights in the layer 'd'"
    ):
        restore_weights(adapted, decoder())


def test_a_weight_outside_of_all_layers_is_refused():
    class Extra(L.Dense):
        def build(self, shape):
            super().build(shape)
            self.scale = self.add_weight(shape=(), name="scale")

    model = keras.Sequential([L.Input((4,)), Extra(4, name="d")])
    with pytest.raises(InputError, match="d/scale' outside of its layers"):
        restore_weights(model, decoder())
