"""Is an operator on images linear, affine, does it commute with shifts (study 6.2)?

An operator is any callable from images (n, h, w, c) to arrays (n, ...); a Keras model is one. Each
check tries an identity on random images and returns the worst relative error and, if it fails, a
counterexample. A check that fails is a proof; one that passes is evidence, as strong as its trials.

An operator that passes both is a convolution with its impulse response: `tfnets.theory.impulse`
recovers the kernel. A network that is affine is one matrix: `tfnets.theory.folding`.
"""

import numpy as np

from tfnets.errors import InputError
from tfnets.theory import checks
from tfnets.theory.checks import TOLERANCE, Check, Counterexample, Operator
from tfnets.theory.folding import fold, fold_error
from tfnets.theory.impulse import as_convolution, check_convolution, impulse_response

__all__ = [
    "TOLERANCE", "Check", "Counterexample", "Operator", "as_convolution", "check_affine",
    "check_convolution", "check_linearity", "check_shift_equivariance", "fold", "fold_error",
    "impulse_response",
]  # fmt: skip

Shape = tuple[int, int, int]


def check_linearity(
    operator: Operator,
    shape: Shape,
    *,
    trials: int = 8,
    seed: int = 0,
    images: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> Check:
    """Tries f(a x + b y) = a f(x) + b f(y).

    a lies in [-3, -1], b in [0.5, 1.5] and a + b below 0, so that a constant that is added, and a
    function that is linear for positive numbers only, fail in every trial; x = y = 0 is implied.
    The error of a trial is max |left - right| relative to the larger of max |f(a x + b y)| and
    max(|a f(x)| + |b f(y)|).

    Args:
        operator: The operator f; must not depend on the rest of the batch.
        shape: Image shape (h, w, c).
        trials: Number of triples (x, y, a, b).
        seed: Seed of all that is random.
        images: Images (n, h, w, c) that x and y are chosen from; if None, normal noise at scales
            from 1e-3 to 1e3.
        tolerance: Largest relative error that passes.

    Returns:
        The check; the counterexample's inputs are (x, y).

    Raises:
        InputError: A shape or a number of trials that cannot be used.
    """
    rng = np.random.default_rng(seed)
    b = rng.uniform(0.5, 1.5, trials)
    a = -b - rng.uniform(0.5, 1.5, trials)
    x, y = (checks.draw(shape, trials, rng, images) for _ in range(2))
    return _superposition(operator, x, y, a, b, tolerance)


def check_affine(
    operator: Operator,
    shape: Shape,
    *,
    trials: int = 8,
    seed: int = 0,
    images: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> Check:
    """Tries f(a x + b y) = a f(x) + b f(y) with a + b = 1: linear up to a constant.

    All else is as in `check_linearity`; a lies in [-1.5, -0.5].
    """
    rng = np.random.default_rng(seed)
    a = -rng.uniform(0.5, 1.5, trials)
    x, y = (checks.draw(shape, trials, rng, images) for _ in range(2))
    return _superposition(operator, x, y, a, 1 - a, tolerance)


def check_shift_equivariance(
    operator: Operator,
    shape: Shape,
    *,
    boundary: str = "wrap",
    margin: int = 0,
    stride: int = 1,
    trials: int = 8,
    seed: int = 0,
    images: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> Check:
    """Tries f(shift x) = shift f(x).

    The boundary decides what a shift is. `wrap`: what leaves on one side enters on the other; a
    circular convolution commutes with it exactly. `interior`: new, unrelated content enters, as if
    a camera turned; the two sides are compared only where both lie at least `margin` outputs from
    the border. For a convolution with padding, the margin that its padding reaches is half the
    kernel's (dilated) size, rounded down; for a valid one it is 0.

    A shift by s outputs is compared with a shift by stride * s pixels: `stride` 1 is shift
    equivariance proper; an operator that keeps every second pixel has it for 2 only. The first two
    of the trials, pairs of image and shift, are by one row and one column. For `interior`, what
    enters is noise, or the mirror image of what is given. All else is as in `check_linearity`.

    Returns:
        The check; the counterexample's inputs are (x, shifted x), its shift is in pixels.

    Raises:
        InputError: Another boundary, an output that is not an image, or a margin that leaves
            nothing to compare.
    """
    if boundary not in ("wrap", "interior") or margin < 0 or stride < 1:
        raise InputError(
            f"The check got boundary {boundary!r}, margin {margin} and stride {stride}; give "
            "'wrap' or 'interior', a margin of at least 0 and a stride of at least 1."
        )
    rng = np.random.default_rng(seed)
    x = checks.draw(shape, trials, rng, images)
    outputs = checks.apply(operator, x)
    limit = _largest_shift(outputs.shape, margin if boundary == "interior" else 0)
    limit = min(limit, max(1, (min(shape[:2]) - 1) // stride))
    shifts = _shifts(trials, limit, rng)
    pairs = zip(x, shifts, strict=True)
    moved = [_moved(image, stride * by, boundary, rng, images is None) for image, by in pairs]
    cases = []
    answers = checks.apply(operator, np.stack(moved))
    for i, (shifted, shift) in enumerate(zip(answers, shifts, strict=True)):
        left, right = _overlap(shifted, outputs[i], shift, boundary, margin)
        pixels = tuple(int(s) for s in stride * shift)
        statement = f"f(shift x) = shift f(x), x shifted by {pixels} pixels, boundary {boundary}"
        example = Counterexample(statement, (x[i], moved[i]), left, right, pixels)
        cases.append((checks.relative_error(left, right), example))
    return checks.worst_of(cases, tolerance)


def _superposition(
    operator: Operator, x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray, tolerance: float
) -> Check:
    a, b = a.astype(np.float32), b.astype(np.float32)
    wide = (slice(None), None, None, None)
    together = checks.apply(operator, a[wide] * x + b[wide] * y)
    of_x, of_y = checks.apply(operator, x), checks.apply(operator, y)
    cases = []
    for i, left in enumerate(together):
        terms = float(a[i]) * of_x[i], float(b[i]) * of_y[i]
        statement = f"f(a x + b y) = a f(x) + b f(y), a = {a[i]:.4g}, b = {b[i]:.4g}"
        example = Counterexample(statement, (x[i], y[i]), left, terms[0] + terms[1])
        cases.append((checks.relative_error(left, example.right, *terms), example))
    return checks.worst_of(cases, tolerance)


def _largest_shift(outputs: tuple[int, ...], margin: int) -> int:
    if len(outputs) != 4:
        raise InputError(
            f"The operator's outputs have the shape {outputs}; a shift needs images "
            "(n, height, width, channels)."
        )
    room = min(outputs[1:3]) - 2 * margin
    if room < 2 and margin:
        raise InputError(
            f"A margin of {margin} leaves nothing of outputs of {outputs[1]}x{outputs[2]} to "
            "compare; give larger images or a smaller margin."
        )
    return max(1, room // 2)


def _shifts(count: int, limit: int, rng: np.random.Generator) -> np.ndarray:
    """One row, one column, then random shifts of up to `limit` outputs, none of them (0, 0)."""
    shifts = rng.integers(-limit, limit + 1, (count, 2))
    shifts[~shifts.any(axis=1)] = 1
    shifts[:2] = [[1, 0], [0, 1]][:count]
    return shifts


def _moved(
    image: np.ndarray, shift: np.ndarray, boundary: str, rng: np.random.Generator, noise: bool
) -> np.ndarray:
    """Shifts an image down and right; what enters is the other side, noise or a mirror image."""
    if boundary == "wrap":
        return np.roll(image, shift, axis=(0, 1))
    (rows, columns), (height, width) = np.abs(shift), image.shape[:2]
    around = ((rows, rows), (columns, columns), (0, 0))
    scene = np.pad(image, around, mode="reflect")
    if noise:
        scene = (rng.standard_normal(scene.shape) * image.std()).astype(np.float32)
        scene[rows : rows + height, columns : columns + width] = image
    top, left = (rows, columns) - shift
    return scene[top : top + height, left : left + width]


def _overlap(
    shifted: np.ndarray, plain: np.ndarray, shift: np.ndarray, boundary: str, margin: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns f(shift x) and shift f(x) where the two are to be compared."""
    right = np.roll(plain, shift, axis=(0, 1))
    if boundary == "wrap":
        return shifted, right
    inside = tuple(
        slice(margin + max(s, 0), size - margin + min(s, 0))
        for s, size in zip(shift, plain.shape[:2], strict=True)
    )
    return shifted[inside], right[inside]
