"""All measures of one generated sample against real images, at one sample size."""

from dataclasses import asdict

import numpy as np

from tfnets.metrics.frechet import frechet_distance
from tfnets.metrics.kid import kernel_distance
from tfnets.metrics.modes import label_histogram
from tfnets.metrics.neighbours import prdc

Judged = dict[str, np.ndarray]
"""What the judge says of n images: `features` (n, d) and `probabilities` (n, classes)."""

Numbers = dict[str, float | int | list]

SUBSETS = 20
"""Subsets of the kernel distance: enough for three digits, and a second of work."""


def sample_quality(real: Judged, other_real: Judged, fake: Judged, labels: np.ndarray) -> Numbers:
    """Distances, precision, recall, density, coverage and label histogram of a sample.

    Args:
        real: Judged real images, the reference.
        other_real: As many other real images: what a perfect generator would reach.
        fake: Judged generated images, as many.
        labels: True labels (n,) of `real`, which the label histograms are compared with.

    Returns:
        `frechet`, `kid` (mean over 20 subsets), `precision`, `recall`, `density`, `coverage`,
        `modes`, `kl`, `histogram`, `n`, and each but the last two again, ending in `_real`, for
        `other_real` in the fakes' place.

    Raises:
        ValueError: The three samples differ in size.
    """
    sizes = {len(sample["features"]) for sample in (real, other_real, fake)}
    if len(sizes) != 1:
        raise ValueError(f"The three samples must be of one size, but have {sorted(sizes)} rows.")
    return sample_numbers(real, fake, labels) | ceiling(real, other_real, labels)


def sample_numbers(real: Judged, sample: Judged, labels: np.ndarray) -> Numbers:
    """The numbers of `sample_quality` for one sample, without those that end in `_real`."""
    classes = real["probabilities"].shape[1]
    pair = real["features"], sample["features"]
    return {
        "frechet": frechet_distance(*pair),
        "kid": kernel_distance(*pair, subsets=SUBSETS).mean,
        **asdict(prdc(*pair)),
        **label_histogram(sample["probabilities"].argmax(axis=1), labels, classes),
    }


def ceiling(real: Judged, other_real: Judged, labels: np.ndarray) -> Numbers:
    """What a perfect generator would reach: `sample_numbers` of real images, ending in `_real`."""
    numbers = sample_numbers(real, other_real, labels)
    return {
        f"{name}_real": value for name, value in numbers.items() if name not in {"n", "histogram"}
    }
