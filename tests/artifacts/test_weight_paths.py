import keras
import numpy as np
import pytest

from tfnets.artifacts.weight_report import Row
from tfnets.artifacts.weights import restore_weights
from tfnets.errors import InputError

from .samples import assert_same, decoder, numbers, shake, twins

# Keras's own `model.save` on TensorFlow variables.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers


def test_a_pattern_must_match_the_whole_path():
    with pytest.raises(
        InputError, match="'hid' matches no path of the target; near ones are hidde"
    ):
        restore_weights(decoder(), decoder(), skip=["hid"])
    with pytest.raises(
        InputError, match="'idden' renames no layer of the source; near ones are hi"
    ):
        restore_weights(decoder(), decoder(), rename={"idden": "x"})


def test_rename_with_groups_as_in_the_example():
    source, target = shake(decoder(prefix="decoder_"), 1), decoder(prefix="generator_")
    report = restore_weights(target, source, rename={"decoder_(.*)": r"generator_\1"})
    assert_same(numbers(target), numbers(source))
    assert report.loaded[0] == Row(
        "generator_hidden/kernel", (3, 4), "decoder_hidden/kernel", (3, 4)
    )


def test_a_nested_model_goes_out_of_its_model_and_into_another():
    inputs = L.Input((3,))
    whole = shake(keras.Model(inputs, decoder("decoder")(inputs)), 1)
    part = decoder("other")
    for rename in ({"decoder": ""}, {"decoder/(.*)": r"\1"}):
        shake(part, 2)
        restore_weights(part, whole, rename=rename)
        assert_same(numbers(part), numbers(whole))
    shake(part, 3)
    restore_weights(whole, part, rename={"(.+)": r"decoder/\1"})
    assert_same(numbers(whole), numbers(part))


def test_the_first_rename_that_matches_counts_and_names_can_be_swapped():
    source, target = shake(twins(), 1), twins()
    report = restore_weights(target, source, rename={"left": "right", "right": "left"})
    assert [(row.target, row.source) for row in report.loaded][:1] == [
        ("left/dense/kernel", "right/dense/kernel")
    ]
    left, right = source.get_layer("left").get_weights(), source.get_layer("right").get_weights()
    assert_same(target.get_layer("left").get_weights(), right)
    assert_same(target.get_layer("right").get_weights(), left)
    with pytest.raises(InputError, match=r"rename pattern 'left/.\*' renames no layer"):
        restore_weights(target, source, rename={"left": "a", "left/.*": "b"})


def test_a_model_can_be_the_source_of_its_own_swap():
    model = shake(twins(), 1)
    left, right = model.get_layer("left").get_weights(), model.get_layer("right").get_weights()
    restore_weights(model, model, rename={"left": "right", "right": "left"})
    assert_same(model.get_layer("left").get_weights(), right)
    assert_same(model.get_layer("right").get_weights(), left)


def test_bad_patterns_are_refused():
    model = decoder()
    with pytest.raises(InputError, match="not a regular expression"):
        restore_weights(model, model, skip=["("])
    with pytest.raises(InputError, match="not a regular expression"):
        restore_weights(model, model, rename={"(": "x"})
    with pytest.raises(InputError, match="does not fit the pattern"):
        restore_weights(model, model, rename={"hidden": r"\1"})
    with pytest.raises(InputError, match="expected a list of patterns"):
        restore_weights(model, model, skip="hidden")


def test_paths_that_keras_gives_twice_are_told_apart():
    source, target = twins(), twins()
    shake(source, 1)
    inner = [layer.layers[-1] for layer in source.layers[1:]]
    assert [layer.name for layer in inner] == ["dense", "dense"]
    restore_weights(target, source)
    assert_same(numbers(target), numbers(source))


class Ambiguous(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = L.Dense(2, name="same")
        self.two = L.Dense(4, name="same")

    def call(self, inputs):
        return self.two(self.one(inputs))


def test_two_weights_with_the_same_path_are_refused_on_either_side(tmp_path):
    model = Ambiguous()
    model(np.zeros((1, 3)))
    model.save_weights(tmp_path / "m.weights.h5")
    both = r"two weights called 'same/kernel': .*\(3, 2\) and .*\(2, 4\)"
    with pytest.raises(InputError, match=f"The target model has {both}"):
        restore_weights(model, decoder())
    with pytest.raises(InputError, match=f"The source model has {both}"):
        restore_weights(decoder(), model)
    with pytest.raises(InputError, match=r"'same/0': /.*dense/vars/0 .* and /.*dense_1/vars/0"):
        restore_weights(decoder(), tmp_path / "m.weights.h5")


def test_a_rename_that_makes_two_layers_one_is_refused():
    target = shake(twins(), 2)
    before = numbers(target)
    with pytest.raises(InputError, match=r"'left/dense/kernel': .*left.* and .*right/dense/kernel"):
        restore_weights(target, twins(), rename={"right": "left"})
    assert_same(numbers(target), before)


def test_a_shared_layer_goes_by_its_first_place(tmp_path):
    def shared():
        inputs = L.Input((2,), name="x")
        layer = L.Dense(2, name="shared")
        nested = [
            keras.Sequential([L.Input((2,)), layer], name=name)(inputs) for name in ("p", "q")
        ]
        return keras.Model(inputs, nested)

    source, target = shake(shared(), 1), shared()
    source.save_weights(tmp_path / "m.weights.h5")
    report = restore_weights(target, source)
    assert [row.target for row in report.loaded] == ["p/shared/kernel", "p/shared/bias"]
    assert restore_weights(target, tmp_path / "m.weights.h5") == report
    assert_same(numbers(target), numbers(source))
