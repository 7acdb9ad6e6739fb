"""A convolution or a dense layer as multi-head self-attention over positions (study 6.8).

Theorem 1 of Cordonnier, Loukas and Jaggi (2020, "On the relationship between self-attention and
convolutional layers", arXiv:1911.03584): a self-attention layer with one head per offset of a
kernel can be that convolution. Each head attends, from every position q, to the one position
q + D, where D is its offset; the output projection holds the kernel's entries. The scores are the
paper's relative quadratic encoding, written out in coordinates,

    score(q, k) = -a |k - (q + D)|^2
                = a (-|q + D|^2 * 1 + 2 (q + D)_1 k_1 + 2 (q + D)_2 k_2 - 1 * |k|^2),

which is a product of a query, linear in the code (1, q_1, q_2, |q|^2) of its position, and of a
key, the code (1, k_1, k_2, |k|^2) of another one. So it is plain attention over tokens: a token is
a pixel with the code of its position appended, `keras.layers.MultiHeadAttention` projects tokens
to queries, keys and values, and softmax over all tokens does the rest. The projections to queries
and keys are 0 on the pixel's channels, the projection to values is 0 on the code.

Borders are tokens, too: `same` padding surrounds the image with pixels of value 0. Without them,
softmax would attend to the nearest pixel there is, which repeats the edge.

**Sharpness.** The nearest positions beside q + D have the score -a, up to four of them, so a head
takes about 4 exp(-a) of its value from elsewhere. From a = 18 on that is less than half a unit in
the last place of float32, and the weights are 0 and 1 but for rounding. `SHARPNESS` is 32, a power
of two: coordinates are whole numbers, so every score is a whole number times 32 and is computed
without any rounding, up to images of about a thousand pixels a side. A larger one changes nothing.
On a GPU that multiplies in TF32 (10 bits of mantissa) squared coordinates above 1024 are rounded;
switch TF32 off there.
"""

from collections.abc import Sequence

import keras
import numpy as np

from tfnets.errors import InputError
from tfnets.theory.attention_model import ATTENTION, BORDER, Window, build

SHARPNESS = 32.0
"""Factor a of the squared distance in a score."""


def conv_as_attention(
    layer: keras.layers.Conv2D, input_shape: Sequence[int], sharpness: float = SHARPNESS
) -> keras.Model:
    """Rewrites a convolution as self-attention with one head per offset of its kernel.

    Any kernel size, strides, dilation, padding (`valid` or `same`), bias and activation; images
    need not be square. The weights are copied, not shared.

    Args:
        layer: A `Conv2D` in float32 that has its weights: channels last, one group.
        input_shape: Shape (height, width, channels) of the images.
        sharpness: Factor a of the squared distances, above 0.

    Returns:
        Functional model of stock layers `(n, height, width, channels) -> layer(images)`; its layer
        `attention` is the `MultiHeadAttention`. For each image it holds
        heads * outputs * (pixels + border) attention weights at a time.

    Raises:
        InputError: Another kind of layer, one without weights, an image that the kernel does not
            fit, one too large for attention over all pixels, or a sharpness that is not above 0.
    """
    _require_layer(layer, keras.layers.Conv2D, 4)
    if layer.groups != 1 or layer.data_format != "channels_last":
        raise InputError(
            f"The layer {layer.name!r} has {layer.groups} groups and {layer.data_format}; give a "
            "Conv2D with one group and channels_last."
        )
    shape = _image_shape(input_shape, int(layer.kernel.shape[2]))
    strides, dilation = tuple(layer.strides), tuple(layer.dilation_rate)
    same = layer.padding == "same"
    window = Window(np.asarray(layer.kernel), _bias(layer), strides, dilation, same)
    return build(window, shape, sharpness, layer.activation, flat=False)


