import keras
import numpy as np
import pytest
from keras import layers

from tests.theory.samples import branched, nested, shared
from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.models import load
from tfnets.tracing.tracing import trace

pytestmark = pytest.mark.usefixtures("seed")
SHAPE = (8, 6, 3)
IMAGES = np.random.default_rng(0).random((5, *SHAPE), np.float32)


@pytest.fixture
def seed():
    keras.utils.set_random_seed(0)


def body(image, units=4, **options):
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(image)
    x = layers.Flatten(name="flatten")(x)
    return layers.Dense(units, name="dense", **options)(x)


def functional(**options):
    image = keras.Input(SHAPE, name="image")
    return keras.Model(image, body(image, **options), name="net")


def ending(make):
    image = keras.Input(SHAPE, name="image")
    return keras.Model(image, make(body(image)), name="net")


def stack(*last, **options):
    first = [keras.Input(SHAPE), layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flatten")]
    return keras.Sequential([*first, layers.Dense(4, name="dense", **options), *last], name="net")


def in_front(inner, name="outer"):
    image = keras.Input(SHAPE, name="image")
    x = layers.Conv2D(3, 1, name="colours")(image)
    return keras.Model(image, inner(x), name=name)


def followed():
    head = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Softmax()], name="head")
    image = keras.Input(SHAPE, name="image")
    return keras.Model(image, head(body(image)), name="net")


def softmax_layer_as_activation():
    return functional(activation=layers.Softmax(name="inside"))


WITH_SOFTMAX = {
    "activation": lambda: functional(activation="softmax"),
    "softmax layer": lambda: ending(layers.Softmax(name="softmax")),
    "activation layer": lambda: ending(layers.Activation("softmax", name="softmax")),
    "operation": lambda: ending(keras.ops.softmax),
    "layer as activation": softmax_layer_as_activation,
    "sequential, activation": lambda: stack(activation="softmax"),
    "sequential, layer": lambda: stack(layers.Softmax()),
    "nested": lambda: in_front(functional(activation="softmax")),
    "nested sequential": lambda: in_front(stack(layers.Softmax())),
    "nested twice": lambda: in_front(in_front(stack(activation="softmax"), "middle")),
    "nested head": followed,
}
WITHOUT = {
    "linear": functional,
    "sigmoid": lambda: functional(activation="sigmoid"),
    "sigmoid layer": lambda: ending(layers.Activation("sigmoid")),
    "sequential": stack,
    "nested": lambda: in_front(stack()),
    "softmax inside": lambda: ending(lambda x: layers.Dense(3)(layers.Softmax()(x))),
    "softmax in a branch": lambda: ending(lambda x: layers.Add()([x, layers.Softmax()(x)])),
    "log softmax": lambda: ending(layers.Activation("log_softmax")),
}


@pytest.mark.parametrize("name", WITH_SOFTMAX)
def test_a_softmax_at_the_end_is_taken_off_and_said(name):
    model = WITH_SOFTMAX[name]()
    before, names = model(IMAGES).numpy(), list(trace(model).names)
    network = load(model)
    (note,) = network.notes
    assert "softmax" in note
    assert note.endswith("is done on the logits.")
    logits = network.model(IMAGES).numpy()
    np.testing.assert_allclose(keras.ops.softmax(logits), before, rtol=1e-4, atol=1e-6)
    assert np.abs(logits.sum(axis=1) - 1).min() > 1e-4
    found = list(trace(network.model).names)
    assert [one for one in names if one in found] == found
    assert len(names) - len(found) in (0, 1)
    # The given model still is what it was.
    np.testing.assert_array_equal(model(IMAGES), before)
    assert list(trace(model).names) == names


@pytest.mark.parametrize("name", WITHOUT)
def test_anything_else_is_left_alone(name):
    model = WITHOUT[name]()
    network = load(model)
    assert network.model is model or isinstance(model, keras.Sequential)
    np.testing.assert_array_equal(network.model(IMAGES), model(IMAGES))
    assert list(trace(network.model).names) == list(trace(model).names)
    assert network.model.input.shape == model.input_shape == (None, *SHAPE)
    assert network.notes == ()
    assert network.source == "given as a model"


@pytest.mark.parametrize("name", ["activation", "nested", "sequential, layer", "operation"])
def test_the_logits_are_saved_and_loaded(name, tmp_path):
    network = load(WITH_SOFTMAX[name]())
    network.model.save(tmp_path / "network.keras")
    loaded = load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(IMAGES), network.model(IMAGES))


BOUNDED = {
    **WITHOUT,
    "batch normalisation": lambda: ending(layers.BatchNormalization()),
    "branched": branched,
    "nested in the middle": nested,
    "shared": shared,
    "with an operation": lambda: ending(lambda x: keras.ops.relu(x) + 2 * x),
}


