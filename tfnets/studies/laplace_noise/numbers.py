"""The numbers of study 6.6: PSNR of each method, and differences in pairs."""

from typing import Any

import numpy as np

from tfnets import metrics

ByMethod = dict[str, dict[str, Any]]
"""Method -> its part of the run: `psnr` per image, `strength`, `tried`."""

ByNoise = dict[str, ByMethod]  # noise (`laplace-0.1`) -> what was measured on it


def shown(count: int) -> np.ndarray:
    """Indices of the images that figures show, spread over the photographs."""
    return np.unique(np.linspace(0, count - 1, 5).round().astype(int))


def summary(row: ByMethod) -> dict[str, dict]:
    """Numbers of one noise: PSNR of each method, and Laplace minus Gaussian likelihood in pairs."""
    numbers = {name: _psnr(found) for name, found in row.items()}
    paired = gain(row, "laplace", "gaussian")
    numbers["laplace_minus_gaussian"] = paired.difference.as_json() | {"p_value": paired.p_value}
    return numbers


def gain(row: ByMethod, method: str, other: str) -> metrics.Paired:
    """PSNR of a method minus that of another, image by image."""
    return metrics.paired_test(row[method]["psnr"], row[other]["psnr"])


def _psnr(found: dict[str, Any]) -> dict[str, Any]:
    psnr = metrics.mean_ci95(found["psnr"]).as_json()
    return psnr | ({"strength": found["strength"]} if "strength" in found else {})
