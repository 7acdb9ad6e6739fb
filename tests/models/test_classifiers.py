import keras
import numpy as np
import pytest

from tfnets.errors import InputError
from tfnets.models import classifiers
from tfnets.models.classifiers import FEATURES, features_and_probabilities, judge
from tfnets.models.discriminators import image_discriminator
from tfnets.theory.folding import fold, fold_error

IMAGES = np.random.default_rng(0).random((6, 28, 28, 1), np.float32)


def test_judge_parameters_counted_by_hand():
    convolutions = 9 * (32 + 32 * 32 + 32 * 64 + 64 * 64) + 4 * (32 + 32 + 64 + 64)
    expected = convolutions + (7 * 7 * 64 * 128 + 128) + (128 * 10 + 10)
    assert judge(0).count_params() == expected


def test_probabilities_sum_to_1():
    probabilities = judge(0)(IMAGES).numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities >= 0).all()


def test_features_and_probabilities_are_those_of_the_judge():
    model = judge(0)
    found = features_and_probabilities(model)(IMAGES)
    assert set(found) == {"features", "probabilities"}
    features, probabilities = found["features"].numpy(), found["probabilities"].numpy()
    assert features.shape == (6, 128)
    assert (features >= 0).all()
    np.testing.assert_array_equal(probabilities, model(IMAGES))
    last = model.get_layer("probabilities")
    np.testing.assert_allclose(last(features), probabilities, rtol=1e-5)
    assert features_and_probabilities(model).name == "judge_features"


