"""Study 6.2: which operators on images are convolutions.

Question: which operators are linear, which commute with shifts, and are those that do both nothing
but convolutions with their impulse response?

Origin (answered): an operator that is linear and commutes with shifts is a convolution with its
impulse response. ReLU and max-pooling are not linear; strided pooling is linear but not
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
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.lab.engine import Lab
from tfnets.lab.trial import DataStore
from tfnets.studies.shift_invariance import kernels, page
from tfnets.studies.shift_invariance import settings as drawn
from tfnets.studies.shift_invariance.settings import SCALES, Settings
from tfnets.theory import linearity, operators

__all__ = ["SCALES", "Settings", "run"]


@dataclass(frozen=True)
class Candidate:
    """An operator that may be a convolution, and how its shift equivariance is tried."""

    operator: linearity.Operator  # images -> images
    boundary: str = "wrap"  # or `interior`
    margin: int = 0  # outputs left out at each border


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Checks every operator, recovers kernels, keeps counterexamples, writes the report."""
    photos = _photos(settings, lab.store)
    rows = {
        name: run.part(f"check-{name}", partial(_check, run, name, candidate, photos, settings))
        for name, candidate in candidates(photos.shape[1:], settings, run.config.seed).items()
    }
    recovered = {
        name: run.part(f"recover-{name}", partial(compute, run, photos, settings.size))
        for name, compute in kernels.RECOVERIES.items()
    }
    numbers = {"operators": rows, "kernels": recovered, "tolerance": linearity.TOLERANCE}
    run.finish(numbers, page.write(run, settings, rows, recovered))


def candidates(shape: tuple[int, ...], settings: Settings, seed: int) -> dict[str, Candidate]:
    """The operators of study 6.2 and what belongs beside them, by name."""
    rng = np.random.default_rng(seed)
    values = int(np.prod(shape))
    matrix = rng.standard_normal((values, values), np.float32) / np.sqrt(np.float32(values))
    kernel = kernels.edge_filters(settings.size, shape[-1], 3, seed)
    padded = linearity.as_convolution(kernel, "same")
    return {
        "relu": Candidate(operators.relu),
        "max_pool": Candidate(operators.max_pool(2)),
        "max_pool_stride2": Candidate(operators.max_pool(2, 2)),
        "average_pool": Candidate(operators.average_pool(2)),
        "average_pool_stride2": Candidate(operators.average_pool(2, 2)),
        "add_constant": Candidate(operators.add_constant(settings.constant)),
        "dense_matrix": Candidate(operators.dense_matrix(matrix)),
        "convolution": Candidate(linearity.as_convolution(kernel, "wrap")),
        "padded_convolution": Candidate(padded),
        "padded_convolution_inside": Candidate(padded, "interior", settings.size // 2),
    }


def _photos(settings: Settings, store: DataStore) -> np.ndarray:
    images = store.images(settings.dataset, test=settings.images).x_test
    top, left = ((size - settings.side) // 2 for size in images.shape[1:3])
    if top < 0 or left < 0:
        raise InputError(
            f"The images of {settings.dataset} are smaller than {settings.side} pixels; give a "
            f"side of at most {min(images.shape[1:3])}."
        )
    return images[:, top : top + settings.side, left : left + settings.side]


def _check(
    run: Run, name: str, candidate: Candidate, photos: np.ndarray, settings: Settings
) -> dict[str, float]:
    """Worst errors on noise and on photographs of linear, affine and shift equivariance."""
    how = {"boundary": candidate.boundary, "margin": candidate.margin}
    shift = partial(linearity.check_shift_equivariance, **how)
    tries: dict[str, Callable[..., linearity.Check]] = {
        "linear": linearity.check_linearity,
        "affine": linearity.check_affine,
        "shift": shift,
        "shift_by_two": partial(shift, stride=2),
    }
    asked, trials = (candidate.operator, photos.shape[1:]), settings.trials
    kinds = product(tries.items(), {"noise": None, "photos": photos}.items())
    _keep(run, name, candidate.operator, photos)
    return {
        f"{name}_{where}": check(*asked, trials=trials, seed=run.config.seed, images=images).error
        for (name, check), (where, images) in kinds
    }


def _keep(run: Run, name: str, operator: linearity.Operator, photos: np.ndarray) -> None:
    """Keeps counterexamples on photographs where they are drawn: inputs, and both sides."""
    found: dict[str, linearity.Counterexample] = {}
    shape = photos.shape[1:]
    if name in drawn.NOT_LINEAR:
        check = linearity.check_linearity(operator, shape, trials=1, seed=1, images=photos)
        found["not-linear"] = check.worst
    if name in drawn.NOT_EQUIVARIANT:
        check = linearity.check_shift_equivariance(operator, shape, trials=4, seed=2, images=photos)
        found["not-equivariant"] = check.worst
    for kind, worst in found.items():
        run.save_array(f"samples/{kind}-{name}-inputs", np.stack(worst.inputs))
        run.save_array(f"samples/{kind}-{name}-sides", np.stack([worst.left, worst.right]))
