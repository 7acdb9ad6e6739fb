"""The page of study 6.2."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.report.content import Cells, Claim, Page
from tfnets.studies.shift_invariance import QUESTION, TITLE
from tfnets.studies.shift_invariance.settings import NOT_EQUIVARIANT, NOT_LINEAR, Settings
from tfnets.theory import linearity

NAMES = {  # how each operator is called on the page
    "relu": "ReLU",
    "max_pool": "max-pooling 2x2",
    "max_pool_stride2": "max-pooling 2x2, stride 2",
    "average_pool": "average pooling 2x2",
    "average_pool_stride2": "average pooling 2x2, stride 2",
    "add_constant": "adding a constant",
    "dense_matrix": "dense matrix",
    "convolution": "convolution, circular",
    "padded_convolution": "convolution, zeros around",
    "padded_convolution_inside": "the same, interior only",
}

CLAIMS = (  # claim, operator, property, and whether the origin says that the operator has it
    ("ReLU is not linear", "relu", "linear", False),
    ("Max-pooling is not linear", "max_pool", "linear", False),
    ("Strided pooling is linear", "average_pool_stride2", "linear", True),
    ("Strided pooling does not commute with shifts", "average_pool_stride2", "shift", False),
    ("Adding a constant is not linear", "add_constant", "linear", False),
    ("A dense matrix is linear", "dense_matrix", "linear", True),
    ("A dense matrix does not commute with shifts", "dense_matrix", "shift", False),
    ("A circular convolution is linear", "convolution", "linear", True),
    ("A circular convolution commutes with shifts", "convolution", "shift", True),
)

COLUMNS = {  # what a counterexample shows of either property
    "not-linear": ["x", "y", "f(ax + by)", "a f(x) + b f(y)", "|difference|"],
    "not-equivariant": ["x", "shifted x", "f(shifted x)", "shifted f(x)", "|difference|"],
}

NOTES = (
    "Shifts are circular. With zeros around the image, a convolution commutes with shifts "
    "only where the border is not seen: at least half a kernel inside.",
    "Pooling with stride 2 commutes with shifts by two pixels (its own result then moves by "
    "one), which is all that its smaller grid allows.",
    "Adding a constant is affine, not linear: it passes the check with a + b = 1.",
)

_MIDDLE = 0.5  # the grey that stands for 0


def write(
    run: Run, settings: Settings, rows: dict[str, dict], kernels: dict[str, dict]
) -> dict[str, Any]:
    """Decides the origin's statements, tabulates both properties, draws counterexamples."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [_claim(settings, rows, *claim) for claim in CLAIMS]
    page.claims.append(_rebuilt(kernels))
    page.table("Has the property? (worst relative error)", *_properties(rows))
    page.table("Recovered from single pixels", *_recovered(kernels))
    page.figure(
        "not_linear",
        _examples(run, "not-linear", NOT_LINEAR, settings.side),
        "For operators that are not linear: x, y, both sides of the identity on one scale, and "
        "where they differ (white is the most; a constant makes the same difference everywhere).",
    )
    page.figure(
        "not_equivariant",
        _examples(run, "not-equivariant", NOT_EQUIVARIANT, settings.side),
        "For operators that do not commute with shifts: x, the shifted x, both sides on one "
        "scale, and where they differ (white is the most).",
    )
    text = (
        "Kernels and what was recovered from single pixels; grey is 0, each filter has its scale."
    )
    page.figure("kernels", _kernels(run), text)
    page.note(*NOTES)
    return page.as_json()


def worst(row: dict[str, float], name: str) -> float:
    """The larger of a check's errors on noise and on photographs."""
    return max(row[f"{name}_noise"], row[f"{name}_photos"])


def _claim(
    settings: Settings, rows: dict[str, dict], claim: str, name: str, kind: str, holds: bool
) -> Claim:
    errors = [rows[name][f"{kind}_{where}"] for where in ("noise", "photos")]
    identity = "f(ax + by) = a f(x) + b f(y)" if kind == "linear" else "f(shift x) = shift f(x)"
    return findings.agreed(
        claim,
        [(error <= linearity.TOLERANCE) == holds for error in errors],
        ours=max(errors),
        whose="origin",
        note=f"worst relative error of {identity} in {settings.trials} trials on noise and as many "
        f"on photographs; it holds if at most {linearity.TOLERANCE:g}",
    )


