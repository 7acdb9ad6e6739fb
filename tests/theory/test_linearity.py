import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.theory import operators
from tfnets.theory.checks import relative_error
from tfnets.theory.impulse import as_convolution
from tfnets.theory.linearity import check_affine, check_linearity, check_shift_equivariance

SHAPE = (8, 9, 2)
RNG = np.random.default_rng(5)
KERNEL = RNG.standard_normal((3, 3, 2, 4)).astype(np.float32)
MATRIX = RNG.standard_normal((144, 144)) / 12
MASK = RNG.uniform(0.5, 1, SHAPE)
PHOTOS = RNG.uniform(0, 1, (20, *SHAPE)).astype(np.float32)

# name: operator, linear, affine, commutes with circular shifts
PROPERTIES = {
    "relu": (operators.relu, False, False, True),
    "max_pool": (operators.max_pool(2), False, False, True),
    "max_pool_stride2": (operators.max_pool(2, 2), False, False, False),
    "average_pool": (operators.average_pool(3), True, True, True),
    "average_pool_stride2": (operators.average_pool(2, 2), True, True, False),
    "add_constant": (operators.add_constant(0.01), False, True, True),
    "dense_matrix": (operators.dense_matrix(MATRIX), True, True, False),
    "mask": (lambda x: x * MASK, True, True, False),
    "convolution": (as_convolution(KERNEL, "wrap"), True, True, True),
    "padded_convolution": (as_convolution(KERNEL, "same"), True, True, False),
    "transpose_channels": (lambda x: x[..., ::-1], True, True, True),
    "mirror": (lambda x: x[:, ::-1], True, True, False),
    "zero": (np.zeros_like, True, True, True),
    "constant_image": (lambda x: np.broadcast_to(MASK, x.shape), False, True, False),
    "absolute_value": (np.abs, False, False, True),
    "square": (np.square, False, False, True),
    "clipped_far_away": (lambda x: np.clip(x, -100, 100), False, False, True),
    "thresholded_near_zero": (lambda x: np.where(np.abs(x) < 1e-3, 0, x), False, False, True),
    "mean_subtracted": (lambda x: x - x.mean(axis=(1, 2), keepdims=True), True, True, True),
    "contrast_normalised": (lambda x: x / (1 + x.std(axis=(1, 2, 3), keepdims=True)), 0, 0, True),
}


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("seed", [0, 1])
def test_properties_of_each_operator(name, seed):
    operator, linear, affine, equivariant = PROPERTIES[name]
    assert check_linearity(operator, SHAPE, seed=seed).passes == linear
    assert check_affine(operator, SHAPE, seed=seed).passes == affine
    assert check_shift_equivariance(operator, SHAPE, seed=seed).passes == equivariant


@pytest.mark.parametrize("name", ["relu", "max_pool", "average_pool", "dense_matrix"])
def test_photographs_decide_as_noise_does(name):
    operator, linear, _, equivariant = PROPERTIES[name]
    assert check_linearity(operator, SHAPE, images=PHOTOS).passes == linear
    assert check_shift_equivariance(operator, SHAPE, images=PHOTOS).passes == equivariant


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", ["relu", "add_constant", "absolute_value"])
def test_one_trial_on_non_negative_images_is_enough(name, seed):
    check = check_linearity(PROPERTIES[name][0], SHAPE, trials=1, seed=seed, images=PHOTOS)
    assert not check.passes


def test_the_error_of_adding_a_constant_is_the_one_computed_by_hand():
    """With f(x) = x + c: left - right = c (1 - a - b), on top of the terms."""
    check = check_linearity(operators.add_constant(3.0), (2, 2, 1), trials=1, seed=4)
    rng = np.random.default_rng(4)
    b = rng.uniform(0.5, 1.5, 1)
    a = -b - rng.uniform(0.5, 1.5, 1)
    (x, y), case = check.worst.inputs, check.worst
    np.testing.assert_allclose(case.left, a * x + b * y + 3, rtol=1e-5)
    np.testing.assert_allclose(case.left - case.right, 3 * (1 - a - b)[0], rtol=1e-5)
    size = max(np.abs(case.left).max(), (np.abs(a * (x + 3)) + np.abs(b * (y + 3))).max())
    assert check.error == pytest.approx(3 * (1 - a - b)[0] / size, rel=1e-5)


