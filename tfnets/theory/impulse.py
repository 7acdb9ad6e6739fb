"""A linear operator that commutes with shifts is a convolution with its impulse response.

study 6.2: recover the kernel from what the operator makes of single bright pixels, rebuild the
operator from the kernel alone, and compare the two on random images.
"""

import keras
import numpy as np

from tfnets.errors import InputError, choices
from tfnets.theory import checks
from tfnets.theory.checks import TOLERANCE, Check, Counterexample, Operator

BOUNDARIES = ("wrap", "same", "valid")
"""Circular; zeros around the image (as in Keras); no output where the kernel hangs over."""

_NEGLIGIBLE = 1e-6  # of the largest weight: rows of a kernel below it are rounding, and cut off


def impulse_response(
    operator: Operator, shape: tuple[int, int, int], boundary: str = "same"
) -> np.ndarray:
    """Recovers the kernel of a convolution from its answers to single pixels.

    One image per input channel, black but for one pixel of 1 near the centre. The answer is the
    kernel, mirrored: y[i] = sum over j of kernel[j] x[i + j] gives kernel[p - i] at i for a pixel
    at p.

    Args:
        operator: Images (n, h, w, channels in) -> images (n, h', w', channels out).
        shape: Image shape (h, w, channels in). For `valid`, each side must be at least twice the
            kernel's minus 1; else at least the kernel's, or the kernel comes out cut off.
        boundary: `wrap`, `same` or `valid`.

    Returns:
        The kernel (rows, columns, channels in, channels out), float32, in the layout of Keras's
        Conv2D (which does not mirror it). For `valid` its size follows from the output's; else
        rows and columns of zeros are cut off such that its origin stays at (size - 1) // 2, where
        Keras's "same" has it.

    Raises:
        InputError: Another boundary, or outputs whose size does not belong to it.
    """
    height, width, channels = shape
    point = height // 2, width // 2
    impulses = np.zeros((channels, *shape), np.float32)
    for channel in range(channels):
        impulses[channel, point[0], point[1], channel] = 1
    answers = checks.apply(operator, impulses)
    _require_size(answers.shape, shape, boundary)
    kernel = np.moveaxis(answers, 0, 2)
    for axis in (0, 1):
        kernel = _unfolded(kernel, axis, shape[axis], point[axis], boundary)
    return np.ascontiguousarray(kernel, dtype=np.float32)


def as_convolution(kernel: np.ndarray, boundary: str = "same") -> Operator:
    """Returns the convolution with a kernel as an operator: images -> float32 images.

    Kernel (rows, columns, channels in, channels out), boundary and shapes as in `impulse_response`.

    Raises:
        InputError: Another boundary, or a kernel without four axes.
    """
    _require_boundary(boundary)
    kernel = np.asarray(kernel, np.float32)
    if kernel.ndim != 4 or kernel.size == 0:
        raise InputError(
            f"The kernel has the shape {kernel.shape}; expected (rows, columns, channels in, "
            "channels out)."
        )
    sides = [((size - 1) // 2, size // 2) for size in kernel.shape[:2]]

    def convolve(images: np.ndarray) -> np.ndarray:
        images = np.asarray(images, np.float32)
        if boundary != "valid":
            mode = "wrap" if boundary == "wrap" else "constant"
            images = np.pad(images, ((0, 0), *sides, (0, 0)), mode=mode)
        outputs = keras.ops.conv(images, kernel, padding="valid", data_format="channels_last")
        return keras.ops.convert_to_numpy(outputs)

    return convolve


def check_convolution(
    operator: Operator,
    shape: tuple[int, int, int],
    *,
    boundary: str = "same",
    trials: int = 8,
    seed: int = 0,
    images: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> Check:
    """Rebuilds an operator from its impulse response and compares the two.

    Operator, shape, boundary and errors as in `impulse_response`, the rest as in
    `linearity.check_linearity`. The check's left side is the operator's result, the right side the
    convolution's; the error is relative to the larger of both.
    """
    rebuilt = as_convolution(impulse_response(operator, shape, boundary), boundary)
    x = checks.draw(shape, trials, np.random.default_rng(seed), images)
    statement = f"f(x) = impulse response * x, boundary {boundary}"
    sides = zip(x, checks.apply(operator, x), checks.apply(rebuilt, x), strict=True)
    cases = [
        (checks.relative_error(left, right), Counterexample(statement, (image,), left, right))
        for image, left, right in sides
    ]
    return checks.worst_of(cases, tolerance)


def _require_boundary(boundary: str) -> None:
    if boundary not in BOUNDARIES:
        raise InputError(f"There is no boundary {boundary!r}; {choices(boundary, BOUNDARIES)}.")


def _require_size(outputs: tuple[int, ...], shape: tuple[int, int, int], boundary: str) -> None:
    _require_boundary(boundary)
    fits = len(outputs) == 4
    if fits and boundary == "valid":
        sizes = zip(outputs[1:3], shape[:2], strict=True)
        fits = all(out <= size <= 2 * out - 1 for out, size in sizes)
    elif fits:
        fits = outputs[1:3] == tuple(shape[:2])
    if not fits:
        raise InputError(
            f"The operator makes {outputs[1:]} of images {tuple(shape)}, which is not a "
            f"convolution with boundary {boundary!r}; give another boundary or, for 'valid', "
            "images of at least twice the kernel's size minus 1."
        )


def _unfolded(answers: np.ndarray, axis: int, size: int, point: int, boundary: str) -> np.ndarray:
    """Turns answers along one axis into kernel weights along it."""
    if boundary == "valid":
        length = size - answers.shape[axis] + 1
        return np.take(answers, point - np.arange(length), axis=axis)
    offsets = np.arange(-((size - 1) // 2), size // 2 + 1)
    return _trimmed(np.take(answers, point - offsets, axis=axis), axis, offsets)


def _trimmed(kernel: np.ndarray, axis: int, offsets: np.ndarray) -> np.ndarray:
    """Cuts rows (or columns) of zeros off, or adds some, so that the origin is (size - 1) // 2."""
    others = tuple(i for i in range(kernel.ndim) if i != axis)
    peaks = np.abs(kernel).max(axis=others)
    used = offsets[peaks > _NEGLIGIBLE * peaks.max()] if peaks.max() else np.zeros(1, int)
    before, after = max(0, -used.min()), max(0, used.max())
    wanted = np.arange(-max(before, after - 1), max(before, after) + 1)
    whole = np.zeros([len(wanted) if i == axis else n for i, n in enumerate(kernel.shape)])
    shared = np.intersect1d(wanted, offsets)
    rows = np.moveaxis(whole, axis, 0)
    rows[shared - wanted[0]] = np.moveaxis(kernel, axis, 0)[shared - offsets[0]]
    return whole