def test_features_do_not_drop_out_when_predicted():
    model = features_and_probabilities(judge(0))
    first, again = (model.predict(IMAGES, verbose=0)[FEATURES] for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("width", [3, 16])
def test_discriminator_kernels(width):
    model = image_discriminator(0, width=width)
    assert [tuple(w.shape) for w in model.trainable_weights if w.name == "kernel"] == [
        (5, 5, 1, width), (5, 5, width, 2 * width), (7 * 7 * 2 * width, 1),
    ]  # fmt: skip


def test_discriminator_gives_logits():
    model = image_discriminator(0)
    assert model.layers[-1].activation is keras.activations.linear
    strong = np.random.default_rng(0).normal(size=(40, 28, 28, 1)).astype(np.float32) * 100
    logits = model(strong).numpy()
    assert logits.min() < -1
    assert logits.max() > 1


@pytest.mark.parametrize("build", [judge, image_discriminator])
def test_training_mode_repeats_with_the_seed(build):
    outputs = [build(seed)(IMAGES, training=True).numpy() for seed in (1, 1)]
    np.testing.assert_array_equal(*outputs)


def test_the_judge_drops_out_in_training_each_time_and_in_each_place_otherwise():
    model = judge(1)
    assert (model(IMAGES, training=True) != model(IMAGES, training=True)).numpy().any()
    states = [
        model.get_layer(name).seed_generator.state.numpy() for name in ("dropout1", "dropout2")
    ]
    assert (states[0] != states[1]).any()


COLOURED = np.random.default_rng(1).random((6, 32, 32, 3), np.float32)
LINEAR = {
    "(a)": classifiers.linear_no_pooling,
    "(b)": classifiers.linear_average_pooling,
    "(c)": classifiers.linear_four_convolutions,
}


@pytest.mark.parametrize(
    ("widths", "parameters"),
    [
        ((3, 8), 2_846),
        ((12, 32), 18_554),  # the report adds 912 + 9,632 + 8,010 and writes 11,354
        ((12, 32), 912 + 9_632 + 8_010),
        ((96, 256), 96 * (75 + 1) + 256 * (25 * 96 + 1) + 10 * (25 * 256 + 1)),
    ],
)
def test_two_convolutions_have_the_counted_parameters(widths, parameters):
    assert classifiers.two_convolutions(widths, 0).count_params() == parameters


def test_the_other_networks_have_the_counted_parameters():
    single = classifiers.single_convolution(0)
    assert single.get_layer("conv1").count_params() == 912
    assert single.get_layer("logits").count_params() == 94_090  # the report counts 9,409 x 10
    assert single.count_params() == 95_002
    assert classifiers.linear_no_pooling(0).get_layer("logits").input.shape == (None, 18_432)
    four = 12 * 76 + 12 * (25 * 12 + 1) + 32 * (25 * 12 + 1) + 32 * (25 * 32 + 1)
    four += 10 * (16 * 16 * 32 + 1)
    assert classifiers.linear_four_convolutions(0).count_params() == four
    pooled = classifiers.linear_average_pooling(0)
    assert pooled.count_params() == classifiers.two_convolutions((12, 32), 0).count_params()
    assert classifiers.perceptron(100, 0).count_params() == 100 * 3_073 + 10 * 101


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


def activations(model):
    found = (getattr(layer, "activation", keras.activations.linear) for layer in model.layers)
    return [activation.__name__ for activation in found if activation.__name__ != "linear"]


def test_what_the_networks_are_made_of():
    wanted = {
        classifiers.two_convolutions((3, 8), 0): (2, "MaxPooling2D", 2, ["relu", "relu"]),
        classifiers.linear_no_pooling(0): (2, "Pooling2D", 0, []),
        classifiers.linear_average_pooling(0): (2, "AveragePooling2D", 2, []),
        classifiers.linear_four_convolutions(0): (4, "Pooling2D", 0, []),
        classifiers.single_convolution(0): (1, "Pooling2D", 0, ["relu"]),
        classifiers.perceptron(5, 0): (0, "Pooling2D", 0, ["relu"]),
    }
    for model, (convolutions, pooling, pools, activated) in wanted.items():
        assert kinds(model).count("Conv2D") == convolutions
        assert sum(kind.endswith(pooling) for kind in kinds(model)) == pools
        assert activations(model) == activated
        assert all(
            (layer.kernel_size, layer.padding) == ((5, 5), "valid")
            for layer in model.layers
            if isinstance(layer, keras.layers.Conv2D)
        )


def test_images_are_mapped_to_minus_1_and_1_inside():
    for model in (classifiers.two_convolutions((3, 8), 0), classifiers.perceptron(5, 0)):
        signed = keras.Model(model.input, model.get_layer("to_signed").output)
        np.testing.assert_allclose(signed(COLOURED), 2 * COLOURED - 1, atol=1e-6)


@pytest.mark.parametrize("build", LINEAR.values(), ids=LINEAR)
def test_linear_networks_are_affine(build):
    """On any line through two images, at the middle and far beyond them; with biases, too."""
    model = build(0)
    for layer in model.layers:
        if layer.weights:
            layer.bias.assign(np.random.default_rng(0).normal(size=layer.bias.shape))
    a, b = COLOURED[:3], COLOURED[3:]
    first, second = model(a).numpy(), model(b).numpy()
    for t in (0.5, -3.0, 7.0):
        found = model((1 - t) * a + t * b).numpy()
        np.testing.assert_allclose(found, (1 - t) * first + t * second, atol=1e-3)
    assert np.abs(first - second).max() > 0.05


@pytest.mark.parametrize("build", LINEAR.values(), ids=LINEAR)
def test_a_linear_network_is_one_matrix_and_a_bias(build):
    model = build(1)
    matrix, bias = fold(model)
    assert matrix.shape == (3_072, 10)
    np.testing.assert_allclose(COLOURED.reshape(6, -1) @ matrix + bias, model(COLOURED), atol=1e-4)
    assert fold_error(model, matrix, bias, COLOURED) < 1e-5


def test_the_other_networks_are_not_affine():
    for model in (classifiers.single_convolution(0), classifiers.two_convolutions((12, 32), 0)):
        with pytest.raises(InputError, match="not affine"):
            fold(model)


@pytest.mark.parametrize(
    ("build", "least"),
    [
        (lambda shape: classifiers.two_convolutions((2, 3), 0, shape=shape), 16),
        (lambda shape: classifiers.linear_no_pooling(0, shape=shape), 9),
        (lambda shape: classifiers.linear_average_pooling(0, shape=shape), 16),
        (lambda shape: classifiers.linear_four_convolutions(0, shape=shape), 17),
        (lambda shape: classifiers.single_convolution(0, shape=shape), 5),
    ],
)
def test_the_smallest_images_and_smaller_ones(build, least):
    assert build((least, least, 1)).output_shape == (None, 10)
    for shape in ((least - 1, least, 1), (least, least - 1, 1)):
        sentence = f"for {shape[0]}x{shape[1]} images; give images of at least {least}x{least}"
        with pytest.raises(InputError, match=sentence):
            build(shape)


@pytest.mark.parametrize("widths", [(0, 8), (3, 0), (-1, 8)])
def test_widths_below_one_are_refused(widths):
    with pytest.raises(InputError, match="give widths of at least 1"):
        classifiers.two_convolutions(widths, 0)


def test_a_hidden_layer_without_units_is_refused():
    with pytest.raises(InputError, match="A hidden layer of 0 units"):
        classifiers.perceptron(0, 0)
