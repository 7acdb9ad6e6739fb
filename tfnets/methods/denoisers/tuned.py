"""Denoisers of scikit-image for small grey images, each with the settings that suit it best.

Candidates are compared by mean PSNR on images that are not counted. All are told the true standard
deviation of the noise and, where the image is blurred, the true blur.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from skimage import restoration

from tfnets.methods.denoisers.spoiling import Spoiling, kernel
from tfnets.metrics.pictures import psnr

TITLES = {  # how figures and tables call each method
    "total_variation": "total variation",
    "non_local_means": "non-local means",
    "wiener": "Wiener filter",
    "richardson_lucy": "Richardson-Lucy",
}

DENOISERS = ("total_variation", "non_local_means")
DEBLURRERS = ("wiener", "richardson_lucy")

KERNEL = 15  # rows and columns of the blur that the deblurrers are told


def suited(case: Spoiling) -> tuple[str, ...]:
    """The methods for images that are spoilt in a known way."""
    return (*DENOISERS, *DEBLURRERS) if case.blur else DENOISERS


@dataclass(frozen=True)
class Candidate:
    """One method at one setting, which the label says in words."""

    label: str
    restore: Callable[[np.ndarray], np.ndarray]  # spoilt image (height, width) -> image

    def images(self, spoilt: np.ndarray) -> np.ndarray:
        """Restores (n, height, width, 1), clipped to [0, 1], float32."""
        found = np.stack([self.restore(image[..., 0]) for image in spoilt])
        return np.clip(found[..., np.newaxis], 0, 1).astype(np.float32)


def chosen(
    grid: Sequence[Candidate], clean: np.ndarray, spoilt: np.ndarray
) -> tuple[Candidate, dict[str, float]]:
    """The candidate that restores `clean` (n, height, width, 1) best: mean PSNR, also by label."""
    tried = {one.label: float(psnr(clean, one.images(spoilt)).mean()) for one in grid}
    return max(grid, key=lambda one: tried[one.label]), tried


def candidates(method: str, case: Spoiling) -> list[Candidate]:
    """The grid of a method of `TITLES` for images that are spoilt in a known way."""
    if method == "total_variation":
        restore = partial(restoration.denoise_tv_chambolle, eps=1e-5, max_num_iter=200)
        return [
            Candidate(f"weight {by:g} sigma", partial(restore, weight=by * case.sigma))
            for by in (0.15, 0.25, 0.35, 0.5, 0.65, 0.8, 1.0, 1.3)
        ]
    if method == "non_local_means":
        # Patches weighted by a Gaussian, which is slower and better than those of the fast mode.
        restore = partial(restoration.denoise_nl_means, patch_distance=6, fast_mode=False)
        told = partial(restore, sigma=case.sigma)
        return [
            Candidate(
                f"h {by:g} sigma, patches of {size}",
                partial(told, patch_size=size, h=by * case.sigma),
            )
            for size in (3, 5, 7)
            for by in (0.2, 0.4, 0.6, 0.8, 1.0, 1.25)
        ]
    psf = kernel(case.blur, KERNEL)
    if method == "wiener":
        restore = partial(restoration.wiener, psf=psf, clip=False)
        balances = (3e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2)
        return [Candidate(f"balance {one:g}", partial(restore, balance=one)) for one in balances]
    # The model of Richardson and Lucy is a count of photons, which cannot be negative.
    restore = partial(_richardson_lucy, psf=psf)
    counts = (10, 30, 60, 100, 200)
    return [Candidate(f"{count} steps", partial(restore, num_iter=count)) for count in counts]


def _richardson_lucy(image: np.ndarray, **settings: Any) -> np.ndarray:
    return restoration.richardson_lucy(np.clip(image, 0, 1), **settings)
