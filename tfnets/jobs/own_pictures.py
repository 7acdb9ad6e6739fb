"""What the jobs on a person's own pictures share: which backgrounds there are."""

import numpy as np

from tfnets.errors import InputError

BACKGROUNDS = ("auto", "dark", "light")


def light_edges(images: np.ndarray) -> bool:
    """Whether the pixels along the edges of images (n, h, w, c) are light by their median."""
    edges = [images[:, [0, -1]].ravel(), images[:, :, [0, -1]].ravel()]
    return bool(np.median(np.concatenate(edges)) > 0.5)


def require_background(background: str) -> None:
    """Refuses a background that `denoise` does not know.

    Raises:
        InputError: Naming those that it knows.
    """
    if background not in BACKGROUNDS:
        raise InputError(
            f"There is no background {background!r}; choose from {', '.join(BACKGROUNDS)}."
        )
