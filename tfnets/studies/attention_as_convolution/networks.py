"""Trained networks of study 6.8, layer by layer and as a whole written as self-attention."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from tfnets.artifacts import reference
from tfnets.lab.trial import DataStore
from tfnets.theory import attention
from tfnets.theory.attention import conv_as_attention, dense_as_attention
from tfnets.tracing.cost import cost

REWRITTEN = (layers.Conv2D, layers.Dense)


def trained(name: str, store: DataStore) -> keras.Model:
    """Returns the committed network of a data set; in it one layer follows the other."""
    return reference.judge("mnist") if name == "mnist" else store.network(name).model


def rewritten(
    layer: keras.layers.Layer, shape: tuple[int, ...], sharpness: float = attention.SHARPNESS
) -> keras.Model:
    """Returns a layer as attention, by its kind; a dense layer on images sees them flattened."""
    if isinstance(layer, layers.Conv2D):
        return conv_as_attention(layer, shape, sharpness)
    return dense_as_attention(layer, None if len(shape) == 1 else shape, sharpness)


def differences(layer: keras.layers.Layer, model: keras.Model, x: np.ndarray) -> np.ndarray:
    """|model - layer| / max |layer| of a layer and what `rewritten` made of it, on inputs x."""
    wanted = _given(layer, x)
    return np.abs(_one_by_one(model, x) - wanted) / np.abs(wanted).max()


def _given(layer: keras.layers.Layer, x: np.ndarray) -> np.ndarray:
    """What a layer makes of inputs, which a dense one sees flattened."""
    return np.asarray(layer(x.reshape(len(x), -1) if isinstance(layer, layers.Dense) else x))


def rewrite(network: keras.Model, images: np.ndarray) -> dict[str, Any]:
    """Rewrites every convolution and dense layer of a network and compares.

    Args:
        network: Functional classifier whose layers follow one another.
        images: Images (n, height, width, channels).

    Returns:
        `layers`: by layer its number of `heads`, the `error` of its linear part on what the layer
        is given for these images, its `multiplications` and those of the `attention`; of the
        network of attention alone `output_error` (largest difference, relative to the largest
        output) and `same_class` (share of the images with the same answer).
    """
    counted = {row.name: row.multiplications for row in cost(network).rows}
    rows, x, right = {}, images, images
    for layer in network.layers[1:]:
        if isinstance(layer, layers.Flatten):
            continue  # A dense layer as attention takes the image that was flattened.
        if not isinstance(layer, REWRITTEN):
            x, right = (np.asarray(layer(values, training=False)) for values in (x, right))
            continue
        plain, shape = _linear(layer), right.shape[1:]
        model = rewritten(plain, shape)
        rows[layer.name] = {
            "heads": model.get_layer("attention").num_heads,
            "error": float(differences(plain, model, right).max()),
            "multiplications": counted[layer.name],
            "attention": attention.attention_multiplications(model),
        }
        x, right = np.asarray(layer.activation(_one_by_one(model, x))), _given(layer, right)
    return {
        "layers": rows,
        "output_error": float(np.abs(x - right).max() / np.abs(right).max()),
        "same_class": float(np.mean(x.argmax(axis=1) == right.argmax(axis=1))),
    }


def planes(network: keras.Model, image: np.ndarray, sharpnesses: Sequence[float]) -> np.ndarray:
    """The first convolution's filter of largest spread on an image (1, height, width, channels).

    Planes (1 + sharpnesses, rows, columns): the layer's, and those of attention.
    """
    layer = next(one for one in network.layers if isinstance(one, layers.Conv2D))
    given = np.asarray(keras.Model(network.input, layer.input)(image, training=False))
    plain = _linear(layer)
    wanted = np.asarray(plain(given))[0]
    best = int(wanted.std(axis=(0, 1)).argmax())
    made = [rewritten(plain, given.shape[1:], value)(given) for value in sharpnesses]
    return np.stack([wanted[..., best], *(np.asarray(plane)[0, ..., best] for plane in made)])


def _linear(layer: keras.layers.Layer) -> keras.layers.Layer:
    """The layer without its activation: softmax and ReLU would hide differences."""
    copy = type(layer).from_config(layer.get_config() | {"activation": "linear"})
    copy.build(layer.input.shape)
    copy.set_weights(layer.get_weights())
    return copy


def _one_by_one(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """Outputs of the model, one image at a time: each has attention weights of its own."""
    return np.concatenate([np.asarray(model(x[i : i + 1])) for i in range(len(x))])
