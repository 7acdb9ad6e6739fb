import keras
import numpy as np
import pytest
from keras import layers

from tfnets.errors import InputError
from tfnets.studies.attention_as_convolution import networks, page
from tfnets.studies.attention_as_convolution.settings import Settings
from tfnets.studies.attention_as_convolution.study import random_layer


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sharpnesses": (1.0, 0.0)}, "sharpnesses is .*0.0"),
        ({"networks": ("imagenet",)}, "does not know imagenet"),
        ({"sizes": ()}, r"sizes is \(\)"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


@pytest.fixture
def network():
    keras.utils.set_random_seed(0)
    x = image = keras.Input((8, 9, 2))
    for layer in (
        layers.Conv2D(3, 3, activation="relu", padding="same", name="conv"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(4, name="wide", activation="tanh"),
        layers.Dense(3, name="last", activation="softmax"),
    ):
        x = layer(x)
    return keras.Model(image, x)


def test_each_layer_is_compared_on_what_it_is_given(network):
    images = np.random.default_rng(0).random((5, 8, 9, 2), np.float32)
    found = networks.rewrite(network, images)
    assert {name: row["heads"] for name, row in found["layers"].items()} == {
        "conv": 9, "wide": 16, "last": 4,
    }  # fmt: skip
    assert max(row["error"] for row in found["layers"].values()) < 1e-5
    assert found["layers"]["conv"]["multiplications"] == 8 * 9 * 9 * 2 * 3
    assert found["output_error"] < 1e-5
    assert found["same_class"] == 1


def test_blunt_attention_is_another_network(network, monkeypatch):
    """The comparison sees a difference, in the layers and at the end."""
    sharp = networks.conv_as_attention
    monkeypatch.setattr(
        networks, "conv_as_attention", lambda layer, shape, _: sharp(layer, shape, 0.5)
    )
    images = np.random.default_rng(0).random((5, 8, 9, 2), np.float32)
    found = networks.rewrite(network, images)
    assert found["layers"]["conv"]["error"] > 0.1
    assert found["layers"]["wide"]["error"] < 1e-5
    assert found["output_error"] > 1e-3


def test_the_filter_drawn_is_the_layers_and_attentions(network):
    image = np.random.default_rng(0).random((1, 8, 9, 2), np.float32)
    planes = networks.planes(network, image, (0.5, 32.0))
    assert planes.shape == (3, 8, 9)
    np.testing.assert_allclose(planes[2], planes[0], atol=1e-5)
    assert np.abs(planes[1] - planes[0]).max() > 0.1


def test_random_layers_have_outputs_of_about_one():
    layer, shape = random_layer(Settings(side=9), 3, "valid", np.random.default_rng(0))
    assert shape == (9, 10, 8)
    x = np.random.default_rng(1).standard_normal((8, *shape)).astype(np.float32)
    assert 0.7 < np.asarray(layer(x)).std() < 1.4


def test_a_difference_is_not_confirmed():
    drawn = {
        "conv3-same": {"heads": 9, "errors": [0.0, 2e-4], "border_errors": [0.0, 0.0]},
        "dense": {"heads": 4, "errors": [1e-7, 1e-6]},
    }
    assert [claim.verdict for claim in page.claims(drawn, {})] == [
        "not confirmed", "confirmed", "confirmed",
    ]  # fmt: skip
    # A difference of 0 at the borders is a number; a dense layer has none.
    assert page.random_rows(drawn) == [["conv3-same", 9, 2e-4, 0.0], ["dense", 4, 1e-6, None]]
