"""Figures and claims of study 6.2."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.shift_invariance import QUESTION, TITLE
from tfnets.studies.shift_invariance.settings import Case, Settings
from tfnets.theory import linearity

NAMES = {
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
"""How each operator is called on the page."""

CLAIMS = (
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
"""Claim, operator, property, and whether the origin says that the operator has it."""

_MIDDLE = 0.5  # the grey that stands for 0


def draw(run: Run, photos: np.ndarray, cases: dict[str, Case]) -> None:
    """Saves counterexamples to both properties, and kernels beside the recovered ones."""
    run.save_figure("not_linear", _not_linear(photos, cases))
    run.save_figure("not_equivariant", _not_equivariant(photos, cases))
    run.save_figure("kernels", _kernels(run))


def report(settings: Settings, rows: dict[str, dict], kernels: dict[str, dict]) -> Report:
    """Decides the origin's statements and tabulates both properties of each operator."""
    report = Report("shift_invariance", TITLE, QUESTION)
    report.claims += [_claim(settings, rows, *claim) for claim in CLAIMS]
    report.claims.append(_rebuilt(kernels))
    report.tables += [_properties(rows), _recovered(kernels)]
    report.figure(
        "not_linear.png",
        "For operators that are not linear: x, y, both sides of the identity on one scale, and "
        "where they differ (white is the most; a constant makes the same difference everywhere).",
    )
    report.figure(
        "not_equivariant.png",
        "For operators that do not commute with shifts: x, the shifted x, both sides on one "
        "scale, and where they differ (white is the most).",
    )
    report.figure(
        "kernels.png",
        "Kernels and what was recovered from single pixels; grey is 0, each filter has its scale.",
    )
    report.notes += [
        "Shifts are circular. With zeros around the image, a convolution commutes with shifts "
        "only where the border is not seen: at least half a kernel inside.",
        "Pooling with stride 2 commutes with shifts by two pixels (its own result then moves by "
        "one), which is all that its smaller grid allows.",
        "Adding a constant is affine, not linear: it passes the check with a + b = 1.",
    ]
    return report


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
        note=f"worst relative error of {identity} in {settings.trials} trials on noise and as many "
        f"on photographs; it holds if at most {linearity.TOLERANCE:g}",
    )


def _rebuilt(kernels: dict[str, dict]) -> Claim:
    errors = [max(row["rebuilt_noise"], row["rebuilt_photos"]) for row in kernels.values()]
    return findings.agreed(
        "An operator that is both is the convolution with its impulse response",
        [error <= linearity.TOLERANCE for error in errors],
        ours=max(errors),
        note=f"worst relative error of {len(kernels)} operators rebuilt from single pixels",
    )


def _properties(rows: dict[str, dict]) -> Table:
    def cells(row: dict[str, float]) -> list[str]:
        errors = [worst(row, kind) for kind in ("linear", "affine", "shift", "shift_by_two")]
        return [f"{'yes' if e <= linearity.TOLERANCE else 'no'} ({e:.1g})" for e in errors]

    return Table(
        "Has the property? (worst relative error)",
        ["operator", "linear", "affine", "commutes with shifts", "by two pixels to half as many"],
        [[NAMES[name], *cells(row)] for name, row in rows.items()],
    )


def _recovered(kernels: dict[str, dict]) -> Table:
    names = {
        "layer": "a Conv2D layer, zeros around",
        "two_layers": "two Conv2D layers, valid, no ReLU",
        "average_pool": "average pooling 2x2, circular",
    }
    return Table(
        "Recovered from single pixels",
        ["operator", "kernel", "error of the kernel", "rebuilt, on noise", "rebuilt, on photos"],
        [
            [
                names[name],
                f"{row['rows']} x {row['columns']}",
                *(row[key] for key in ("kernel_error", "rebuilt_noise", "rebuilt_photos")),
            ]
            for name, row in kernels.items()
        ],
    )


def _not_linear(photos: np.ndarray, cases: dict[str, Case]) -> Figure:
    names = ["relu", "max_pool", "add_constant"]
    columns = ["x", "y", "f(ax + by)", "a f(x) + b f(y)", "|difference|"]
    examples = [
        linearity.check_linearity(
            cases[name].operator, photos.shape[1:], trials=1, seed=1, images=photos
        ).worst
        for name in names
    ]
    return _examples(names, columns, examples, photos.shape[1])


def _not_equivariant(photos: np.ndarray, cases: dict[str, Case]) -> Figure:
    names = ["max_pool_stride2", "average_pool_stride2", "dense_matrix", "padded_convolution"]
    columns = ["x", "shifted x", "f(shifted x)", "shifted f(x)", "|difference|"]
    examples = [
        linearity.check_shift_equivariance(
            cases[name].operator, photos.shape[1:], trials=4, seed=2, images=photos
        ).worst
        for name in names
    ]
    return _examples(names, columns, examples, photos.shape[1])


def _examples(
    names: list[str], columns: list[str], examples: list[linearity.Counterexample], side: int
) -> Figure:
    cells = []
    for example in examples:
        both = np.stack([example.left, example.right])
        difference = np.abs(both[0] - both[1])
        cells += [*example.inputs, *_stretched(both), difference / (difference.max() or 1)]
    images = np.stack([_enlarged(cell, side) for cell in cells]).astype(np.float32)
    rows = [NAMES[name].replace(", ", ",\n") for name in names]
    return figures.image_grid(images, columns=5, row_labels=rows, column_labels=columns)


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
    return figures.image_grid(
        np.clip(images, 0, 1), columns=len(columns), row_labels=labels, column_labels=columns
    )


def _framed(images: np.ndarray, side: int) -> np.ndarray:
    """Sets smaller kernels into the middle of a white square."""
    edge = (side - images.shape[1]) // 2
    around = ((0, 0), (edge, edge), (edge, edge), (0, 0))
    return np.pad(images, around, constant_values=1).astype(np.float32)
