"""Fourier amplitudes of natural images, and how far an image's are from them (study 2.2).

The amplitude of a frequency is |DFT| / sqrt(height * width), without a window. It does not change
when an image is shifted circularly. Natural images have about 1/f of it at frequency f
(Field, Journal of the Optical Society of America A, 1987).

Colour images are taken apart into light, red - blue and green - magenta first (`OPPONENTS`):
photographs have far less contrast in colours than in light, which the amplitudes of red, green and
blue, one by one, would not show.
"""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.files import atomic

FLOOR = 0.1
"""Amplitudes far below this share of the natural one all count as about -20 dB: how exactly a
frequency is missing matters little, and the logarithm's gradient stays bounded."""


OPPONENTS = np.array([[1, 1, 1], [1, 0, -1], [-1, 2, -1]]) / np.sqrt([[3], [2], [6]])
"""Orthonormal rows: light, red - blue, green - magenta, nearly the directions in which the colours
of photographs vary independently (Ohta, Kanade & Sakai 1980)."""

_DAMAGE = (OSError, EOFError, ValueError, TypeError, KeyError, AttributeError)  # of np.load


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The average Fourier amplitude of natural images at one size.

    Attributes:
        amplitude: Shape (height, width, channels), above 0, frequencies in the DFT's order
            (`numpy.fft.fftfreq`); three channels are those of `OPPONENTS`.
        count: Number of images (or crops) behind the average.

    Raises:
        InputError: Another shape, or values that are not finite and above 0.
    """

    amplitude: np.ndarray
    count: int

    def __post_init__(self) -> None:
        values = np.asarray(self.amplitude, np.float32)
        if values.ndim != 3 or values.size == 0:
            raise InputError(
                f"A spectrum has the shape (height, width, channels), not {values.shape}; compute "
                "it with average_amplitude."
            )
        if not np.isfinite(values).all() or values.min() <= 0:
            raise InputError(
                "A spectrum's amplitudes must be finite and above 0 at every frequency; compute it "
                "from more, and more varied, pictures."
            )
        object.__setattr__(self, "amplitude", values)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels of the images it belongs to."""
        return self.amplitude.shape[:2]

    def save(self, path: Path | str) -> None:
        """Writes a .npz file, whole or not at all."""
        with atomic(Path(path)) as temporary, temporary.open("wb") as file:
            np.savez(file, amplitude=self.amplitude, count=self.count)

    @classmethod
    def load(cls, path: Path | str) -> "Spectrum":
        """Reads what `save` has written; nothing is unpickled.

        Raises:
            InputError: No such file, or not one of these.
        """
        try:
            with Path(path).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                return cls(file["amplitude"], int(file["count"]))
        except (*_DAMAGE, zipfile.BadZipFile) as e:
            if isinstance(e, InputError):
                raise
            raise InputError(
                f"{path} is not a saved spectrum (.npz with amplitude and count); write one with "
                "Spectrum.save."
            ) from e


def amplitudes(images: np.ndarray) -> np.ndarray:
    """Fourier amplitudes |DFT| / sqrt(height * width) of images (n, height, width, channels).

    They have the same shape, float64, frequencies in the DFT's order; the channels of colour images
    are those of `OPPONENTS`.
    """
    planes = np.asarray(images, np.float64)
    if planes.shape[-1] == 3:
        planes = planes @ OPPONENTS.T
    return np.abs(np.fft.fft2(planes, axes=(1, 2), norm="ortho"))


def average_amplitude(images: Iterable[np.ndarray], size: tuple[int, int]) -> Spectrum:
    """Averages the Fourier amplitudes of pictures, cut into crops of `size`.

    A picture gives as many crops beside each other as fit; what is left over is cut off at its
    edges. One picture is in memory at a time.

    Args:
        images: Arrays (height, width, channels) in [0, 1] of any sizes, all of the same number of
            channels: an array (n, height, width, channels), a data set's images, or a generator
            that reads the pictures of a folder.
        size: Height and width of the crops in pixels.

    Raises:
        InputError: No picture, one smaller than `size`, or another number of channels.
    """
    total, count = None, 0
    for image in images:
        found = amplitudes(crops(np.asarray(image), size))
        if total is not None and total.shape != found.shape[1:]:
            raise InputError(
                f"The pictures have {total.shape[-1]} and {found.shape[-1]} channels; give only "
                "grey or only colour pictures."
            )
        total = found.sum(axis=0) if total is None else total + found.sum(axis=0)
        count += len(found)
    if total is None:
        raise InputError("An average spectrum needs at least one picture, but there is none.")
    return Spectrum(total / count, count)


