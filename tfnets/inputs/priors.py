"""Penalties on images: what an image should look like apart from what the network says (study 2).

A prior is a small value, called with images (n, height, width, channels) in [0, 1], that returns
one penalty per image (n,), to be added to a loss. With p(I) proportional to exp(-penalty) it is a
prior probability. Sums run over all pixels and channels, as in the origin's ||image||^2, except
for the spectrum, which is a mean over octaves.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.spectrum import Spectrum, squared_distance


@dataclass(frozen=True)
class Prior:
    """A weighted penalty; an `InputError` refuses a weight that is negative or not finite.

    Attributes:
        name: Its name in a history.
        weight: Factor of the penalty, 0 or more.
        penalty: Images (n, height, width, channels) -> unweighted penalties (n,).
    """

    name: str
    weight: float
    penalty: Callable[[tf.Tensor], tf.Tensor]

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and self.weight >= 0):
            raise InputError(
                f"The weight of the prior {self.name} is {self.weight}; give a number of 0 or more."
            )

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Weighted penalties (n,)."""
        return self.weight * self.penalty(images)


def l2(weight: float, around: float = 0.0) -> Prior:
    """Sum of weight * (pixel - around)^2, the origin's ||image||^2 (Simonyan et al. 2014).

    `around` is the grey value with no penalty, in pixel units: 0 is black, 0.5 the middle grey.
    (The origin's images had their mean subtracted, so that its 0 was a grey.)
    """
    return Prior("l2", weight, lambda images: _sum((images - around) ** 2))


def l1(weight: float, around: float = 0.0) -> Prior:
    """Sum of weight * |pixel - around|, which wants most pixels to be exactly `around`.

    The gradient at `around` itself is 0.
    """
    return Prior("l1", weight, lambda images: _sum(tf.abs(images - around)))


def total_variation(weight: float, smooth: float = 1e-3) -> Prior:
    """Total variation (Rudin, Osher & Fatemi 1992), times `weight`.

    It is the sum over pixels of sqrt(dx^2 + dy^2 + smooth^2) - smooth, where dx
    and dy are differences to the right and the lower neighbour, 0 at the last column and row;
    each channel counts on its own. An image of one colour has 0; an edge of height a costs about
    |a| per pixel of its length (exactly so in the limit of `smooth` 0).

    Differences (in pixel units) below `smooth`, above 0, round off the corner of |x| at 0, so that
    the gradient exists everywhere.

    Raises:
        InputError: `smooth` is not above 0.
    """
    if not smooth > 0:
        raise InputError(f"Total variation is smoothed by {smooth}; give a number above 0.")

    def penalty(images: tf.Tensor) -> tf.Tensor:
        down = tf.pad(images[:, 1:] - images[:, :-1], ((0, 0), (0, 1), (0, 0), (0, 0)))
        right = tf.pad(images[:, :, 1:] - images[:, :, :-1], ((0, 0), (0, 0), (0, 1), (0, 0)))
        return _sum(charbonnier(down**2 + right**2, smooth))

    return Prior("total_variation", weight, penalty)


def spectrum(weight: float, natural: Spectrum) -> Prior:
    """Squared log-spectral distance to natural images (study 2.2) in dB^2, times `weight`.

    A mean over octaves (see `tfnets.inputs.spectrum.distance`), not a sum over pixels: 36
    for an image with twice the natural amplitude at every frequency.
    """
    return Prior("spectrum", weight, lambda images: squared_distance(images, natural))


def charbonnier(squares: tf.Tensor, smooth: float | tf.Tensor) -> tf.Tensor:
    """sqrt(squares + smooth^2) - smooth: the length |x| of x^2 = squares, rounded off at 0."""
    # Written as a quotient: the difference would lose small squares in float32.
    return squares / (tf.sqrt(squares + smooth**2) + smooth)


def _sum(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(values, axis=(1, 2, 3))
