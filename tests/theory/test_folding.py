import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tfnets.errors import InputError
from tfnets.theory.folding import fold, fold_error
from tfnets.theory.impulse import impulse_response

RNG = np.random.default_rng(1)


def images(shape, n=8, scale=1.0):
    return (scale * np.random.default_rng(2).random((n, *shape))).astype(np.float32)


def network(*stack, shape=(8, 8, 2)):
    model = keras.Sequential([keras.Input(shape), *stack])
    for variable in model.trainable_variables:
        variable.assign(RNG.normal(0, 0.3, variable.shape))
    return model


def kinds(kind, **arguments):
    """Strategy of (layer class, arguments): layers themselves draw from Python's generator."""
    return st.tuples(st.just(kind), st.fixed_dictionaries(arguments))


PADDINGS = st.sampled_from(["same", "valid"])
LINEAR_LAYERS = st.one_of(
    kinds(
        layers.Conv2D,
        filters=st.integers(1, 4),
        kernel_size=st.integers(1, 3),
        strides=st.integers(1, 2),
        padding=PADDINGS,
    ),
    kinds(
        layers.Conv2D,
        filters=st.just(3),
        kernel_size=st.just(2),
        dilation_rate=st.integers(1, 3),
        padding=st.just("same"),
    ),
    kinds(layers.DepthwiseConv2D, kernel_size=st.just(2), padding=st.just("same")),
    kinds(layers.AveragePooling2D, pool_size=st.integers(1, 3), padding=st.just("same")),
    kinds(layers.Rescaling, scale=st.just(2.0), offset=st.just(-1.0)),
    kinds(layers.BatchNormalization),
    kinds(layers.Dropout, rate=st.just(0.5)),
    kinds(layers.Dense, units=st.integers(1, 4)),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(LINEAR_LAYERS, min_size=1, max_size=4), st.integers(1, 5), st.integers(16, 20))
def test_random_linear_stacks_fold(stack, outputs, side):
    made = [kind(**arguments) for kind, arguments in stack]
    model = network(*made, layers.Flatten(), layers.Dense(outputs), shape=(side, 17, 2))
    matrix, bias = fold(model)
    assert matrix.shape == (side * 17 * 2, outputs)
    assert bias.shape == (outputs,)
    assert matrix.dtype == bias.dtype == np.float32
    assert fold_error(model, matrix, bias, images((side, 17, 2), scale=10)) < 1e-4
    shown = images((side, 17, 2))
    folded = shown.reshape(len(shown), -1) @ matrix + bias
    expected = np.asarray(model(shown))
    np.testing.assert_allclose(folded, expected, atol=1e-4 * np.abs(expected).max())


def test_dense_layers_fold_into_the_product_of_their_matrices():
    model = network(layers.Rescaling(2.0, -1.0), layers.Dense(4), layers.Dense(3), shape=(5,))
    first, second = (layer.get_weights() for layer in model.layers[1:])
    matrix, bias = fold(model)
    np.testing.assert_allclose(matrix, 2 * first[0] @ second[0], rtol=1e-4, atol=1e-6)
    expected = (first[1] - first[0].sum(axis=0)) @ second[0] + second[1]
    np.testing.assert_allclose(bias, expected, rtol=1e-4, atol=1e-6)


def test_a_row_of_the_matrix_is_the_answer_to_one_pixel():
    model = network(layers.Conv2D(3, 3, padding="same"), shape=(6, 7, 2))
    matrix, bias = fold(model)
    assert matrix.shape == (84, 126)  # more outputs than are differentiated at once
    pixel = np.zeros((1, 6, 7, 2), np.float32)
    pixel[0, 3, 4, 1] = 1
    answer = np.asarray(model(pixel)).reshape(-1) - bias
    np.testing.assert_allclose(matrix[(3 * 7 + 4) * 2 + 1], answer, atol=1e-6)
    kernel = impulse_response(lambda x: model(x) - bias.reshape(6, 7, 3), (6, 7, 2))
    np.testing.assert_allclose(kernel, model.layers[0].kernel, atol=1e-6)


