"""Quality of generators against the steps of their training, as the GAN studies draw it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures


def frechet_curves(numbers: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Draws the Frechet distance against generator updates, and what real images reach.

    Args:
        numbers: For each line's label a summary of `quality.summary`.

    Returns:
        The figure: logarithmic, with 95 % intervals cut off at the real images' distance.
    """
    real = next(iter(numbers.values()))["frechet_real"]
    lines, bands = {}, {}
    for name, summary in numbers.items():
        steps = [point["step"] for point in summary["points"]]
        values = [point["frechet"] for point in summary["points"]]
        lines[name] = (steps, values)
        ends = [
            point.get("frechet_ci95", (v, v))
            for point, v in zip(summary["points"], values, strict=True)
        ]
        bands[name] = (
            [min(max(low, real), high) for low, high in ends],
            [high for _, high in ends],
        )
    return figures.curves(
        lines,
        xlabel="generator updates",
        ylabel="Frechet distance to test images",
        logy=True,
        bands=bands,
        reference=(real, f"real {real:.2f}"),
    )


def label_curves(numbers: Mapping[str, Any]) -> tuple[Figure, Figure]:
    """Draws what the studies of conditional GANs measure while they train.

    Args:
        numbers: `networks` (for each line's label a `curve`, a list of points with `step`, `n`,
            `agreement` and `frechet`, the last two as `{"mean", "ci95"}`), `judge` (its agreement
            on real images) and `curve_frechet_real`.

    Returns:
        The share of images that the judge takes for another class than was asked for, and the
        Frechet distance, both logarithmic against generator updates with 95 % intervals; dashed
        are real images.
    """
    curves = {name: row["curve"] for name, row in numbers["networks"].items()}
    least = 0.5 / next(iter(curves.values()))[0]["n"]
    steps = {name: [point["step"] for point in curve] for name, curve in curves.items()}
    ends = {
        name: {
            key: np.array([_ends(point[key]) for point in curve])
            for key in ("agreement", "frechet")
        }
        for name, curve in curves.items()
    }
    error = {name: np.clip(1 - value["agreement"], least, 1) for name, value in ends.items()}
    real = 1 - numbers["judge"]["mean"]
    errors = figures.curves(
        {name: (steps[name], value[:, 0]) for name, value in error.items()},
        bands={name: (value[:, 2], value[:, 1]) for name, value in error.items()},
        xlabel="generator updates", ylabel="share judged to be another digit", logy=True,
        reference=(real, f"real {real:.4f}") if real > 0 else None,
    )  # fmt: skip
    floor = numbers["curve_frechet_real"]
    distances = figures.curves(
        {name: (steps[name], value["frechet"][:, 0]) for name, value in ends.items()},
        bands={
            name: tuple(np.maximum(value["frechet"][:, 1:], floor).T)
            for name, value in ends.items()
        },
        xlabel="generator updates", ylabel="Frechet distance to test images", logy=True,
        reference=(floor, f"real {floor:.2f}"),
    )  # fmt: skip
    return errors, distances


def _ends(value: Mapping[str, Any]) -> tuple[float, float, float]:
    return (value["mean"], *value.get("ci95", [value["mean"]] * 2))
