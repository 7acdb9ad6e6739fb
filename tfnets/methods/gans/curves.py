"""Quality of generators, against the steps of their training and by class, as studies show it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.metrics import Estimate


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
            key: np.array([Estimate.from_json(point[key]).bar for point in curve])
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


def class_coverage(numbers: Mapping[str, Any]) -> Figure:
    """Draws how much of each class is covered, beside training images in the samples' place.

    Args:
        numbers: `networks` (for each name `coverage_per_class`, a list of `{"mean", "ci95"}`) and
            `coverage_real` (a list of `{"label", "coverage"}`).
    """
    bars = {
        name: [Estimate.from_json(value).bar for value in row["coverage_per_class"]]
        for name, row in numbers["networks"].items()
    }
    bars["real images"] = [(row["coverage"],) * 3 for row in numbers["coverage_real"]]
    labels = [str(row["label"]) for row in numbers["coverage_real"]]
    return figures.bars(labels, bars, ylabel="coverage of the class")


def class_rows(
    numbers: Mapping[str, Any], cell: Callable[[Mapping[str, Any]], Any]
) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of a table of agreement and coverage by class.

    Args:
        numbers: As `class_coverage` takes them; `judge` and each network's `agreement_pooled` are
            those of `metrics.label_agreement`.
        cell: What is shown of the agreement with one class.
    """
    networks = numbers["networks"]
    rows = []
    for i, real in enumerate(numbers["coverage_real"]):
        row = [str(real["label"]), cell(numbers["judge"]["per_class"][i]), real["coverage"]]
        for network in networks.values():
            row.append(cell(network["agreement_pooled"]["per_class"][i]))
            row.append(network["coverage_per_class"][i]["mean"])
        rows.append(row)
    kinds = ("agreement", "coverage")
    return ["digit", *(f"{name}, {kind}" for name in ("real", *networks) for kind in kinds)], rows
