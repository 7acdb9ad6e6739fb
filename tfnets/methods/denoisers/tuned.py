"""Denoisers of scikit-image for small grey images, each with the settings that suit it best.

Candidates are compared by mean PSNR on images that are not counted. All are told the true standard
deviation of the noise and, where the image is blurred, the true blur.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

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
    """One method at one setting.

    Attributes:
        label: The setting, in words.
        restore: Spoilt image (height, width) -> image.
    """

    label: str
    restore: Callable[[np.ndarray], np.ndarray]

    def images(self, spoilt: np.ndarray) -> np.ndarray:
        """Restores (n, height, width, 1), clipped to [0, 1], float32."""
        found = np.stack([self.restore(image[..., 0]) for image in spoilt])
        return np.clip(found[..., np.newaxis], 0, 1).astype(np.float32)


def candidates(method: str, case: Spoiling) -> list[Candidate]:
    """The grid of a method of `TITLES` for images that are spoilt in a known way."""
    return _GRIDS[method](case)


def chosen(
    grid: Sequence[Candidate], clean: np.ndarray, spoilt: np.ndarray
) -> tuple[Candidate, dict[str, float]]:
    """The candidate with the highest mean PSNR, and that of each label.

    Args:
        grid: Candidates.
        clean: Originals (n, height, width, 1).
        spoilt: What they are restored from.
    """
    tried = {one.label: float(psnr(clean, one.images(spoilt)).mean()) for one in grid}
    return max(grid, key=lambda one: tried[one.label]), tried


def _total_variation(case: Spoiling) -> list[Candidate]:
    return [
        Candidate(
            f"weight {strength:g} sigma",
            partial(
                restoration.denoise_tv_chambolle, weight=strength * case.sigma, eps=1e-5,
                max_num_iter=200,
            ),
        )
        for strength in (0.15, 0.25, 0.35, 0.5, 0.65, 0.8, 1.0, 1.3)
    ]  # fmt: skip


def _non_local_means(case: Spoiling) -> list[Candidate]:
    """Patches weighted by a Gaussian, which is slower and better than those of the fast mode."""
    return [
        Candidate(
            f"h {strength:g} sigma, patches of {size}",
            partial(
                restoration.denoise_nl_means, patch_size=size, patch_distance=6,
                h=strength * case.sigma, sigma=case.sigma, fast_mode=False,
            ),
        )
        for size in (3, 5, 7)
        for strength in (0.2, 0.4, 0.6, 0.8, 1.0, 1.25)
    ]  # fmt: skip


def _wiener(case: Spoiling) -> list[Candidate]:
    psf = kernel(case.blur, KERNEL)
    return [
        Candidate(
            f"balance {balance:g}",
            partial(restoration.wiener, psf=psf, balance=balance, clip=False),
        )
        for balance in (3e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2)
    ]


def _richardson_lucy(case: Spoiling) -> list[Candidate]:
    psf = kernel(case.blur, KERNEL)

    def restore(image: np.ndarray, steps: int) -> np.ndarray:
        # Its model is a count of photons, which cannot be negative.
        return restoration.richardson_lucy(np.clip(image, 0, 1), psf, num_iter=steps)

    return [
        Candidate(f"{steps} steps", partial(restore, steps=steps))
        for steps in (10, 30, 60, 100, 200)
    ]


_GRIDS = {
    "total_variation": _total_variation,
    "non_local_means": _non_local_means,
    "wiener": _wiener,
    "richardson_lucy": _richardson_lucy,
}
