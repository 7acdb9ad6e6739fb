"""Small models for the tests of restoring."""

import keras
import numpy as np

L = keras.layers


def numbers(model):
    return [np.asarray(variable) for variable in model.weights]


def shake(model, seed=0):
    """Gives every weight random values, BatchNormalization's variances included."""
    random = np.random.default_rng(seed)
    for variable in model.weights:
        variable.assign(random.uniform(0.5, 1.5, variable.shape).astype("float32"))
    return model


def assert_same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def decoder(name="decoder", prefix="", width=4):
    return keras.Sequential(
        [
            L.Input((3,)),
            L.Dense(width, name=f"{prefix}hidden"),
            L.BatchNormalization(name=f"{prefix}norm"),
            L.Dropout(0.5, name=f"{prefix}dropout"),
            L.Dense(2, name=f"{prefix}out"),
        ],
        name=name,
    )


def twins():
    """Two nested models whose inner layers have the same names."""
    inputs = L.Input((3,), name="image")
    outputs = [
        keras.Sequential([L.Input((3,)), L.Dense(2, name="dense")], name=name)(inputs)
        for name in ("left", "right")
    ]
    return keras.Model(inputs, outputs, name="twins")


def rich(seed=None):
    """Nested, wrapped, recurrent and attention layers, and one that keeps state of its own."""
    inputs = L.Input((4, 3), name="image")
    x = keras.Sequential([L.Input((4, 3)), L.Dense(3, name="d"), L.Dropout(0.1)], name="A")(inputs)
    x = L.MultiHeadAttention(2, 3, dropout=0.1, name="mha")(x, x)
    x = L.Bidirectional(L.LSTM(2, return_sequences=True, name="lstm"), name="bi")(x)
    inner = keras.Sequential([L.Input((4,)), L.Dense(3, name="d")], name="inner")
    x = L.BatchNormalization(name="norm")(L.TimeDistributed(inner, name="td")(x))
    model = keras.Model(inputs, x, name="rich")
    return model if seed is None else shake(model, seed)