@pytest.mark.parametrize(
    "odd",
    [
        layers.ReLU,
        lambda: layers.MaxPooling2D(2),
        lambda: layers.Activation("sigmoid"),
        lambda: layers.LeakyReLU(0.9),
        lambda: layers.LayerNormalization(),
        lambda: layers.UnitNormalization(),
    ],
)
def test_one_layer_that_is_not_affine_is_found(odd):
    model = network(layers.Conv2D(4, 3), odd(), layers.Flatten(), layers.Dense(3))
    with pytest.raises(InputError, match=r"is not affine.* by [0-9.e+-]+ of its largest"):
        fold(model)


def test_softmax_at_the_end_is_found():
    with pytest.raises(InputError, match="not affine"):
        fold(network(layers.Flatten(), layers.Dense(3, "softmax")))


def test_relu_that_is_open_for_ordinary_images_is_found():
    model = network(layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(3))
    model.layers[0].bias.assign(np.full(4, 50.0))
    shown = images((8, 8, 2))
    assert (np.asarray(model.layers[0](shown)) > 0).all()
    with pytest.raises(InputError, match="not affine"):
        fold(model)


def test_a_network_whose_gradient_is_stopped_is_not_folded_into_nothing():
    start = keras.Input((4,))
    model = keras.Model(start, layers.Dense(2)(keras.ops.stop_gradient(start)))
    with pytest.raises(InputError, match="not affine"):
        fold(model)


def test_a_network_that_is_not_finite_is_refused():
    model = network(layers.Dense(2), shape=(3,))
    model.layers[0].kernel.assign(np.full((3, 2), np.nan))
    with pytest.raises(InputError, match="not affine"):
        fold(model)


def test_an_open_input_shape_needs_the_shape_of_the_images():
    model = network(
        layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2), shape=(None, None, 1)
    )
    with pytest.raises(InputError, match="input shape open"):
        fold(model)
    matrix, bias = fold(model, (6, 5, 1))
    assert fold_error(model, matrix, bias, images((6, 5, 1))) < 1e-5


def test_networks_with_more_ends_and_unbuilt_ones_are_refused():
    one, two = keras.Input((3,)), keras.Input((3,))
    for model in (
        keras.Model([one, two], layers.Add()([one, two])),
        keras.Model(one, [layers.Dense(1)(one), layers.Dense(1)(one)]),
        keras.Sequential([layers.Dense(2)]),
    ):
        with pytest.raises(InputError, match="one input and one output"):
            fold(model)


def test_fold_error_is_the_largest_difference_over_the_largest_output():
    model = network(layers.Dense(2, use_bias=False), shape=(2,))
    model.layers[0].kernel.assign(np.diag([1.0, 10.0]))
    shown = np.array([[1, 0], [0, -2], [3, 1]], np.float32)
    matrix, bias = np.diag([1.5, 10.0]), np.zeros(2)
    assert fold_error(model, matrix, bias, shown) == pytest.approx(1.5 / 20)
    assert fold_error(model, matrix, bias, shown, batch_size=1) == pytest.approx(1.5 / 20)
    assert fold_error(model, np.diag([1.0, 10]), np.array([0.0, 4]), shown) == pytest.approx(0.2)


def test_fold_error_does_not_lose_a_nan_in_an_earlier_batch():
    model = network(layers.Dense(2), shape=(2,))
    matrix, bias = fold(model)
    shown = np.array([[0, np.nan], [1, 1]], np.float32)
    assert np.isnan(fold_error(model, matrix, bias, shown, batch_size=1))
    assert np.isnan(fold_error(model, matrix * np.nan, bias, images((2,))))


@pytest.mark.parametrize("shown", [images((3,)), images((2,))[:0]])
def test_images_that_do_not_fit_the_matrix_are_refused(shown):
    model = network(layers.Dense(2), shape=(2,))
    with pytest.raises(InputError, match="the matrix takes 2 inputs"):
        fold_error(model, np.eye(2), np.zeros(2), shown)


def test_a_network_that_is_0_everywhere_has_no_error():
    model = network(layers.Dense(2), shape=(3,))
    for variable in model.variables:
        variable.assign(0 * variable)
    matrix, bias = fold(model)
    assert fold_error(model, matrix, bias, images((3,))) == 0
