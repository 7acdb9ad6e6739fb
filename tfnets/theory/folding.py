"""A network without non-linearities is one matrix and one bias (study 1.2).

A product of matrices is a matrix: convolutions without ReLU, average pooling, flattening and dense
layers together are one affine map from the pixels to the outputs, however many layers there are.
"""

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.theory.checks import draw

AFFINE = 1e-3
"""Largest difference from its own affine part, relative to its largest output, of a network that
counts as affine. Rounding in float32 comes to about 1e-6."""

_CHUNK = 64  # outputs differentiated at once: bounds the memory


def fold(model: keras.Model, shape: tuple[int, ...] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Folds a network that is affine from image to output into one matrix and one bias.

    The bias is the output for the black image, the matrix the derivative there, which for an
    affine map is the derivative everywhere. It is computed by reverse mode: one backward pass per
    output, many in one batch. That is as exact as float32 allows, where impulse responses minus
    the bias would lose what the bias's rounding takes; and ten outputs of 3,072 inputs take ten
    passes, not 3,072. The result is then compared with the network on random images at scales from
    1e-3 to 1e3, which finds ReLU, max-pooling and softmax out. Dropout and batch normalisation act
    as they do after training.

    Args:
        model: A network from images (n, *shape) to one output (n, ...); layers such as Rescaling
            in front are folded in.
        shape: Image shape, if the model leaves it open.

    Returns:
        `(matrix, bias)` of shapes (inputs, outputs) and (outputs,), float32, such that
        `images.reshape(n, -1) @ matrix + bias` are the network's outputs, flattened.

    Raises:
        InputError: The network is not affine, or does not have one input of known shape and one
            output.
    """
    shape = _input_shape(model, shape)
    bias = _outputs(model, np.zeros((1, *shape), np.float32))[0]
    rows = [
        _gradients(model, shape, np.arange(first, min(first + _CHUNK, len(bias))), len(bias))
        for first in range(0, len(bias), _CHUNK)
    ]
    matrix = np.ascontiguousarray(np.concatenate(rows).T)
    _require_affine(model, matrix, bias, shape)
    return matrix, bias


def fold_error(
    model: keras.Model,
    matrix: np.ndarray,
    bias: np.ndarray,
    images: np.ndarray,
    batch_size: int = 256,
) -> float:
    """Compares a network with what `fold` made of it, on images (n, *image shape), float32.

    Returns:
        The largest absolute difference of all outputs of all images, relative to the network's
        largest absolute output; the product is accumulated in float64. 0 if all outputs are 0.

    Raises:
        InputError: No images, or images and matrix that do not fit each other.
    """
    if len(images) == 0 or images[0].size != matrix.shape[0]:
        raise InputError(
            f"The images have the shape {images.shape}, but the matrix takes {matrix.shape[0]} "
            "inputs; give at least one image of the network's input shape."
        )
    wide = matrix.astype(np.float64)
    difference, size = 0.0, 0.0
    for first in range(0, len(images), batch_size):
        batch = images[first : first + batch_size]
        outputs = _outputs(model, batch).astype(np.float64)
        folded = batch.reshape(len(batch), -1).astype(np.float64) @ wide + bias
        difference = np.maximum(difference, np.abs(outputs - folded).max())  # keeps NaN
        size = np.maximum(size, np.abs(outputs).max())
    return float(difference / size) if size else float(difference)


def _input_shape(model: keras.Model, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    inputs, outputs = (getattr(model, ends, None) or () for ends in ("inputs", "outputs"))
    if (len(inputs), len(outputs)) != (1, 1):
        raise InputError(
            f"The network {model.name!r} does not have one input and one output; fold a functional "
            "or a built sequential model that does."
        )
    shape = tuple(inputs[0].shape[1:]) if shape is None else tuple(shape)
    if None in shape:
        raise InputError(
            f"The network {model.name!r} leaves its input shape open as {shape}; give the shape "
            "of the images."
        )
    return shape


def _outputs(model: keras.Model, images: np.ndarray) -> np.ndarray:
    return np.asarray(model(images, training=False)).reshape(len(images), -1)


def _gradients(
    model: keras.Model, shape: tuple[int, ...], chosen: np.ndarray, outputs: int
) -> np.ndarray:
    """Derivatives (chosen outputs, inputs): image k of a black batch is asked for one output."""
    images = tf.zeros((len(chosen), *shape))
    with tf.GradientTape() as tape:
        tape.watch(images)
        values = tf.reshape(model(images, training=False), (len(chosen), outputs))
        total = tf.linalg.trace(tf.gather(values, chosen, axis=1))
    gradient = tape.gradient(total, images, unconnected_gradients="zero")
    return gradient.numpy().reshape(len(chosen), -1)


def _require_affine(
    model: keras.Model, matrix: np.ndarray, bias: np.ndarray, shape: tuple[int, ...]
) -> None:
    noise = draw((matrix.shape[0], 1, 1), 16, np.random.default_rng(0), None)
    images = noise.reshape(-1, 1, *shape)
    error = np.max([fold_error(model, matrix, bias, image) for image in images])
    if not error <= AFFINE:
        raise InputError(
            f"The network {model.name!r} is not affine: on random images it differs from its own "
            f"affine part by {error:.3g} of its largest output; take non-linear layers "
            "(ReLU, max-pooling, softmax) out, or fold the part before them."
        )