def _rebuilt(kernels: dict[str, dict]) -> Claim:
    errors = [max(row["rebuilt_noise"], row["rebuilt_photos"]) for row in kernels.values()]
    return findings.agreed(
        "An operator that is both is the convolution with its impulse response",
        [error <= linearity.TOLERANCE for error in errors],
        ours=max(errors),
        whose="origin",
        note=f"worst relative error of {len(kernels)} operators rebuilt from single pixels",
    )


def _properties(rows: dict[str, dict]) -> Cells:
    def cells(row: dict[str, float]) -> list[str]:
        errors = [worst(row, kind) for kind in ("linear", "affine", "shift", "shift_by_two")]
        return [f"{'yes' if e <= linearity.TOLERANCE else 'no'} ({e:.1g})" for e in errors]

    columns = ["operator", "linear", "affine", "commutes with shifts"]
    return [*columns, "by two pixels to half as many"], [
        [NAMES[name], *cells(row)] for name, row in rows.items()
    ]


def _recovered(kernels: dict[str, dict]) -> Cells:
    names = {
        "layer": "a Conv2D layer, zeros around",
        "two_layers": "two Conv2D layers, valid, no ReLU",
        "average_pool": "average pooling 2x2, circular",
    }
    columns = ["operator", "kernel", "error of the kernel"]
    errors = ("kernel_error", "rebuilt_noise", "rebuilt_photos")
    return [*columns, "rebuilt, on noise", "rebuilt, on photos"], [
        [names[name], f"{row['rows']} x {row['columns']}", *(row[key] for key in errors)]
        for name, row in kernels.items()
    ]


def _examples(run: Run, kind: str, names: Sequence[str], side: int) -> Figure:
    """Counterexamples: inputs, both sides of the identity, and their difference."""
    cells = []
    for name in names:
        own = f"samples/{kind}-{name}"
        inputs, sides = (run.load_array(f"{own}-{part}") for part in ("inputs", "sides"))
        difference = np.abs(sides[0] - sides[1])
        cells += [*inputs, *_stretched(sides), difference / (difference.max() or 1)]
    images = np.stack([_enlarged(cell, side) for cell in cells]).astype(np.float32)
    rows = [NAMES[name].replace(", ", ",\n") for name in names]
    return figures.image_grid(images, columns=5, row_labels=rows, column_labels=COLUMNS[kind])


def _stretched(values: np.ndarray) -> np.ndarray:
    """Maps values to [0, 1] by their common minimum and maximum."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low or 1)


def _enlarged(image: np.ndarray, side: int) -> np.ndarray:
    """Repeats pixels until a smaller result is as large as the input; grey becomes RGB."""
    factor = side // len(image)
    image = np.broadcast_to(image, (*image.shape[:2], 3))
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def _kernels(run: Run) -> Figure:
    arrays, labels = [], []
    for name, text in {"layer": "Conv2D", "two_layers": "two Conv2D"}.items():
        for kind in ("true", "recovered"):
            kernel = run.load_array(f"{name}_{kind}")
            peaks = np.abs(kernel).max(axis=(0, 1, 2))
            arrays.append(np.moveaxis(_MIDDLE + _MIDDLE * kernel / peaks, 3, 0))
            labels.append(f"{text},\n{kind}" if kind == "true" else f"{text},\nfrom pixels")
    side = max(array.shape[1] for array in arrays)
    images = np.concatenate([_framed(array, side) for array in arrays])
    columns = [f"filter {number}" for number in range(1, len(arrays[0]) + 1)]
    names = {"row_labels": labels, "column_labels": columns}
    return figures.image_grid(np.clip(images, 0, 1), columns=len(columns), **names)


def _framed(images: np.ndarray, side: int) -> np.ndarray:
    """Sets smaller kernels into the middle of a white square."""
    edge = (side - images.shape[1]) // 2
    around = ((0, 0), (edge, edge), (edge, edge), (0, 0))
    return np.pad(images, around, constant_values=1).astype(np.float32)
