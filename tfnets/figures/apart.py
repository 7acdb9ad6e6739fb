"""Moving texts that lie on each other apart."""

import itertools

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 200


def apart(centres: NDArray, sizes: NDArray) -> NDArray:
    """Pushes overlapping boxes apart, each pair along the axis where it takes less.

    Takes centres (n, 2) and widths and heights (n, 2) in the same unit; returns the new centres.
    Boxes that overlap no other stay where they are.
    """
    centres = np.array(centres, float)
    for _ in range(_ROUNDS):
        moved = False
        for first, second in itertools.combinations(range(len(centres)), 2):
            distance = centres[second] - centres[first]
            overlap = (sizes[first] + sizes[second]) / 2 - np.abs(distance)
            if np.all(overlap > 1e-9):
                axis = int(np.argmin(overlap))
                push = np.copysign(overlap[axis] / 2, distance[axis])
                centres[first, axis] -= push
                centres[second, axis] += push
                moved = True
        if not moved:
            break
    return centres
