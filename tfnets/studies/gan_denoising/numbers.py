"""Numbers of study 5.4 over its seeds."""

from typing import Any

from tfnets.lab.seeds import estimate
from tfnets.studies.gan_denoising.settings import Settings

NUMBERS = {
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "accuracy": "judge's accuracy",
    "frechet": "Frechet distance",
    "spectral": "log-spectral distance (dB)",
}
"""What is measured, and what tables and figures call it."""


def over_seeds(
    settings: Settings, rows: dict[str, list[dict[str, float]]], real: dict[str, float]
) -> dict[str, Any]:
    """Means over seeds of each method's numbers, with their values; `real` is of clean images."""
    methods = {}
    for name, seeds in rows.items():
        values = {key: [one[key] for one in seeds] for key in NUMBERS}
        methods[name] = {key: estimate(each) | {"each": each} for key, each in values.items()}
    return {
        "methods": methods, "real": real, "images": settings.test_images, "seeds": settings.repeats
    }  # fmt: skip
