import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from tfnets.artifacts.models import load_model
from tfnets.errors import InputError
from tfnets.theory.attention import (
    attention_maps,
    attention_multiplications,
    conv_as_attention,
    dense_as_attention,
)


def convolution(shape, filters, size, seed=0, **arguments):
    """A Conv2D with weights as training leaves them: no symmetry, a bias."""
    layer = layers.Conv2D(filters, size, **arguments)
    layer.build((None, *shape))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(0, 0.5, weight.shape) for weight in layer.get_weights()])
    return layer


def images(shape, n=2, seed=1):
    return np.random.default_rng(seed).normal(0, 1, (n, *shape)).astype(np.float32)


def difference(layer, model, x):
    wanted = np.asarray(layer(x))
    assert np.abs(wanted).max() > 0.1
    return np.abs(np.asarray(model(x)) - wanted).max()


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("shape", [(9, 9, 1), (12, 7, 3), (8, 10, 16)])
def test_a_convolution_is_attention_borders_included(size, padding, shape):
    layer = convolution(shape, 6, size, padding=padding)
    assert difference(layer, conv_as_attention(layer, shape), images(shape)) < 1e-4


def convolved(layer, x):
    """What the layer gives, in float64 and by hand.

    oneDNN leaves rows unwritten where strides differ and the output is one column wide.
    """
    kernel = np.asarray(layer.kernel, np.float64)
    spread = [1 + (k - 1) * d for k, d in zip(kernel.shape, layer.dilation_rate, strict=False)]
    dilated = np.zeros((*spread, *kernel.shape[2:]))
    dilated[:: layer.dilation_rate[0], :: layer.dilation_rate[1]] = kernel
    pads = [(0, 0)] * 4
    if layer.padding == "same":
        for axis, (n, k, s) in enumerate(zip(x.shape[1:], spread, layer.strides, strict=False), 1):
            missing = max(0, (-(-n // s) - 1) * s + k - n)
            pads[axis] = (missing // 2, missing - missing // 2)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, pads), spread, axis=(1, 2))
    rows, columns = layer.strides
    bias = np.asarray(layer.bias) if layer.use_bias else 0
    return np.einsum("nijchw,hwcf->nijf", windows[:, ::rows, ::columns], dilated) + bias


@settings(max_examples=25, deadline=None)
@given(
    size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    extra=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    step=st.one_of(st.just((1, 1, 1)), st.tuples(st.integers(1, 3), st.integers(1, 3), st.just(1)),
                   st.tuples(st.just(1), st.just(1), st.integers(2, 3))),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.sampled_from(["same", "valid"]),
    use_bias=st.booleans(),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_any_kernel_strides_dilation_padding_and_shape(
    size, extra, step, channels, padding, use_bias, seed
):
    *strides, dilation = step
    shape = (*((k - 1) * dilation + 1 + more for k, more in zip(size, extra, strict=True)),)
    shape = (*shape, channels[0])
    layer = convolution(
        shape, channels[1], size, seed, strides=tuple(strides), dilation_rate=dilation,
        padding=padding, **({} if use_bias else {"use_bias": False}),
    )  # fmt: skip
    model, x = conv_as_attention(layer, shape), images(shape)
    wanted = convolved(layer, np.asarray(x, np.float64))
    assert model.output_shape[1:] == wanted.shape[1:]
    np.testing.assert_allclose(np.asarray(model(x)), wanted, atol=1e-4)


def test_the_image_may_be_smaller_than_a_same_kernel():
    layer = convolution((2, 3, 1), 2, 5, padding="same")
    assert difference(layer, conv_as_attention(layer, (2, 3, 1)), images((2, 3, 1))) < 1e-4


def test_large_values_and_a_realistic_size():
    layer = convolution((28, 28, 1), 4, 5, padding="same", activation="relu")
    x = 100 * images((28, 28, 1))
    assert difference(layer, conv_as_attention(layer, (28, 28, 1)), x) < 1e-2


@pytest.mark.parametrize("activation", ["relu", "tanh", None])
def test_activations_are_kept(activation):
    layer = convolution((5, 5, 2), 3, 3, activation=activation)
    assert difference(layer, conv_as_attention(layer, (5, 5, 2)), images((5, 5, 2))) < 1e-5


@pytest.mark.parametrize("sharpness", [0.5, 3.0])
def test_a_head_weighs_pixels_by_softmax_of_squared_distance_from_its_offset(sharpness):
    layer = convolution((4, 5, 2), 1, (3, 2), strides=(2, 1), padding="same")
    maps = attention_maps(conv_as_attention(layer, (4, 5, 2), sharpness))
    # Padded by one row below and one column at the right: (4 - 1) // 2 windows down, 5 across.
    assert maps.shape == (6, 2 * 5, 5, 6)
    for head, (a, b) in enumerate(np.ndindex(3, 2)):
        for query, (i, j) in enumerate(np.ndindex(2, 5)):
            rows, columns = np.indices((5, 6))
            distance = (rows - 2 * i - a) ** 2 + (columns - j - b) ** 2
            weights = np.exp(-sharpness * distance)
            np.testing.assert_allclose(maps[head, query], weights / weights.sum(), atol=1e-6)


def test_sharp_heads_attend_to_one_pixel():
    layer = convolution((32, 32, 1), 1, 3, padding="same")
    maps = attention_maps(conv_as_attention(layer, (32, 32, 1)))
    assert np.array_equal(maps.max(axis=(2, 3)), np.ones((9, 1024)))
    assert np.sort(maps.reshape(9 * 1024, -1), axis=1)[:, -2].max() <= np.float32(np.exp(-32))
    # At the top left corner the first head looks at the border's corner.
    assert maps[0, 0, 0, 0] == 1


def test_a_blunt_head_mixes_its_neighbours():
    layer = convolution((9, 9, 1), 2, 3)
    x = images((9, 9, 1))
    errors = [difference(layer, conv_as_attention(layer, (9, 9, 1), a), x) for a in (1, 4, 16, 32)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 0.1
    assert errors[2] < 1e-4


def test_scores_come_from_positions_and_values_from_pixels():
    layer = convolution((6, 6, 3), 4, 3)
    attention = conv_as_attention(layer, (6, 6, 3)).get_layer("attention")
    assert isinstance(attention, layers.MultiHeadAttention)
    query, _, key, _, value, _, output, bias = attention.get_weights()
    assert query.shape == (7, 9, 4)
    assert not query[:3].any()
    assert not key[:3].any()
    assert not value[3:].any()
    kernel, wanted_bias = layer.get_weights()
    np.testing.assert_array_equal(output.reshape(3, 3, 3, 4), kernel)
    np.testing.assert_array_equal(bias, wanted_bias)


def test_saved_models_load_in_safe_mode(tmp_path):
    layer = convolution((6, 5, 2), 3, 3, strides=2, padding="same", activation="relu")
    model = conv_as_attention(layer, (6, 5, 2))
    model.save(tmp_path / "model.keras")
    loaded, x = load_model(tmp_path / "model.keras"), images((6, 5, 2))
    np.testing.assert_array_equal(loaded(x), model(x))
    assert attention_maps(loaded).shape == (9, 9, 7, 7)


def dense(inputs, units, activation=None):
    layer = layers.Dense(units, activation)
    layer.build((None, inputs))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(0, 0.3, weight.shape) for weight in layer.get_weights()])
    return layer


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6))
def test_a_dense_layer_is_attention_with_a_head_per_number(inputs, units):
    layer, x = dense(inputs, units, "sigmoid"), images((inputs,))
    model = dense_as_attention(layer)
    assert model.get_layer("attention").num_heads == inputs
    np.testing.assert_allclose(np.asarray(model(x)), np.asarray(layer(x)), atol=1e-4)


@pytest.mark.parametrize("shape", [(7, 8, 3), (1, 5, 2), (14, 14, 1)])
def test_a_dense_layer_on_flattened_images_has_a_head_per_pixel(shape):
    layer, x = dense(int(np.prod(shape)), 5), images(shape)
    model = dense_as_attention(layer, shape)
    assert model.get_layer("attention").num_heads == shape[0] * shape[1]
    assert model.output_shape == (None, 5)
    wanted = np.asarray(layer(x.reshape(len(x), -1)))
    np.testing.assert_allclose(np.asarray(model(x)), wanted, atol=1e-4)


def test_multiplications_counted_by_hand():
    """4 x 4 x 2, 3 x 3, valid, 5 filters: 9 heads, 4 queries, 16 keys, tokens of 2 + 4 numbers."""
    layer = convolution((4, 4, 2), 5, 3)
    assert attention_multiplications(conv_as_attention(layer, (4, 4, 2))) == {
        "projections": 9 * (4 * 6 * 4 + 16 * 6 * 4 + 16 * 6 * 2),
        "scores": 9 * 4 * 16 * 4,
        "weighting": 9 * 4 * 16 * 2,
        "output": 4 * 9 * 2 * 5,
        "total": 6048 + 2304 + 1152 + 360,
    }


def odd_layers():
    yield layers.Conv1D(2, 3), (8, 1), "kind Conv1D"
    yield layers.DepthwiseConv2D(3), (8, 8, 2), "kind DepthwiseConv2D"
    yield layers.Conv2D(2, 3, groups=2), (8, 8, 2), "2 groups"
    yield layers.Conv2D(2, 3, dtype="float64"), (8, 8, 2), "float64"
    yield layers.Conv2D(2, 3, dtype="mixed_float16"), (8, 8, 2), "float16"
    yield layers.Conv2D(2, 9), (8, 8, 2), r"spans \(9, 9\)"
    yield layers.Conv2D(2, 3), (256, 256, 1), "smaller input shape"


@pytest.mark.parametrize(("layer", "shape", "sentence"), list(odd_layers()))
def test_layers_that_cannot_be_rewritten_are_one_sentence(layer, shape, sentence):
    if "9" not in sentence:
        layer.build((None, *shape))
    else:
        layer.build((None, 12, 12, 2))
    with pytest.raises(InputError, match=sentence):
        conv_as_attention(layer, shape)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [((8, 8), "height, width"), ((8, 8, 3), "2 channel"), ((0, 8, 2), "height"), ("ab", "height"),
     (None, "height")],
)  # fmt: skip
def test_bad_shapes_are_one_sentence(shape, sentence):
    layer = convolution((8, 8, 2), 2, 3)
    with pytest.raises(InputError, match=sentence):
        conv_as_attention(layer, shape)


def test_other_bad_input_is_one_sentence():
    with pytest.raises(InputError, match="no weights yet"):
        conv_as_attention(layers.Conv2D(2, 3), (8, 8, 1))
    with pytest.raises(InputError, match=r"keras\.layers\.Dense"):
        dense_as_attention(convolution((8, 8, 1), 2, 3))
    with pytest.raises(InputError, match="takes 12"):
        dense_as_attention(dense(12, 2), (2, 2, 2))
    with pytest.raises(InputError, match="smaller input shape"):
        dense_as_attention(dense(5000, 1))
    for sharpness in (0, -1, np.nan, np.inf):
        with pytest.raises(InputError, match="sharpness"):
            dense_as_attention(dense(12, 2), sharpness=sharpness)
    for function in (attention_maps, attention_multiplications):
        with pytest.raises(InputError, match="no convolution or dense layer"):
            function(keras.Sequential([keras.Input((2,)), layers.Dense(1)]))
