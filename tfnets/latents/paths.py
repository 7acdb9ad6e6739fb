"""Ways from one latent vector to another."""

import numpy as np

from tfnets.errors import InputError
from tfnets.latents.prior import rows

PARALLEL = 1e-4
"""Angle in radians below which an arc is a straight line, to rounding."""


def linear(first: np.ndarray, last: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The straight lines between vectors (n, dim) at place 0 and those at place 1.

    The places on the way (m,) go from 0 to 1; the lines are float32 (n, m, dim).

    Raises:
        InputError: Vectors that are not finite or of different shapes, or no places.
    """
    first, last, places = _checked(first, last, places)
    return first[:, None] * (1 - places) + last[:, None] * places


def spherical(
    first: np.ndarray, last: np.ndarray, places: np.ndarray, centre: np.ndarray | float = 0.0
) -> np.ndarray:
    """The arcs between vectors, as seen from a centre (Shoemake 1985; White 2016).

    The direction turns with constant speed in the plane of the two; the distance from the centre
    goes evenly from one to the other. So between draws of N(0, 1)^dim the norm stays typical, while
    a straight line passes nearer to 0. Opposite directions have no shortest arc, and equal ones
    need none: both go straight.

    Arguments and result are as in `linear`; the centre is a vector (dim,) or one value for all
    coordinates.

    Raises:
        InputError: As in `linear`, or a vector at the centre, which has no direction.
    """
    first, last, places = _checked(first, last, places)
    centre = np.asarray(centre, np.float64)  # Half the digits are lost in an arccos near 1.
    a, b = first - centre, last - centre
    norms = [np.linalg.norm(v, axis=1)[:, None, None] for v in (a, b)]
    if min(norm.min() for norm in norms) == 0:
        raise InputError(
            "A vector at the centre has no direction; give other vectors or another centre."
        )
    units = [v[:, None] / norm for v, norm in zip((a, b), norms, strict=True)]
    angle = np.arccos(np.clip((units[0] * units[1]).sum(axis=2, keepdims=True), -1, 1))
    straight = np.minimum(angle, np.pi - angle) < PARALLEL
    sine = np.where(straight, 1, np.sin(angle))
    before = np.where(straight, 1 - places, np.sin((1 - places) * angle) / sine)
    after = np.where(straight, places, np.sin(places * angle) / sine)
    radius = norms[0] * (1 - places) + norms[1] * places
    path = centre + radius * (before * units[0] + after * units[1])
    return path.astype(np.float32)


def _checked(
    first: np.ndarray, last: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both ends as float32 (n, dim) and the places as (m, 1)."""
    first, last = rows(first, "first vectors"), rows(last, "last vectors")
    if first.shape != last.shape:
        raise InputError(
            f"The ends of the paths have the shapes {first.shape} and {last.shape}; give as many "
            "vectors of one size."
        )
    places = np.asarray(places, np.float32)
    if places.ndim != 1 or not places.size:
        raise InputError("A path needs places in one dimension; give numbers from 0 to 1.")
    return first, last, places[:, None]
