"""The batches that `fit` gets from arrays, data sets and generators, as tuples of tensors."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.training.given.networks import RANGES, ending, fits

SLACK = 1e-3
"""How far outside the generator's range a value may lie by rounding."""


def read(data: Any, wanted: Mapping[str, keras.KerasTensor]) -> tuple[tf.Tensor, ...]:
    """Reads a batch as Keras or a data set gives it.

    Args:
        data: A tensor, a dict, or a tuple of tensors, dicts and tuples.
        wanted: Name -> the network's input it is for, images or sources first. A dict is read by
            these names; in tuples they come in this order, and what else they hold is kept.

    Returns:
        Tensors (n, ...) in the order of `wanted`, floats in the dtype of the inputs.

    Raises:
        InputError: There are fewer tensors or other names, a tensor has no axis of images or
            another shape, or images are whole numbers.
    """
    parts = _flat(data, wanted)
    if len(parts) < len(wanted):
        raise InputError(
            f"A batch holds {len(parts)} tensor(s), but ({', '.join(wanted)}) are needed; give "
            "`fit` arrays x and y, or a data set of such tuples."
        )
    images = next(iter(wanted))
    for name, part in zip(wanted, parts, strict=False):
        _require_shape(name, part, wanted[name])
        if (name in (images, "target")) and not part.dtype.is_floating:
            raise InputError(
                f"The {name}s are {part.dtype.name}; give floats in the range that the networks "
                "work in, for instance `images.astype('float32') / 255`."
            )
    cast = (_as_input(*pair) for pair in zip(parts, wanted.values(), strict=False))
    return (*cast, *parts[len(wanted) :])


def range_of(network: keras.Model) -> tuple[float, float] | None:
    """The range of what a generator can make; None where it is not bounded."""
    return RANGES.get(ending(network))


def outside(network: keras.Model) -> str:
    """What is said of real images that the generator can never make."""
    low, high = range_of(network)
    return (
        f"Images have values outside [{low:g}, {high:g}], the range of the last layer of "
        f"{network.name} ({ending(network)}), or values that are not finite; scale them into it."
    )


def require_range(images: tf.Tensor, network: keras.Model) -> None:
    """Stops the step, with the sentence of `outside`, at images that cannot be made."""
    bounds = range_of(network)
    if bounds is not None:
        low, high = bounds[0] - SLACK, bounds[1] + SLACK
        inside = tf.reduce_all((images >= low) & (images <= high))
        tf.debugging.Assert(inside, [outside(network)])


def _flat(data: Any, wanted: Mapping[str, keras.KerasTensor]) -> list[tf.Tensor]:
    if data is None:
        return []
    if isinstance(data, Mapping):
        if not set(wanted) <= set(data):
            raise InputError(
                f"The data set gives {', '.join(map(repr, data))}, but "
                f"{', '.join(map(repr, wanted))} is needed; rename with `.map`, or give tuples."
            )
        return [data[name] for name in wanted]
    if isinstance(data, list | tuple):
        return [part for one in data for part in _flat(one, wanted)]
    return [tf.convert_to_tensor(data)]


def _require_shape(name: str, part: tf.Tensor, wanted: keras.KerasTensor) -> None:
    if part.shape.rank is None:
        return
    shape, size = tuple(part.shape), tuple(wanted.shape)
    if fits(shape, size) or (shape[-1:] == (1,) and fits(shape[:-1], size)):
        return
    if len(shape) == len(size) - 1:
        way = "batch the data set (`.batch(64)`), or add the channel axis (`images[..., None]`)"
    else:
        way = "give arrays of that shape"
    raise InputError(f"A batch has {name}s of shape {shape}, but {size} is needed; {way}.")


def _as_input(part: tf.Tensor, wanted: keras.KerasTensor) -> tf.Tensor:
    kind = tf.as_dtype(wanted.dtype)
    both = part.dtype.is_floating and kind.is_floating
    return tf.cast(part, kind) if both and part.dtype != kind else part
