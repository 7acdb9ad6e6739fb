"""Names that Keras counts up: the same network built again, and pairing by order."""

import keras
import numpy as np
import pytest

from tfnets import cli
from tfnets.artifacts.weight_report import RestoreError
from tfnets.artifacts.weights import restore_weights
from tfnets.errors import InputError

from .samples import assert_same, numbers, shake

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers
TIMES = (3, 4)


class Wrapped(L.Wrapper):
    def call(self, x):
        return self.layer(x)


class Gated(L.Layer):
    """A list of layers, a nested list, and a weight without a name."""

    def __init__(self, **options):
        super().__init__(**options)
        self.steps = [L.Dense(4), [L.Dense(4), L.Dense(4)]]

    def build(self, shape):
        self.gate = self.add_weight(shape=(4,))
        self.bias = self.add_weight(shape=(4,))

    def call(self, x):
        first, (second, third) = self.steps
        return third(second(first(x))) * self.gate + self.bias

    def compute_output_shape(self, shape):
        return shape


class Listed(keras.Model):
    """A subclassed model with a list of layers."""

    def __init__(self):
        super().__init__()
        self.steps = [L.Dense(4) for _ in range(12)]
        self.inner = keras.Sequential([L.Dense(4), L.Dense(4)])

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return self.inner(x)


def sequence(layer):
    return lambda: keras.Sequential([L.Input(TIMES), layer()])


def named(make, shape=TIMES):
    """Builds a model whose outermost layers have names of their own."""

    def build():
        inputs = L.Input(shape)
        return keras.Model(inputs, make(inputs))

    return build


def nest():
    inner = keras.Sequential([L.Input((4,)), L.Dense(4), L.Dense(4)])
    middle = keras.Sequential([L.Input((4,)), inner, L.Dense(4), L.BatchNormalization()])
    return keras.Sequential([L.Input((4,)), middle], name="nest")


BUILDS = {
    "bidirectional": named(lambda x: L.Bidirectional(L.LSTM(2), name="bi")(x)),
    "both_ways": named(
        lambda x: L.Bidirectional(L.GRU(2), backward_layer=L.LSTM(2, go_backwards=True), name="bi")(
            x
        )
    ),
    "time_distributed": named(lambda x: L.TimeDistributed(L.Dense(2), name="td")(x)),
    "time_distributed_model": named(
        lambda x: L.TimeDistributed(
            keras.Sequential([L.Input((4,)), L.Dense(4), L.Dense(4)]), name="td"
        )(x)
    ),
    "spectral": named(lambda x: L.SpectralNormalization(L.Dense(4), name="sn")(x)),
    "wrapper": named(lambda x: Wrapped(L.Dense(4), name="own")(x)),
    "twice": named(lambda x: L.TimeDistributed(L.SpectralNormalization(L.Dense(4)), name="td")(x)),
    "cells": named(lambda x: L.RNN([L.LSTMCell(2), L.LSTMCell(3), L.GRUCell(2)], name="r")(x)),
    "cell": named(lambda x: L.RNN(L.SimpleRNNCell(2), name="r")(x)),
    "conv_lstm": named(lambda x: L.ConvLSTM1D(2, 2, name="c")(x), (3, 5, 2)),
    "attention": named(lambda x: L.MultiHeadAttention(2, 3, name="mha")(x, x)),
    "grouped": named(lambda x: L.GroupQueryAttention(3, 2, 1, name="gqa")(x, x)),
    "custom": named(lambda x: Gated(name="g")(x)),
    "nested": named(lambda x: nest()(x), (4,)),
}


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.parametrize("kind", ["model", "keras", "weights.h5", "h5"])
def test_the_same_network_built_again(name, kind, tmp_path):
    if name in ("wrapper", "custom") and kind == "keras":
        pytest.skip("needs classes that are not registered")
    keras.utils.clear_session()
    source = shake(BUILDS[name](), 1)
    path = tmp_path / f"m.{kind}"
    if kind == "weights.h5":
        source.save_weights(path)
    elif kind != "model":
        source.save(path)
    target = shake(BUILDS[name](), 2)
    names = [weight.path for weight in source.weights], [weight.path for weight in target.weights]
    assert names[0] != names[1] or name in ("attention", "grouped", "conv_lstm")
    report = restore_weights(target, source if kind == "model" else path)
    assert len(report.loaded) == len(target.weights)
    assert_same(numbers(target), numbers(source))