def test_a_counterexample_to_linearity_can_be_replayed():
    check = check_linearity(operators.relu, SHAPE)
    case = check.counterexample
    x, y = case.inputs
    a, b = (float(part.split("= ")[1]) for part in case.statement.split(", ")[1:])
    rounding = 1e-3 * np.abs(case.right).max()  # a and b are printed with four digits
    np.testing.assert_allclose(case.left, np.maximum(a * x + b * y, 0), atol=rounding)
    right = a * np.maximum(x, 0) + b * np.maximum(y, 0)
    np.testing.assert_allclose(case.right, right, atol=rounding)
    assert check.error > 0.1


@pytest.mark.parametrize("name", ["average_pool_stride2", "dense_matrix"])
def test_a_counterexample_to_shift_equivariance_can_be_replayed(name):
    operator = PROPERTIES[name][0]
    check = check_shift_equivariance(operator, SHAPE)
    case = check.counterexample
    x, moved = case.inputs
    np.testing.assert_array_equal(moved, np.roll(x, case.shift, axis=(0, 1)))
    rounding = 1e-5 * np.abs(case.left).max()
    np.testing.assert_allclose(case.left, operator(moved[None])[0], atol=rounding)
    right = np.roll(operator(x[None])[0], case.shift, axis=(0, 1))
    np.testing.assert_allclose(case.right, right, atol=rounding)
    assert check.error == pytest.approx(relative_error(case.left, case.right))


def test_the_first_shifts_are_one_row_and_one_column():
    rows = check_shift_equivariance(lambda x: x * np.arange(8)[:, None, None], SHAPE, trials=1)
    assert rows.counterexample.shift == (1, 0)
    columns = check_shift_equivariance(lambda x: x * np.arange(9)[:, None], SHAPE, trials=2)
    assert columns.counterexample.shift == (0, 1)


def test_a_check_that_passes_has_no_counterexample():
    check = check_linearity(PROPERTIES["average_pool"][0], SHAPE)
    assert check.counterexample is None
    assert check.worst.left.shape == SHAPE


@pytest.mark.parametrize(("size", "dilation", "margin"), [(3, 1, 1), (5, 1, 2), (3, 2, 2)])
def test_the_padding_of_a_convolution_is_seen_up_to_half_its_kernel(size, dilation, margin):
    layer = keras.layers.Conv2D(2, size, padding="same", dilation_rate=dilation)

    def check(margin):
        return check_shift_equivariance(layer, (12, 12, 1), boundary="interior", margin=margin)

    assert check(margin).passes
    assert not check(margin - 1).passes


def test_a_valid_convolution_commutes_with_shifts_of_the_scene_but_not_of_a_torus():
    layer = keras.layers.Conv2D(2, 3)
    assert check_shift_equivariance(layer, SHAPE, boundary="interior").passes
    assert check_shift_equivariance(layer, SHAPE, boundary="interior", images=PHOTOS).passes
    assert not check_shift_equivariance(layer, SHAPE, boundary="wrap").passes


def test_new_content_enters_in_the_interior_check():
    """What looks at the whole image commutes with circular shifts only."""
    operator = PROPERTIES["mean_subtracted"][0]
    assert check_shift_equivariance(operator, SHAPE).passes
    assert not check_shift_equivariance(operator, SHAPE, boundary="interior", margin=2).passes
    assert not check_shift_equivariance(operator, SHAPE, boundary="interior", images=PHOTOS).passes


