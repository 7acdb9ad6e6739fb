"""What can be set in the study `narrow_network`, and its scales."""

from dataclasses import dataclass

import numpy as np

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, count, setting


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    low: float = setting(-1.0, "Left end of the interval, and of each side of the box.")
    high: float = setting(1.0, "Right end.")
    neurons: Counts = count(
        (4, 16, 64, 256), "Neurons of the shallow networks of one input, one network each."
    )
    plane_neurons: int = count(128, "Neurons of the shallow network of two inputs.")
    inputs: Counts = count(
        (1, 2, 4, 8, 16),
        "Numbers of inputs of networks with random weights, which show the width.",
    )
    random_neurons: int = count(64, "Neurons of those.")
    repeats: int = lab.repeats(5, "Draws of random features per network.")
    points: int = count(10_000, "Points that the networks are compared on.")

    def require(self) -> None:
        """Refuses an interval that runs backwards, and a grid of few points."""
        if not -1e6 < self.low < self.high < 1e6:
            raise InputError(
                f"The interval runs from {self.low} to {self.high}; give numbers with low < high."
            )
        if self.points < 100:
            raise InputError(f"{self.points} points are no dense grid; give at least 100.")

    def around(self, points: int = 1201) -> np.ndarray:
        """Points (n,) of the interval and of what lies beside it, on which networks are drawn."""
        side = self.high - self.low
        return np.linspace(self.low - 0.4 * side, self.high + 0.4 * side, points)

    def plane(self, points: int = 121) -> np.ndarray:
        """Points (n, 2) of the box and of what lies around it, row by row."""
        x = self.around(points)
        return np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)


SCALES = {
    "tiny": Settings(
        neurons=(3, 6), plane_neurons=8, inputs=(1, 3), random_neurons=4, repeats=2, points=400
    ),
    "quick": Settings(neurons=(4, 16, 64), plane_neurons=64, random_neurons=24, repeats=3),
    "full": Settings(),
}
