"""Moving texts that lie on each other apart."""

import itertools

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 200


def apart(centres: NDArray, sizes: NDArray) -> NDArray:
    """Pushes overlapping boxes apart, each pair along the axis where it takes less.

    Boxes that overlap no other stay where they are.

    Args:
        centres: Shape (n, 2).
        sizes: Width and height of each box, shape (n, 2), in the unit of the centres.

    Returns:
        The new centres, shape (n, 2).
    """
    centres = np.array(centres, float)
    for _ in range(_ROUNDS):
        moved = False
        for first, second in itertools.combinations(range(len(centres)), 2):
            distance = centres[second] - centres[first]
            overlap = (sizes[first] + sizes[second]) / 2 - np.abs(distance)
            if np.all(overlap > 1e-9):
                axis = int(np.argmin(overlap))
                push = np.zeros(2)
                push[axis] = np.copysign(overlap[axis] / 2, distance[axis])
                centres[first] -= push
                centres[second] += push
                moved = True
        if not moved:
            break
    return centres