def dense_as_attention(
    layer: keras.layers.Dense,
    input_shape: Sequence[int] | None = None,
    sharpness: float = SHARPNESS,
) -> keras.Model:
    """Rewrites a dense layer as self-attention with one head per input position.

    A dense layer is a convolution whose kernel covers all of its input. One query, at the middle,
    looks at everything; head i attends to position i, and the output projection holds the rows of
    the layer's kernel that belong to position i.

    `input_shape` (height, width, channels) is that of images that are flattened before the layer,
    so that a position is a pixel; for vectors (None), it is a single number.

    Returns:
        Functional model `(n, d) -> (n, units)`, or `(n, height, width, channels) -> (n, units)`.

    Raises:
        InputError: As in `conv_as_attention`, or a shape of another size than the layer's input.
    """
    _require_layer(layer, keras.layers.Dense, 2)
    size, units = layer.kernel.shape
    shape = (size, 1, 1) if input_shape is None else _image_shape(input_shape, None)
    if np.prod(shape) != size:
        raise InputError(
            f"Images of shape {shape} have {np.prod(shape)} numbers, but the layer {layer.name!r} "
            f"takes {size}; give a shape (height, width, channels) of that many."
        )
    window = Window(np.asarray(layer.kernel).reshape(*shape, units), _bias(layer))
    image_shape = (size,) if input_shape is None else shape
    return build(window, image_shape, sharpness, layer.activation, flat=True)


def attention_maps(model: keras.Model) -> np.ndarray:
    """Returns what each head of a rewritten layer attends to; it is the same for all images.

    Returns:
        Attention weights, float32 (heads, queries, rows, columns) over the image with its border;
        heads and queries (places of the output) are in row order.

    Raises:
        InputError: Another model.
    """
    layer, queries, tokens = _parts(model)
    inside = keras.Model(model.input, [queries, tokens])
    image = np.zeros((1, *model.input_shape[1:]), np.float32)
    _, weights = layer(*inside(image), return_attention_scores=True)
    rows, columns = model.get_layer(BORDER).output.shape[1:3]
    return np.asarray(weights)[0].reshape(*weights.shape[1:3], rows, columns)


def attention_multiplications(model: keras.Model) -> dict[str, int]:
    """Counts the multiplications of a rewritten layer per image.

    Returns:
        `projections` (of tokens to queries, keys and values), `scores` (queries with keys),
        `weighting` (attention weights with values), `output` (the output projection), and their
        sum `total`. Exponentials and divisions of softmax are not counted.

    Raises:
        InputError: Another model.
    """
    layer, queries, tokens = _parts(model)
    (there, width), (here, _) = tokens.shape[1:], queries.shape[1:]
    heads, key, value = layer.num_heads, layer.key_dim, layer.value_dim
    counted = {
        "projections": heads * width * (here * key + there * (key + value)),
        "scores": heads * here * there * key,
        "weighting": heads * here * there * value,
        "output": heads * here * value * int(layer.get_weights()[6].shape[-1]),
    }
    return counted | {"total": sum(counted.values())}


def _parts(
    model: keras.Model,
) -> tuple[keras.layers.MultiHeadAttention, keras.KerasTensor, keras.KerasTensor]:
    found = {layer.name: layer for layer in getattr(model, "layers", [])}
    if not isinstance(found.get(ATTENTION), keras.layers.MultiHeadAttention) or BORDER not in found:
        raise InputError(
            "This model is no convolution or dense layer written as attention; give one that "
            "conv_as_attention or dense_as_attention has made."
        )
    layer = found[ATTENTION]
    queries, tokens = layer.input[:2]
    return layer, queries, tokens


def _require_layer(layer: keras.layers.Layer, kind: type, rank: int) -> None:
    if type(layer) is not kind:
        raise InputError(
            f"A layer of the kind {type(layer).__name__} cannot be rewritten; give a "
            f"keras.layers.{kind.__name__}."
        )
    if not layer.built or len(layer.kernel.shape) != rank:
        raise InputError(
            f"The layer {layer.name!r} has no weights yet; build it or call it on an input first."
        )
    kinds = {layer.compute_dtype, layer.variable_dtype}
    if kinds != {"float32"}:
        raise InputError(
            f"The layer {layer.name!r} computes in {' and '.join(sorted(kinds))}; give one in "
            "float32."
        )


def _image_shape(shape: Sequence[int], channels: int | None) -> tuple[int, int, int]:
    try:
        found = tuple(int(size) for size in shape)
    except (TypeError, ValueError):
        found = ()
    if len(found) != 3 or min(found) < 1 or (channels is not None and found[2] != channels):
        wanted = "at least one" if channels is None else f"{channels}"
        raise InputError(
            f"The input shape is {shape}; give (height, width, channels) with {wanted} channel(s)."
        )
    return found


def _bias(layer: keras.layers.Layer) -> np.ndarray:
    if layer.use_bias:
        return np.asarray(layer.bias)
    return np.zeros(layer.kernel.shape[-1], np.float32)
