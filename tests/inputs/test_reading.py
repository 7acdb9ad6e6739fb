import keras
import numpy as np
import pytest
from keras import layers

from tests.inputs import zoo
from tfnets.errors import InputError
from tfnets.inputs.reading import Reader


def images_for(model, n=2):
    return np.random.default_rng(0).random((n, *model.input_shape[1:]), np.float32)


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", zoo.ALL)
def test_none_reads_the_logits_in_inference(name):
    model = zoo.ALL[name]()
    images = images_for(model)
    (logits,) = Reader(model, [None])(images)
    same(logits, model(images, training=False))


def test_inner_tensors_come_in_the_order_asked_for():
    model = zoo.branched()
    images = images_for(model)
    near, conv1, again = Reader(model, ["near", "conv1", "near"])(images)
    expected = keras.Model(model.input, model.get_layer("conv1").output)(images)
    same(conv1, expected)
    same(near, model.get_layer("near")(expected))
    same(again, near)


def test_a_layer_called_twice_inside_a_nested_model():
    model = zoo.nested()
    images = images_for(model)
    conv = model.get_layer("backbone").get_layer("conv")
    first, second, backbone, flat = Reader(
        model, ["backbone/conv", "backbone/conv:2", "backbone", "head/flatten"]
    )(images)
    same(first, conv(images))
    same(second, conv(conv(images)))
    same(backbone, second)
    same(flat, np.reshape(second, (2, -1)))


def test_only_the_layers_that_are_needed_are_run():
    reader = Reader(zoo.branched(), ["conv1"])
    assert [step.name for call in reader.calls for step in call.steps] == ["conv1"]


def test_a_convolution_can_be_read_before_the_normalisation_after_it():
    keras.utils.set_random_seed(0)
    image = keras.Input((6, 5, 2))
    x = layers.Conv2D(3, 3, name="conv")(image)
    x = layers.BatchNormalization(
        name="norm", beta_initializer="random_normal", moving_mean_initializer="random_normal"
    )(x)
    model = keras.Model(image, layers.ReLU(name="relu")(x))
    images = images_for(model)
    expected = keras.Model(image, [model.get_layer(n).output for n in ("conv", "norm", "relu")])
    for names in (["conv", "norm", "relu"], ["norm", "relu"], ["relu", "conv"]):
        found = dict(zip(names, Reader(model, names)(images), strict=True))
        for name, tensor in zip(("conv", "norm", "relu"), expected(images), strict=True):
            if name in found:
                same(found[name], tensor)


def test_reading_leaves_the_model_as_it_was():
    model = zoo.nested()
    images = images_for(model)
    before, config = model(images), model.get_config()
    Reader(model, ["backbone/conv", None])
    assert model.get_config() == config
    same(model(images), before)


def test_an_unknown_layer_is_answered_with_near_names():
    with pytest.raises(InputError, match=r"no layer 'conv2'; near names are conv1"):
        Reader(zoo.branched(), ["conv2"])
    with pytest.raises(InputError, match=r"no layer 'xyz'; its layers begin with conv1, wide"):
        Reader(zoo.branched(), ["xyz"])


def test_no_layer_and_two_outputs_are_refused():
    model = zoo.branched()
    with pytest.raises(InputError, match="at least one"):
        Reader(model, [])
    two = keras.Model(model.input, [model.output, model.get_layer("conv1").output])
    with pytest.raises(InputError, match="2 outputs"):
        Reader(two, [None])
    (conv1,) = Reader(two, ["conv1"])(images_for(model))
    assert conv1.shape == (2, 10, 7, 6)


def test_the_first_of_two_outputs_of_a_nested_model_is_not_mistaken():
    inner_image = keras.Input((4, 4, 1))
    x = layers.Flatten(name="flat")(inner_image)
    heads = [layers.Dense(2, name="a")(x), layers.Dense(3, name="b")(x)]
    inner = keras.Model(inner_image, heads, name="inner")
    image = keras.Input((4, 4, 1))
    model = keras.Model(image, inner(image)[0])
    with pytest.raises(InputError, match="2 outputs"):
        Reader(model, [None])
