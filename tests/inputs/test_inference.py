"""A network is asked in inference mode, as `model.predict` does, and through its logits only."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfnets.artifacts.export import export_saved_model
from tfnets.errors import InputError
from tfnets.inputs.attacks import PGD, attack
from tfnets.inputs.covering.occlusion import occlude
from tfnets.inputs.maximize import maximize
from tfnets.inputs.objectives import Scorer, class_logit, class_probability
from tfnets.inputs.parametrizations import pixels
from tfnets.inputs.recipes import Recipe
from tfnets.models import load

SHAPE = (8, 8, 3)
IMAGES = np.random.default_rng(0).random((2, *SHAPE), np.float32)
NEEDS = {
    "factor": 0.5, "rate": 0.5, "stddev": 0.5, "height_factor": 0.4, "width_factor": 0.4,
    "height": 8, "width": 8, "max_number": 3, "units": 3,
}  # fmt: skip
"""Values for what a layer must be given."""
SPECIAL = {
    "Pipeline": lambda: layers.Pipeline([layers.RandomFlip(), layers.RandomRotation(0.4)]),
    "SpectralNormalization": lambda: layers.SpectralNormalization(layers.Conv2D(3, 3)),
    "EinsumDense": lambda: layers.EinsumDense("abcd,de->abce", (8, 8, 3)),
    "RandomPosterization": lambda: layers.RandomPosterization(4, value_range=(0, 1)),
    "Lambda": lambda: layers.Lambda(lambda x: x + 0.25),
    "TimeDistributed": lambda: layers.TimeDistributed(layers.Dropout(0.5)),
    "MultiHeadAttention": lambda: Attending(layers.MultiHeadAttention(2, 2, dropout=0.5)),
    "GroupQueryAttention": lambda: Attending(layers.GroupQueryAttention(2, 2, 1, dropout=0.5)),
    "Attention": lambda: Attending(layers.Attention(dropout=0.5), listed=True),
    "AdditiveAttention": lambda: Attending(layers.AdditiveAttention(dropout=0.5), listed=True),
    "Bidirectional": lambda: Rows(layers.Bidirectional(layers.LSTM(3, dropout=0.5))),
    "RNN": lambda: Rows(layers.RNN(layers.GRUCell(3, dropout=0.5))),
    "LSTM": lambda: Rows(layers.LSTM(3, dropout=0.5)),
    "GRU": lambda: Rows(layers.GRU(3, dropout=0.5)),
    "SimpleRNN": lambda: Rows(layers.SimpleRNN(3, dropout=0.5)),
    "ConvLSTM1D": lambda: layers.ConvLSTM1D(3, 2, dropout=0.5),
    "SpatialDropout1D": lambda: Rows(layers.SpatialDropout1D(0.5)),
}
OTHER = {
    "CutMix", "MixUp", "MaxNumBoundingBoxes", "ConvLSTM2D", "ConvLSTM3D", "SpatialDropout3D",
    "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells", "FlaxLayer", "JaxLayer", "TFSMLayer",
    "TorchModuleWrapper",
}  # fmt: skip
"""Not for an image in a model of one input, cells inside others, and other frameworks'."""


class Attending(layers.Layer):
    """An inner layer on the rows of an image; its own `call` has no `training`."""

    def __init__(self, inner, listed=False):
        super().__init__()
        self.inner, self.listed = inner, listed

    def call(self, x):
        rows = keras.ops.reshape(x, (-1, 8, 24))
        return self.inner([rows, rows]) if self.listed else self.inner(rows, rows)


class Rows(Attending):
    def call(self, x):
        return self.inner(keras.ops.reshape(x, (-1, 8, 24)))


def acting():
    """Names of all layers whose `call` knows of training."""
    found = [(name, getattr(layers, name)) for name in dir(layers)]
    found = [(name, each) for name, each in found if hasattr(each, "call")]
    known = [name for name, each in found if "training" in inspect.signature(each.call).parameters]
    return sorted(set(known) - OTHER)


def made(name):
    if name in SPECIAL:
        return SPECIAL[name]()
    kind = getattr(layers, name)
    wanted = inspect.signature(kind.__init__).parameters
    needed = {key: NEEDS[key] for key in NEEDS if key in wanted and key not in ("height", "width")}
    if wanted.get("height"):
        needed |= {"height": 8, "width": 8}
    return kind(**needed)


def network(layer, **call):
    keras.utils.set_random_seed(0)
    image = keras.Input(SHAPE)
    x = layer(image, **call)
    x = layers.Dense(4)(layers.Flatten()(x))
    return keras.Model(image, x)


@pytest.mark.parametrize("name", acting())
def test_every_layer_is_in_inference_mode(name):
    model = network(made(name))
    wanted = model.predict(IMAGES, verbose=0)
    scores = Scorer(model, [class_logit(2), class_logit(2)])(tf.constant(IMAGES))
    np.testing.assert_allclose(scores, wanted[:, 2], rtol=1e-5, atol=1e-5)
    if name in SPECIAL:  # Some of these cannot be copied: they are ours, or hold a function.
        return
    moved = load(model, bounds=(-1, 1)).model
    scores = Scorer(moved, [class_logit(2)] * 2)(tf.constant(IMAGES))
    wanted = model.predict(2 * IMAGES - 1, verbose=0)
    np.testing.assert_allclose(scores, wanted[:, 2], rtol=1e-5, atol=1e-5)


