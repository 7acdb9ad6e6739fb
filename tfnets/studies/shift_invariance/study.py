"""Study 6.2: which operators on images are convolutions.

Question: which operators are linear, which commute with shifts, and are those that do both nothing
but convolutions with their impulse response?

Origin: a theory question. ReLU and max-pooling are not linear; strided pooling is linear but not
shift-equivariant; adding a constant is not linear; a dense matrix is linear but not
shift-equivariant; a convolution is both.

Here: each of these is decided by trying f(a x + b y) = a f(x) + b f(y) and f(shift x) = shift f(x)
on noise of all scales and on photographs; the worst error and a counterexample are kept. "Shift"
is circular, and all operators but the padded convolutions wrap around at the border; with zeros
around the image, a convolution commutes with shifts in the interior only. Then kernels are
recovered from what operators make of single bright pixels, and operators are rebuilt from them.

Command: `tfnets run shift_invariance --scale full` (about a minute on 2 cores).
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.studies.shift_invariance import kernels, page
from tfnets.studies.shift_invariance.settings import SCALES, Case, Settings
from tfnets.theory import linearity, operators

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Checks every operator, recovers kernels, draws counterexamples, writes the report."""
    photos = _photos(settings, lab.data_dir)
    rows = {
        name: run.part(f"check-{name}", partial(_check, case, photos, settings, run.config.seed))
        for name, case in cases(photos.shape[1:], settings, run.config.seed).items()
    }
    recovered = {
        name: run.part(f"recover-{name}", partial(compute, run, photos, settings.size))
        for name, compute in kernels.RECOVERIES.items()
    }
    page.draw(run, photos, cases(photos.shape[1:], settings, run.config.seed))
    numbers = {"operators": rows, "kernels": recovered, "tolerance": linearity.TOLERANCE}
    run.finish(numbers, page.report(settings, rows, recovered).as_json())


def cases(shape: tuple[int, ...], settings: Settings, seed: int) -> dict[str, Case]:
    """The operators of SPEC 6.2 and what belongs beside them, by name."""
    rng = np.random.default_rng(seed)
    values = int(np.prod(shape))
    matrix = rng.standard_normal((values, values), np.float32) / np.sqrt(np.float32(values))
    kernel = kernels.edge_filters(settings.size, shape[-1], 3, seed)
    padded = linearity.as_convolution(kernel, "same")
    return {
        "relu": Case(operators.relu),
        "max_pool": Case(operators.max_pool(2)),
        "max_pool_stride2": Case(operators.max_pool(2, 2)),
        "average_pool": Case(operators.average_pool(2)),
        "average_pool_stride2": Case(operators.average_pool(2, 2)),
        "add_constant": Case(operators.add_constant(settings.constant)),
        "dense_matrix": Case(operators.dense_matrix(matrix)),
        "convolution": Case(linearity.as_convolution(kernel, "wrap")),
        "padded_convolution": Case(padded),
        "padded_convolution_inside": Case(padded, "interior", settings.size // 2),
    }


def _photos(settings: Settings, data_dir: Path | str | None) -> np.ndarray:
    images = datasets.load(settings.dataset, data_dir).x_test[: settings.images]
    top, left = ((size - settings.side) // 2 for size in images.shape[1:3])
    if top < 0 or left < 0:
        raise InputError(
            f"The images of {settings.dataset} are smaller than {settings.side} pixels; give a "
            f"side of at most {min(images.shape[1:3])}."
        )
    return images[:, top : top + settings.side, left : left + settings.side]


def _check(case: Case, photos: np.ndarray, settings: Settings, seed: int) -> dict[str, float]:
    """Worst errors on noise and on photographs of linear, affine and shift equivariance."""
    tries: dict[str, Callable[..., linearity.Check]] = {
        "linear": linearity.check_linearity,
        "affine": linearity.check_affine,
        "shift": partial(
            linearity.check_shift_equivariance, boundary=case.boundary, margin=case.margin
        ),
        "shift_by_two": partial(
            linearity.check_shift_equivariance,
            boundary=case.boundary, margin=case.margin, stride=2,
        ),
    }  # fmt: skip
    shape = photos.shape[1:]
    return {
        f"{name}_{where}": check(
            case.operator, shape, trials=settings.trials, seed=seed, images=images
        ).error
        for (name, check), (where, images) in product(
            tries.items(), {"noise": None, "photos": photos}.items()
        )
    }
