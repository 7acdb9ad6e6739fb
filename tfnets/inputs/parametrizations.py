"""What is optimised in an image's place: its pixels, or its Fourier coefficients (study 2.1).

A parametrisation maps a free variable to images in [0, 1]. All images of a batch start from the
same picture, so that one's result does not depend on how many others there are.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from tfnets.errors import InputError

Shape = tuple[int, int, int]
"""Height, width and channels of an image."""

COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], np.float32)
"""Square root of the covariance of R, G and B in ImageNet's photographs: the columns are directions
(light, red - blue, green - magenta) in which colours vary independently [Olah et al. 2017]."""

GREY = 0.5
"""The grey that noise is added to."""


@dataclass(frozen=True)
class Parametrization:
    """How images come from a variable.

    Attributes:
        name: What it is called.
        initial: (shape of one image, seed) -> the variable's start for one image.
        images: (variables (n, ...), shape of one image) -> images (n, height, width, channels) in
            [0, 1] wherever `project` has been applied.
        project: Variables -> the nearest variables that give images in [0, 1].
    """

    name: str
    initial: Callable[[Shape, int], tf.Tensor]
    images: Callable[[tf.Tensor, Shape], tf.Tensor]
    project: Callable[[tf.Tensor], tf.Tensor]


def pixels(noise: float = 0.01, around: float = GREY) -> Parametrization:
    """The image itself is the variable, clipped to [0, 1] after every step: the origin's way.

    Args:
        noise: Standard deviation of the normal noise at the start. An image without any may have
            gradient exactly 0 in a network of ReLUs without biases.
        around: Mean of the start, a grey in [0, 1].

    Raises:
        InputError: Negative noise, or a grey outside [0, 1].
    """
    if not (noise >= 0 and 0 <= around <= 1):
        raise InputError(
            f"Pixels cannot start at {around} with noise of {noise}; give a grey in [0, 1] and "
            "noise of 0 or more."
        )

    def initial(shape: Shape, seed: int) -> tf.Tensor:
        return clip(around + noise * tf.random.stateless_normal(shape, (seed, 0)))

    return Parametrization("pixels", initial, lambda values, shape: values, clip)


def fourier(decay: float = 1.0, noise: float = 0.01, saturation: float = 1.0) -> Parametrization:
    """Fourier coefficients are the variable, those of frequency f scaled by 1 / f^decay.

    A step then changes all frequencies in proportion to what natural images have of them, rather
    than high ones most [Olah et al. 2017, "Feature Visualization"; lucid]. Three channels are
    mixed from decorrelated colours (`COLOURS`); a sigmoid leads to [0, 1].

    Args:
        decay: 0 treats all frequencies alike (white); 1 is the spectrum of photographs.
        noise: Standard deviation of the normal noise in the coefficients at the start.
        saturation: How fast colours change against light; 1 is as in photographs.

    Raises:
        InputError: A negative number.
    """
    if not (decay >= 0 and noise >= 0 and saturation >= 0):
        raise InputError(
            f"A Fourier image cannot have decay {decay}, noise {noise} and saturation "
            f"{saturation}; give numbers of 0 or more."
        )

    def initial(shape: Shape, seed: int) -> tf.Tensor:
        size = (shape[2], shape[0], shape[1] // 2 + 1, 2)
        return noise * tf.random.stateless_normal(size, (seed, 0))

    def images(values: tf.Tensor, shape: Shape) -> tf.Tensor:
        values = values * frequency_scale(shape, decay)[..., None]
        return tf.sigmoid(recolour(planes(values, shape), saturation))

    return Parametrization("fourier", initial, images, lambda values: values)


def planes(coefficients: tf.Tensor, shape: Shape) -> tf.Tensor:
    """The inverse real Fourier transform, scaled so that white noise stays white noise.

    Coefficients (n, channels, height, width // 2 + 1, 2), real and imaginary part, in the order of
    `numpy.fft.rfft2`, become (n, height, width, channels), odd sizes too. Those of variance 1 give
    values of variance about 2 (real and imaginary part).
    """
    height, width, _ = shape
    spectrum = tf.complex(coefficients[..., 0], coefficients[..., 1])
    values = tf.signal.irfft2d(spectrum, (height, width)) * float(np.sqrt(height * width))
    return tf.transpose(values, (0, 2, 3, 1))


def frequency_scale(shape: Shape, decay: float) -> np.ndarray:
    """1 / f^decay for each coefficient of `planes`, with f = 0 counted as the lowest frequency.

    It is float32 (height, width // 2 + 1), of mean square 1, so that decays can be compared at the
    same learning rate.
    """
    height, width, _ = shape
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    scale = np.maximum(frequency, 1 / max(height, width)) ** -decay
    return (scale / np.sqrt(np.mean(scale**2))).astype(np.float32)


def recolour(images: tf.Tensor, saturation: float = 1.0) -> tf.Tensor:
    """Mixes decorrelated colours (n, height, width, 3) to RGB; other channels stay as they are.

    They are light, red - blue and green - magenta; `saturation` is the factor of the last two.
    """
    if images.shape[-1] != 3:
        return images
    mixture = COLOURS / np.linalg.norm(COLOURS, axis=0).max()
    gains = np.array([1, saturation, saturation], np.float32)
    return tf.tensordot(images, (mixture * gains).T, 1)


def clip(values: tf.Tensor) -> tf.Tensor:
    """Clips to [0, 1]."""
    return tf.clip_by_value(values, 0.0, 1.0)
