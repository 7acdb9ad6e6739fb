"""Tokens, queries and weights of a convolution written as self-attention (`theory.attention`)."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from tfnets.errors import InputError

ATTENTION, BORDER = "attention", "border"
"""Names of the layers that other functions ask for."""

CODE = 4
"""Numbers of a position's code (1, row, column, row^2 + column^2)."""

EXACT = 2**24
"""Whole numbers up to this one are exact in float32."""

LARGEST = 2**30
"""Most attention weights per image: four gigabytes."""


@dataclass(frozen=True, eq=False)
class Window:
    """A convolution.

    Attributes:
        kernel: Shape (rows, columns, channels, filters).
        bias: Shape (filters,).
        strides: Steps down and across between windows.
        dilation: Distances of neighbouring kernel entries down and across.
        same: Whether the image is surrounded by zeros as `same` says; else as `valid` says.
    """

    kernel: np.ndarray
    bias: np.ndarray
    strides: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    same: bool = False

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns that the window spans."""
        return tuple(
            (size - 1) * step + 1
            for size, step in zip(self.kernel.shape[:2], self.dilation, strict=True)
        )

    @property
    def middle(self) -> tuple[int, int]:
        """Where a window's query stands, counted from its first row and column."""
        return tuple((size - 1) // 2 for size in self.extent)

    def offsets(self) -> np.ndarray:
        """Rows and columns (heads, 2) of each kernel entry, counted from the window's middle."""
        rows, columns = self.kernel.shape[:2]
        places = np.stack(np.meshgrid(range(rows), range(columns), indexing="ij"), axis=-1)
        return places.reshape(-1, 2) * self.dilation - self.middle

    def border(self, size: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Zeros before and after, down and across, around an image of `size`."""
        if not self.same:
            return (0, 0), (0, 0)
        sides = zip(size, self.strides, self.extent, strict=True)
        needed = [max((-(-n // step) - 1) * step + span - n, 0) for n, step, span in sides]
        return tuple((both // 2, both - both // 2) for both in needed)

    def outputs(self, padded: tuple[int, int]) -> tuple[int, int]:
        """Windows down and across on an image with its border."""
        sides = zip(padded, self.strides, self.extent, strict=True)
        return tuple((length - span) // step + 1 for length, step, span in sides)


def build(
    window: Window, shape: tuple[int, ...], sharpness: float, activation: Callable, *, flat: bool
) -> keras.Model:
    """Makes the model of `conv_as_attention`, whose scores have the factor `sharpness`.

    Args:
        window: The convolution.
        shape: Shape of an image, or (d,) for vectors, which become images of one column.
        sharpness: Factor of the squared distances.
        activation: What is applied to the output.
        flat: Whether the one output place is given as (n, filters).

    Raises:
        InputError: A sharpness that is not above 0, a kernel larger than the image, or attention
            over all pixels too large.
    """
    if not 0 < sharpness <= 2.0**20:
        raise InputError(
            f"The sharpness is {sharpness}; give a number above 0, of at most 2^20, such as 32."
        )
    size = shape[:2] if len(shape) == 3 else (shape[0], 1)
    border = window.border(size)
    padded = tuple(length + sum(edge) for length, edge in zip(size, border, strict=True))
    _require_possible(window, shape, padded)
    start = keras.Input(shape, name="image")
    image = start if len(shape) == 3 else layers.Reshape((*size, 1), name="column")(start)
    tokens = _coded(layers.ZeroPadding2D(border, name=BORDER)(image), padded)
    asked = _asked(tokens, window, padded)
    attention = layers.MultiHeadAttention(
        len(window.offsets()), CODE, value_dim=window.kernel.shape[2],
        output_shape=window.kernel.shape[3], kernel_initializer="zeros", name=ATTENTION,
    )  # fmt: skip
    row = layers.Reshape((-1, tokens.shape[-1]), name="tokens")(tokens)
    x = attention(layers.Reshape((-1, tokens.shape[-1]), name="queries")(asked), row)
    attention.set_weights(_weights(window, float(sharpness)))
    filters = window.kernel.shape[-1:]
    x = layers.Reshape(filters if flat else (*window.outputs(padded), *filters), name="plane")(x)
    if activation is not keras.activations.linear:
        x = layers.Activation(activation, name="activation")(x)
    return keras.Model(start, x, name="convolution_as_attention")


def _coded(image: keras.KerasTensor, size: tuple[int, int]) -> keras.KerasTensor:
    """Appends (1, row, column, row^2 + column^2), counted from the middle, to each pixel."""
    one = ops.ones_like(ops.sum(image, axis=-1, keepdims=True))
    row, column = (ops.cumsum(one, axis=axis + 1) - (1 + size[axis] // 2) for axis in (0, 1))
    return layers.Concatenate(name="coded")([image, one, row, column, row * row + column * column])


def _asked(tokens: keras.KerasTensor, window: Window, padded: tuple[int, int]) -> keras.KerasTensor:
    """The tokens in the middles of the windows, one per place of the output."""
    sides = zip(window.middle, padded, window.outputs(padded), window.strides, strict=True)
    ends = tuple((first, n - first - (count - 1) * step - 1) for first, n, count, step in sides)
    inside = layers.Cropping2D(ends, name="inside")(tokens)
    # Pooling of single tokens with a stride picks every so many of them, unchanged.
    return layers.AveragePooling2D(1, strides=window.strides, name="asked")(inside)


def _weights(window: Window, sharpness: float) -> list[np.ndarray]:
    """Weights of `MultiHeadAttention`: kernel and bias of query, key, value and output."""
    rows, columns, channels, filters = window.kernel.shape
    offsets, heads = window.offsets(), rows * columns
    query = np.zeros((channels + CODE, heads, CODE))
    key, value = query.copy(), np.zeros((channels + CODE, heads, channels))
    one, row, column, square = range(channels, channels + CODE)
    # -|q + D|^2 = -(|q|^2 + 2 q D + |D|^2) meets the key's 1, 2 (q + D) its place, -1 its square.
    query[square, :, 0] = -1
    query[[row, column], :, 0] = -2 * offsets.T
    query[one, :, 0] = -np.sum(offsets**2, axis=1)
    query[row, :, 1] = query[column, :, 2] = 2
    query[one, :, 1:3] = 2 * offsets
    query[one, :, 3] = -1
    # MultiHeadAttention divides scores by the root of a key's size, which is 2.
    query *= sharpness * np.sqrt(CODE)
    key[[one, row, column, square], :, range(CODE)] = 1
    value[range(channels), :, range(channels)] = 1
    output = window.kernel.reshape(heads, channels, filters)
    biases = [np.zeros(kernel.shape[1:]) for kernel in (query, key, value)]
    return [query, biases[0], key, biases[1], value, biases[2], output, window.bias]


def _require_possible(window: Window, shape: tuple[int, ...], padded: tuple[int, int]) -> None:
    if any(length < span for length, span in zip(padded, window.extent, strict=True)):
        raise InputError(
            f"The kernel spans {window.extent} pixels, more than the image's {shape[:2]}; give a "
            "larger input shape."
        )
    rows, columns = window.kernel.shape[:2]
    weights = rows * columns * np.prod(window.outputs(padded)) * np.prod(padded, dtype=float)
    reach = sum((length + span) ** 2 for length, span in zip(padded, window.extent, strict=True))
    if weights > LARGEST or reach > EXACT:
        raise InputError(
            f"Attention from every place of an input of shape {shape} to all of it takes "
            f"{weights:,.0f} weights with {rows * columns} heads; give a smaller input shape."
        )
