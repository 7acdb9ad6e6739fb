"""Crops of photographs, and noise on them."""

from dataclasses import dataclass

import numpy as np

from tfnets.errors import InputError

NOISES = ("laplace", "gaussian")  # kinds of noise


@dataclass(frozen=True)
class Noise:
    """One kind of noise at one level."""

    kind: str  # `laplace` or `gaussian`
    sigma: float  # standard deviation in pixel units

    @property
    def name(self) -> str:
        """What its parts of the run and its numbers begin with."""
        return f"{self.kind}-{self.sigma:g}"


def spread_crops(photos: dict[str, np.ndarray], size: int, count: int, seed: int) -> np.ndarray:
    """Random crops that do not overlap, equally many of each photograph (give or take one).

    Of colour photographs (height, width, 3) in [0, 1] by name, shape (count, size, size, 3).

    Raises:
        InputError: A photograph is too small for its share.
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for place, (name, photo) in enumerate(photos.items()):
        share = count // len(photos) + (place < count % len(photos))
        rows, columns = photo.shape[0] // size, photo.shape[1] // size
        if rows * columns < share:
            raise InputError(
                f"The photograph {name} has {rows * columns} crops of {size} x {size} pixels that "
                f"do not overlap, not {share}; set a smaller size, or fewer images."
            )
        for crop in rng.permutation(rows * columns)[:share]:
            top, left = (size * int(part) for part in divmod(crop, columns))
            chosen.append(photo[top : top + size, left : left + size])
    return np.stack(chosen).astype(np.float32)


def corrupted(clean: np.ndarray, noise: str, sigma: float, seed: int) -> np.ndarray:
    """Adds noise of variance sigma^2; the values may leave [0, 1].

    It is `laplace` (of scale sigma / sqrt(2)) or `gaussian`; images are of any shape.
    """
    rng = np.random.default_rng((seed, NOISES.index(noise)))
    if noise == "laplace":
        return (clean + rng.laplace(0, sigma / np.sqrt(2), clean.shape)).astype(np.float32)
    return (clean + rng.normal(0, sigma, clean.shape)).astype(np.float32)