def test_a_subclassed_model_built_again(tmp_path):
    models = []
    for seed in (1, 2):
        model = Listed()
        model(np.zeros((1, 4)))
        models.append(shake(model, seed))
    models[0].save_weights(tmp_path / "m.weights.h5")
    restore_weights(models[1], models[0])
    assert_same(numbers(models[1]), numbers(models[0]))
    restore_weights(shake(models[1], 3), tmp_path / "m.weights.h5")
    assert_same(numbers(models[1]), numbers(models[0]))


def test_inner_layers_of_another_number_are_refused():
    def cells(count):
        inputs = L.Input(TIMES)
        layer = L.RNN([L.GRUCell(4) for _ in range(count)], name="r")
        return keras.Model(inputs, layer(inputs))

    keras.utils.clear_session()
    source, target = shake(cells(3), 1), shake(cells(2), 2)
    with pytest.raises(RestoreError):
        restore_weights(target, source)


def dense(count=3, before=0):
    keras.utils.clear_session()
    for _ in range(before):
        L.Dense(1)
    return keras.Sequential([L.Input((4,)), *(L.Dense(4) for _ in range(count))])


class TestByOrder:
    def test_the_refusal_says_why_and_offers_it(self):
        source, target = shake(dense(), 1), shake(dense(before=1), 2)
        with pytest.raises(RestoreError) as caught:
            restore_weights(target, source)
        sentence = str(caught.value).splitlines()[0]
        assert "'dense_3' is an automatic name" in sentence
        assert "by='order' (--by order)" in sentence
        assert "skip" not in sentence

    @pytest.mark.parametrize("kind", ["model", "keras", "weights.h5", "h5"])
    def test_it_pairs_one_after_another(self, kind, tmp_path):
        source = shake(dense(11), 1)
        path = tmp_path / f"m.{kind}"
        if kind == "weights.h5":
            source.save_weights(path)
        elif kind != "model":
            source.save(path)
        target = shake(dense(11, before=1), 2)
        report = restore_weights(target, source if kind == "model" else path, by="order")
        assert_same(numbers(target), numbers(source))
        pair = (report.loaded[0].target, report.loaded[0].source)
        if kind != "weights.h5":
            assert pair == ("dense_1/kernel", "dense/kernel")

    def test_a_skipped_layer_keeps_its_place(self):
        source, target = shake(dense(), 1), shake(dense(before=1), 2)
        before = numbers(target)
        report = restore_weights(target, source, by="order", skip=["dense_2"])
        assert_same(
            numbers(target)[:2] + numbers(target)[4:], numbers(source)[:2] + numbers(source)[4:]
        )
        assert_same(numbers(target)[2:4], before[2:4])
        assert [row.source for row in report.skipped] == ["dense_1/kernel", "dense_1/bias"]

    def test_shapes_and_names_are_checked(self):
        target = keras.Sequential([L.Input((4,)), L.Dense(4), L.Dense(5), L.BatchNormalization()])
        before = numbers(target)
        with pytest.raises(RestoreError) as caught:
            restore_weights(target, dense(), by="order")
        notes = [row.note for row in caught.value.report.mismatched]
        assert notes == ["shapes differ"] * 2 + ["not in the source"] * 4
        assert_same(numbers(target), before)

    def test_bad_values_are_refused(self):
        for options in ({"by": "size"}, {"by": "order", "rename": {"a": "b"}}):
            with pytest.raises(InputError, match="expected 'name', or 'order' without rename"):
                restore_weights(dense(), dense(), **options)

    def test_a_weights_file_of_another_network_is_refused(self, tmp_path):
        dense(2).save_weights(tmp_path / "m.weights.h5")
        with pytest.raises(InputError, match="stores no order of layers"):
            restore_weights(dense(3), tmp_path / "m.weights.h5", by="order")

    def test_the_command(self, tmp_path, capsys):
        source = shake(dense(), 1)
        source.save(tmp_path / "a.keras")
        dense(before=1).save(tmp_path / "b.keras")
        words = ["restore", *(str(tmp_path / name) for name in ("a.keras", "b.keras"))]
        words += ["--out", str(tmp_path / "c.keras")]
        assert cli.main(words) == 2
        assert "--by order" in capsys.readouterr().err
        assert cli.main([*words, "--by", "order"]) == 0
        assert_same(numbers(keras.models.load_model(tmp_path / "c.keras")), numbers(source))
