"""What ties generated images to the batch they are made for, as values added to a generator's loss.

    trainer.compile(..., link=l1_to_target(100.0))
    trainer.compile(..., link=together(l2_to_source(10.0), on_images(spectrum(0.01, natural))))

A link is called as `link(data, made)` with the batch of `fit`, whose first element is the source
and whose second the target, and the generated images (n, ...); it returns a scalar.
"""

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tfnets.errors import InputError

Link = Callable[[Any, tf.Tensor], tf.Tensor]


def l1_to_target(weight: float = 100.0) -> Link:
    """Weight times mean |target - made|, the paired term of Isola et al. (2017, eq. 3)."""
    _require(weight)
    return lambda data, made: weight * tf.reduce_mean(tf.abs(data[1] - made))


def l2_to_source(weight: float) -> Link:
    """Weight times mean (source - made)^2: the output stays near the input, of the same shape."""
    _require(weight)
    return lambda data, made: weight * tf.reduce_mean((data[0] - made) ** 2)


def on_images(penalty: Callable[[tf.Tensor], tf.Tensor]) -> Link:
    """Mean of a penalty `images -> (n,)` on the made images, whatever they are made from.

    The penalty is for instance a value of `tfnets.inputs.priors`, with its own weight.
    """

    def link(data: Any, made: tf.Tensor) -> tf.Tensor:
        del data
        return tf.reduce_mean(penalty(made))

    return link


def together(*links: Link) -> Link | None:
    """The sum of several links; of none, None."""
    if not links:
        return None
    return lambda data, made: tf.add_n([link(data, made) for link in links])


def _require(weight: float) -> None:
    if not (math.isfinite(weight) and weight >= 0):
        raise InputError(f"The weight of a link is {weight}; give a number of 0 or more.")
