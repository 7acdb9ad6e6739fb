import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.theory import operators
from tfnets.theory.impulse import as_convolution, check_convolution, impulse_response

SHAPE = (9, 10, 2)


def kernel(rows, columns, channels=2, filters=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, columns, channels, filters)).astype(np.float32)


def circular(images, weights):
    """The sum as it is written down; the origin of the kernel at (size - 1) // 2."""
    rows, columns = weights.shape[:2]
    total = np.zeros((*images.shape[:3], weights.shape[3]))
    for i, j in np.ndindex(rows, columns):
        shift = (rows - 1) // 2 - i, (columns - 1) // 2 - j
        total += np.roll(images, shift, axis=(1, 2)) @ weights[i, j].astype(np.float64)
    return total


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["wrap", "same", "valid"]),
    st.integers(0, 10**6),
)
def test_the_kernel_comes_back_exactly(size, boundary, seed):
    weights = kernel(*size, seed=seed)
    shape = (9, 10, size[2])
    recovered = impulse_response(as_convolution(weights, boundary), shape, boundary)
    np.testing.assert_array_equal(recovered, weights)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [(1, 1), (3, 3), (4, 2), (2, 5)])
def test_rebuilt_operator_and_keras_layer_agree(padding, size):
    layer = keras.layers.Conv2D(3, size, padding=padding, use_bias=False)
    images = np.random.default_rng(0).standard_normal((4, *SHAPE)).astype(np.float32)
    expected = layer(images)
    np.testing.assert_array_equal(impulse_response(layer, SHAPE, padding), layer.kernel)
    rebuilt = as_convolution(impulse_response(layer, SHAPE, padding), padding)
    np.testing.assert_allclose(rebuilt(images), expected, atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (4, 2), (9, 10)])
def test_circular_convolution_is_the_sum_as_it_is_written_down(size):
    weights = kernel(*size)
    images = np.random.default_rng(0).standard_normal((4, *SHAPE)).astype(np.float32)
    result = as_convolution(weights, "wrap")(images)
    np.testing.assert_allclose(result, circular(images, weights), atol=1e-4)


@pytest.mark.parametrize("shift", [(0, 0), (1, 0), (0, -1), (2, -3), (-4, 4), (4, 5)])
def test_a_shift_is_a_convolution_with_one_weight(shift):
    def move(images):
        return np.roll(images, shift, axis=(1, 2))

    weights = impulse_response(move, SHAPE, "wrap")
    assert (weights != 0).sum() == SHAPE[2]
    assert check_convolution(move, SHAPE, boundary="wrap").passes


def test_a_blur_computed_by_fft_is_recovered_with_its_full_support():
    rng = np.random.default_rng(0)
    spectrum = np.fft.fft2(rng.standard_normal(SHAPE[:2]))[None, :, :, None]

    def blur(images):
        return np.fft.ifft2(np.fft.fft2(images, axes=(1, 2)) * spectrum, axes=(1, 2)).real

    assert impulse_response(blur, SHAPE, "wrap").shape == (9, 10, 2, 2)
    assert check_convolution(blur, SHAPE, boundary="wrap").passes


def test_layers_without_relu_are_one_convolution_with_the_larger_kernel():
    layers = keras.layers
    stack = keras.Sequential(
        [
            keras.Input((16, 16, 2)),
            layers.Conv2D(3, 3, use_bias=False),
            layers.Conv2D(4, 5, use_bias=False),
        ]
    )
    weights = impulse_response(stack, (16, 16, 2), "valid")
    assert weights.shape == (7, 7, 2, 4)
    first, second = (np.asarray(layer.kernel, np.float64) for layer in stack.layers)
    corner = first[0, 0] @ second[0, 0]
    np.testing.assert_allclose(weights[0, 0], corner, rtol=1e-4, atol=1e-6)
    assert check_convolution(stack, (16, 16, 2), boundary="valid").passes


@pytest.mark.parametrize(
    ("operator", "boundary", "passes"),
    [
        (as_convolution(kernel(3, 3), "wrap"), "wrap", True),
        (as_convolution(kernel(3, 3), "wrap"), "same", False),
        (as_convolution(kernel(3, 3), "same"), "same", True),
        (as_convolution(kernel(3, 3), "same"), "wrap", False),
        (operators.average_pool(2), "wrap", True),
        (operators.relu, "wrap", False),
        (operators.max_pool(2), "wrap", False),
        (operators.add_constant(0.1), "wrap", False),
        (lambda x: x * np.linspace(1, 2, 10)[:, None], "wrap", False),
        (np.zeros_like, "wrap", True),
    ],
)
def test_only_convolutions_are_their_impulse_response(operator, boundary, passes):
    check = check_convolution(operator, SHAPE, boundary=boundary)
    assert check.passes == passes
    assert (check.counterexample is None) == passes


def test_the_counterexample_shows_both_results():
    check = check_convolution(operators.relu, SHAPE, boundary="wrap")
    (x,) = check.counterexample.inputs
    np.testing.assert_array_equal(check.counterexample.left, np.maximum(x, 0))
    np.testing.assert_array_equal(check.counterexample.right, x)


@pytest.mark.parametrize("boundary", ["wrap", "same", "valid"])
def test_outputs_on_another_grid_are_refused(boundary):
    with pytest.raises(InputError, match="not a convolution with boundary"):
        impulse_response(operators.average_pool(2, 2), SHAPE, boundary)


def test_bad_arguments_are_one_sentence():
    with pytest.raises(InputError, match="no boundary 'zero'"):
        as_convolution(kernel(3, 3), "zero")
    with pytest.raises(InputError, match="no boundary 'zero'"):
        impulse_response(operators.relu, SHAPE, "zero")
    with pytest.raises(InputError, match="rows, columns"):
        as_convolution(np.ones((3, 3)))
    with pytest.raises(InputError, match="twice the kernel"):
        impulse_response(as_convolution(kernel(6, 6), "valid"), SHAPE, "valid")
