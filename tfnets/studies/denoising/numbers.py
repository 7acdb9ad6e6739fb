"""The numbers of study 5.2: over seeds, over test images, and of one method beside another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets import metrics
from tfnets.metrics import Estimate
from tfnets.studies.denoising.settings import Settings

Restorations = dict[str, dict[str, Any]]
"""Method -> `psnr` and `ssim` of each image (networks: mean over seeds), and more."""


def over_seeds(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean over seeds for each image, and the mean over images for each seed."""
    row = {key: np.mean([one[key] for one in found], axis=0).tolist() for key in ("psnr", "ssim")}
    return row | {"by_seed": [float(np.mean(one["psnr"])) for one in found]}


def summary(settings: Settings, rows: dict[str, Restorations]) -> dict[str, Any]:
    """Means over the test images of each method and case, with 95 % intervals."""
    found = {
        case: {method: _means(row, methods["spoilt"]) for method, row in methods.items()}
        for case, methods in rows.items()
    }
    return {"cases": found, "images": settings.test_images, "seeds": settings.repeats}


def difference(row: Restorations, one: str, other: str) -> Estimate:
    """PSNR of one method minus that of another, in pairs of the same image."""
    return metrics.paired_test(row[one]["psnr"], row[other]["psnr"]).difference


def best(row: Restorations, among: Sequence[str]) -> str:
    """The method with the highest mean PSNR on the test images."""
    return max(among, key=lambda name: np.mean(row[name]["psnr"]))


def _means(row: dict[str, Any], spoilt: dict[str, Any]) -> dict[str, Any]:
    gain = metrics.paired_test(row["psnr"], spoilt["psnr"]).difference
    found = {key: metrics.mean_ci95(row[key]).as_json() for key in ("psnr", "ssim")}
    kept = {key: row[key] for key in ("setting", "by_seed") if key in row}
    return found | {"gain": gain.as_json()} | kept