@pytest.mark.parametrize("bounds", [(0, 255), (-1.0, 1.0), (-127.5, 3)])
@pytest.mark.parametrize("name", BOUNDED)
def test_other_bounds_become_a_rescaling_in_front(name, bounds):
    model = BOUNDED[name]()
    images = np.random.default_rng(1).random((3, *model.input_shape[1:]), np.float32)
    network = load(model, bounds=bounds)
    low, high = bounds
    wanted = model((high - low) * images + low).numpy()
    found = network.model(images).numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4 * np.abs(wanted).max())
    assert f"mapped to [{low:g}, {high:g}] inside" in network.notes[-1]
    names = trace(model).names
    nested_names = any("/" in one for one in names)
    wanted = {f"{model.name}/{one}" if nested_names else one for one in names}
    assert wanted <= set(trace(network.model).names)


def test_copied_layers_do_not_touch_the_given_ones():
    model = functional()
    network = load(model, bounds=(0, 2))
    wanted = model(IMAGES).numpy()
    network.model.set_weights([weight * 0 for weight in network.model.get_weights()])
    np.testing.assert_array_equal(model(IMAGES), wanted)
    assert model.get_layer("conv").output.shape == (None, 6, 4, 4)  # still called once only
    assert network.model.get_layer("conv").output.shape == (None, 6, 4, 4)


def test_a_layer_that_learnt_its_mean_keeps_it():
    normalising = layers.Normalization(name="normalise")
    normalising.adapt(IMAGES * 100)
    model = keras.Sequential([keras.Input(SHAPE), normalising, layers.Flatten(), layers.Dense(2)])
    network = load(model, bounds=(0, 100))
    np.testing.assert_allclose(network.model(IMAGES), model(100 * IMAGES), rtol=1e-4, atol=1e-4)


def test_bounds_and_softmax_together_and_a_name_that_is_taken():
    model = WITH_SOFTMAX["activation"]()
    network = load(model, bounds=(0, 255), class_names="abcd")
    assert len(network.notes) == 2
    assert network.class_names == tuple("abcd")
    probabilities = keras.ops.softmax(network.model(IMAGES))
    np.testing.assert_allclose(probabilities, model(255 * IMAGES), rtol=1e-3, atol=1e-6)
    again = load(network.model, bounds=(0, 0.5))
    np.testing.assert_allclose(again.model(IMAGES), network.model(IMAGES / 2), rtol=1e-3, atol=1e-3)
    assert {"to_bounds", "to_bounds_"} <= set(trace(again.model).names)


def test_a_list_or_dictionary_of_one_is_unpacked():
    image = keras.Input(SHAPE, name="image")
    for model in (
        keras.Model([image], body(image)),
        keras.Model({"image": image}, [body(image)]),
        keras.Model(image, {"probabilities": body(image, activation="softmax")}),
    ):
        network = load(model)
        assert network.input_shape == SHAPE
        assert network.model(IMAGES).shape == (5, network.classes) == (5, 4)


@pytest.mark.parametrize("bounds", [(1, 0), (0, 0), (0,), "ab", (0, float("nan")), (0, 1e9), None])
def test_bounds_that_are_none_are_refused(bounds):
    with pytest.raises(InputError, match="The bounds are"):
        load(functional(), bounds=bounds)


def several_inputs():
    first, second = keras.Input(SHAPE), keras.Input(SHAPE)
    return keras.Model([first, second], layers.Flatten()(layers.Add()([first, second])))


def several_outputs():
    image = keras.Input(SHAPE)
    return keras.Model(image, [layers.Flatten()(image), layers.ReLU()(image)])


def identity():
    image = keras.Input(SHAPE)
    return keras.Model(image, image)


def plain_stack(shape, *, dtype=None):
    return keras.Sequential([keras.Input(shape, dtype=dtype), layers.Flatten(), layers.Dense(2)])


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (several_inputs, "has 2 inputs and 1 outputs; give one that maps one image"),
        (several_outputs, "has 1 inputs and 2 outputs"),
        (lambda: plain_stack((12,)), r"takes inputs of shape \(12,\); give one that takes images"),
        (lambda: plain_stack((4, 4, 4, 3)), r"of shape \(4, 4, 4, 3\)"),
        (lambda: keras.Sequential([layers.Dense(2)]), "has no graph of layers"),
        (
            lambda: keras.Sequential(
                [keras.Input((None, None, 3)), layers.GlobalAveragePooling2D()]
            ),
            "leaves its input shape open",
        ),
        (identity, "has 1 inputs and 1 outputs"),
        (lambda: plain_stack((4, 4, 3), dtype="uint8"), "takes uint8 images"),
    ],
)
def test_models_that_do_not_map_one_image_to_one_output(build, sentence):
    with pytest.raises(InputError, match=sentence):
        load(build())
