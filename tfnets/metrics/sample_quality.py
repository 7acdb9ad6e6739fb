"""All measures of one generated sample against real images, at one sample size."""

from dataclasses import asdict

import numpy as np

from tfnets.metrics.frechet import frechet_distance
from tfnets.metrics.labels import label_histogram
from tfnets.metrics.neighbours import prdc

Judged = dict[str, np.ndarray]
"""What the judge says of n images: `features` (n, d) and `probabilities` (n, classes)."""


def sample_quality(
    real: Judged, other_real: Judged, fake: Judged, labels: np.ndarray
) -> dict[str, float | int | list]:
    """Frechet distance, precision, recall, density, coverage and label histogram of a sample.

    Args:
        real: Judged real images, the reference.
        other_real: As many other real images: what a perfect generator would reach.
        fake: Judged generated images, as many.
        labels: True labels (n,) of `real`, which the label histograms are compared with.

    Returns:
        `frechet`, `precision`, `recall`, `density`, `coverage`, `modes`, `kl`, `histogram`, `n`,
        and each but the last two again, ending in `_real`, for `other_real` in the fakes' place.

    Raises:
        ValueError: The three samples differ in size.
    """
    sizes = {len(sample["features"]) for sample in (real, other_real, fake)}
    if len(sizes) != 1:
        raise ValueError(f"The three samples must be of one size, but have {sorted(sizes)} rows.")
    ceiling = _against(real, other_real, labels)
    return _against(real, fake, labels) | {
        f"{name}_real": value for name, value in ceiling.items() if name not in {"n", "histogram"}
    }


def _against(real: Judged, sample: Judged, labels: np.ndarray) -> dict[str, float | int | list]:
    classes = real["probabilities"].shape[1]
    return {
        "frechet": frechet_distance(real["features"], sample["features"]),
        **asdict(prdc(real["features"], sample["features"])),
        **label_histogram(sample["probabilities"].argmax(axis=1), labels, classes),
    }