def crops(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """All crops (n, *size, channels) beside each other, from the middle."""
    if image.ndim != 3 or min(size) < 1 or any(np.array(image.shape[:2]) < size):
        raise InputError(
            f"A picture of shape {image.shape} has no crop of {size[0]} x {size[1]} pixels; give "
            "larger pictures (height, width, channels) or a smaller size."
        )
    rows, columns = (have // want for have, want in zip(image.shape, size, strict=False))
    top, left = (image.shape[0] - rows * size[0]) // 2, (image.shape[1] - columns * size[1]) // 2
    whole = image[top : top + rows * size[0], left : left + columns * size[1]]
    cut = whole.reshape(rows, size[0], columns, size[1], -1).transpose(0, 2, 1, 3, 4)
    return cut.reshape(rows * columns, *size, -1)


def distance(images: tf.Tensor | np.ndarray, natural: Spectrum) -> tf.Tensor:
    """Log-spectral distance in dB of each image's amplitudes A from the natural ones N.

    sqrt(mean of d^2 over octaves and channels), d = 10 log10((A^2 / N^2 + e) / (1 + e)) with
    e = `FLOOR`^2: about 20 log10(A / N), so 6 is a factor of two at every frequency, 0 is the
    natural spectrum itself, and an image of one colour has about 20.

    Logarithms, because amplitudes fall by orders of magnitude towards high frequencies, where class
    images differ from photographs most: a plain distance would see the lowest ones only. Octaves
    (`octave_shares`), because nearly all frequencies are high ones: a plain mean would see these
    only, and the few low ones make most of what is visible. It is the distance of two curves on
    paper with logarithmic axes.

    Images are (n, height, width, channels), of the spectrum's size; the distances (n,) are not
    below 0 and of the images' precision.

    Raises:
        InputError: The images have another size or number of channels than the spectrum.
    """
    return tf.sqrt(squared_distance(images, natural))


def squared_distance(images: tf.Tensor | np.ndarray, natural: Spectrum) -> tf.Tensor:
    """The square of `distance` in dB^2, whose gradient exists everywhere: shape (n,)."""
    images = tf.convert_to_tensor(images)
    if tuple(images.shape[1:]) != natural.amplitude.shape:
        height, width, channels = natural.amplitude.shape
        raise InputError(
            f"The spectrum is of images of {height} x {width} pixels and {channels} channel(s), "
            f"not of {tuple(images.shape[1:])}; compute one of that size."
        )
    kind = tf.complex128 if images.dtype == tf.float64 else tf.complex64
    if images.shape[-1] == 3:
        images = tf.tensordot(images, tf.constant(OPPONENTS.T, images.dtype), 1)
    planes = tf.cast(tf.transpose(images, (0, 3, 1, 2)), kind)
    found = tf.signal.fft2d(planes) / float(np.sqrt(np.prod(natural.size)))
    power = tf.math.real(found) ** 2 + tf.math.imag(found) ** 2
    ratio = power / np.transpose(natural.amplitude**2, (2, 0, 1))
    decibels = 10 / np.log(10) * tf.math.log((ratio + FLOOR**2) / (1 + FLOOR**2))
    shares = tf.constant(octave_shares(natural.size), images.dtype)
    return tf.einsum("nchw,hw->n", decibels**2, shares) / images.shape[-1]


def octave_shares(size: tuple[int, int]) -> np.ndarray:
    """Each frequency's share in `distance`: proportional to 1 / f^2, with sum 1.

    A ring of radius f holds about f frequencies per unit of radius, so that every octave has the
    same share. The mean (f = 0) has none: an average of absolute means would ask for a tint.

    They are float64 (height, width), frequencies in the DFT's order.
    """
    height, width = size
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    shares = np.maximum(radius, 1 / max(height, width)) ** -2.0
    shares[0, 0] = 0
    return shares / shares.sum()


def radial_profile(amplitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root mean square amplitude (height, width, channels) on rings of equal spatial frequency.

    Returns:
        Frequencies in cycles per pixel (the mean over each ring; rings are 1 / min(height, width)
        wide, from the lowest frequency but 0 up to 0.5) and the amplitudes there, both (rings,).
    """
    height, width = amplitude.shape[:2]
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    ring = np.rint(radius * min(height, width)).astype(int)
    power = (np.asarray(amplitude, np.float64) ** 2).mean(axis=-1)
    wanted = range(1, min(height, width) // 2 + 1)
    frequency = np.array([radius[ring == k].mean() for k in wanted])
    return frequency, np.sqrt([power[ring == k].mean() for k in wanted])