@pytest.mark.parametrize("stride", [2, 3])
def test_strided_pooling_commutes_with_shifts_by_its_stride(stride):
    operator, shape = operators.max_pool(2, stride), (12, 12, 1)
    assert check_shift_equivariance(operator, shape, stride=stride).passes
    assert not check_shift_equivariance(operator, shape, stride=stride - 1).passes


def test_keras_layers_are_operators():
    pool = keras.layers.MaxPooling2D(2, strides=1, padding="valid")
    assert not check_linearity(pool, SHAPE).passes
    assert check_shift_equivariance(pool, SHAPE, boundary="interior").passes
    assert check_linearity(keras.layers.AveragePooling2D(2), SHAPE).passes
    assert not check_linearity(keras.layers.Softmax(), SHAPE).passes


def test_results_that_are_not_finite_fail():
    check = check_linearity(lambda x: np.where(x > 100, np.nan, x), SHAPE)
    assert check.error == np.inf
    assert not check.passes


def test_the_seed_fixes_the_check():
    errors = [check_linearity(operators.relu, SHAPE, seed=s).error for s in (1, 1, 2)]
    assert errors[0] == errors[1] != errors[2]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6), st.integers(1, 6))
def test_any_matrix_is_linear_at_any_size(seed, size, trials):
    matrix = np.random.default_rng(seed).standard_normal((12, 12)) * size
    check = check_linearity(operators.dense_matrix(matrix), (2, 3, 2), seed=seed, trials=trials)
    assert check.passes
    assert check.error < 1e-5


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.floats(0, 1))
def test_relative_errors_lie_between_0_and_2(seed, count, share):
    rng = np.random.default_rng(seed)
    terms = rng.standard_normal((2, count))
    left = share * terms.sum(axis=0) + (1 - share) * rng.standard_normal(count)
    assert 0 <= relative_error(left, terms[0] + terms[1], *terms) <= 2
    assert relative_error(left, left) == 0


def test_relative_error_counts_terms_that_cancel():
    one = np.ones(1)
    assert relative_error(one * 1e-7, one - one, one, -one) == pytest.approx(5e-8)
    assert relative_error(one, -one) == 2
    assert relative_error(0 * one, 0 * one) == 0


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        ("boundary 'reflect'", {"boundary": "reflect"}),
        ("leaves nothing", {"boundary": "interior", "margin": 4}),
        ("at least one trial", {"trials": 0}),
        ("stride 0", {"stride": 0}),
        ("images to test on", {"images": PHOTOS[:, :4]}),
    ],
)
def test_bad_arguments_are_one_sentence(sentence, arguments):
    with pytest.raises(InputError, match=sentence):
        check_shift_equivariance(operators.relu, SHAPE, **arguments)


def test_outputs_that_are_no_images_cannot_be_shifted():
    with pytest.raises(InputError, match="a shift needs images"):
        check_shift_equivariance(lambda x: x.reshape(len(x), -1), SHAPE)
    with pytest.raises(InputError, match="first axis"):
        check_linearity(lambda x: x.sum(), SHAPE)
    with pytest.raises(InputError, match="square"):
        operators.dense_matrix(MATRIX[:3])
    with pytest.raises(InputError, match="stride 0"):
        operators.max_pool(2, 0)(PHOTOS)


def test_pooling_operators_agree_with_keras_away_from_the_border():
    layers = keras.layers
    for ours, theirs in (
        (operators.max_pool(2), layers.MaxPooling2D(2, 1)),
        (operators.average_pool(3), layers.AveragePooling2D(3, 1)),
        (operators.max_pool(2, 2), layers.MaxPooling2D(2, 2)),
    ):
        expected = np.asarray(theirs(PHOTOS))
        rows, columns = expected.shape[1:3]
        np.testing.assert_allclose(ours(PHOTOS)[:, :rows, :columns], expected, rtol=1e-5)
