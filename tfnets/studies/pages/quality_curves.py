"""Quality of generators against the steps of their training, as the GAN studies draw it."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from tfnets import figures


def frechet_curves(numbers: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Draws the Frechet distance against generator updates, and what real images reach.

    Args:
        numbers: For each line's label a summary of `gan_quality.summary`.

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