def ask_all(model):
    """What `occlude`, `attack` and `maximize` say of class 1 of the first image."""
    quiet = {"progress": False}
    heat = occlude(model, IMAGES[:1], 1, size=4, stride=4, **quiet)
    fooled = attack(model, IMAGES[:1], PGD("linf", 2 / 255, 2, 1 / 255), target=1, **quiet)
    found = maximize(model, [class_logit(1)], Recipe(pixels(0.5), steps=2), seed=0, **quiet)
    return heat, fooled, found


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_callers_agree_with_predict():
    model = network(keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.4)]))
    heat, fooled, found = ask_all(model)
    np.testing.assert_allclose(heat.scores, model.predict(IMAGES[:1], verbose=0)[:, 1], rtol=1e-5)
    p = softmax(model.predict(fooled.images, verbose=0))[:, 1]
    np.testing.assert_allclose(fooled.p_target_after, p, rtol=1e-5)
    np.testing.assert_allclose(
        found.scores, model.predict(found.images, verbose=0)[:, 1], rtol=1e-5
    )


def test_a_call_recorded_for_training_is_asked_as_predict_does():
    model = network(layers.Dropout(0.5), training=True)
    scores = Scorer(model, [class_logit(0)] * 2)(tf.constant(IMAGES))
    np.testing.assert_allclose(scores, model.predict(IMAGES, verbose=0)[:, 0], rtol=1e-5)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_export_is_in_inference_mode(tmp_path):
    model = network(keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.4)]))
    report = export_saved_model(model, tmp_path / "out")
    assert report.max_abs_difference <= 1e-5
    assert list(report.inputs) == [model.input.name]


def ended(end):
    body = network(layers.Conv2D(3, 1))
    return keras.Model(body.input, end(body.output))


def by_hand(logits):
    raised = keras.ops.exp(logits)
    return raised / keras.ops.sum(raised, axis=1, keepdims=True)


PROBABILITIES = {
    "softmax": layers.Dense(3, activation="softmax"),
    "softmax layer": layers.Softmax(),
    "softmax by hand": by_hand,
    "reshaped": lambda x: layers.Reshape((4,))(layers.Softmax()(x)),
    "sigmoid": layers.Dense(3, activation="sigmoid"),
    "sigmoid operation": keras.ops.sigmoid,
    "one output": layers.Dense(1, activation="sigmoid"),
    "hard sigmoid": layers.Activation("hard_sigmoid"),
}


@pytest.mark.parametrize("name", PROBABILITIES)
def test_probabilities_are_not_taken_for_logits(name):
    model = ended(PROBABILITIES[name])
    quiet = {"progress": False}
    asked = (
        lambda: occlude(model, IMAGES, 0, size=4, stride=4, read="probability", **quiet),
        lambda: attack(model, IMAGES, PGD("linf", 2 / 255, 2, 1 / 255), **quiet),
        lambda: maximize(model, [class_probability(0)], Recipe(pixels(0.5)), seed=0, **quiet),
        *([lambda: load(model).class_index(0)] if "sigmoid" in name else ()),
    )
    for ask in asked:
        with pytest.raises(InputError, match=r"probabilities|two or more classes"):
            ask()


def test_one_logit_has_no_probability():
    model = ended(layers.Dense(1))
    with pytest.raises(InputError, match="one output"):
        occlude(model, IMAGES, 0, size=4, stride=4, read="probability", progress=False)
    with pytest.raises(InputError, match="one number"):
        Scorer(model, [class_probability(0)])
    with pytest.raises(InputError, match="no classes"):
        load(model).class_index(0)
    found = occlude(model, IMAGES, 0, size=4, stride=4, progress=False)
    np.testing.assert_allclose(found.scores, model.predict(IMAGES, verbose=0)[:, 0], rtol=1e-5)


def test_open_sizes_are_given_on_loading(tmp_path):
    keras.utils.set_random_seed(0)
    parts = [layers.RandomFlip(), layers.Conv2D(4, 3, name="conv"), layers.GlobalMaxPooling2D()]
    model = keras.Sequential([keras.Input((None, None, 3)), *parts, layers.Dense(3)])
    model.save(tmp_path / "open.keras")
    with pytest.raises(InputError, match=r"--size"):
        load(model)
    for found in (load(model, size=(8, 8)), load(f"{tmp_path}/open.keras@8x8")):
        assert found.input_shape == SHAPE
        wanted = model.predict(IMAGES, verbose=0)
        np.testing.assert_allclose(found.model.predict(IMAGES, verbose=0), wanted, rtol=1e-5)
        assert found.model.get_layer("conv")
        assert len(ask_all(found.model)) == 3
    with pytest.raises(InputError, match="of 8x8, not 9x8"):
        load(found.model, size=(9, 8))
    with pytest.raises(InputError, match="cannot take"):
        load(model, size=(2, 2))
