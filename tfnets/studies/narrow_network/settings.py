"""What can be set in the study `narrow_network`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_positive


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        low: Left end of the interval, and of each side of the box.
        high: Right end.
        neurons: Neurons of the shallow networks of one input, one network each.
        plane_neurons: Neurons of the shallow network of two inputs.
        inputs: Numbers of inputs of networks with random weights, which show the width.
        random_neurons: Neurons of those.
        repeats: Draws of random features per network.
        points: Points that the networks are compared on.
    """

    low: float = -1.0
    high: float = 1.0
    neurons: tuple[int, ...] = (4, 16, 64, 256)
    plane_neurons: int = 128
    inputs: tuple[int, ...] = (1, 2, 4, 8, 16)
    random_neurons: int = 64
    repeats: int = 5
    points: int = 10_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "neurons", "plane_neurons", "inputs", "random_neurons")
        require_positive(self, "repeats", "points")
        if not -1e6 < self.low < self.high < 1e6:
            raise InputError(
                f"The interval runs from {self.low} to {self.high}; give numbers with low < high."
            )
        if self.points < 100:
            raise InputError(f"{self.points} points are no dense grid; give at least 100.")


SCALES = {
    "tiny": Settings(
        neurons=(3, 6), plane_neurons=8, inputs=(1, 3), random_neurons=4, repeats=2, points=400
    ),
    "quick": Settings(neurons=(4, 16, 64), plane_neurons=64, random_neurons=24, repeats=3),
    "full": Settings(),
}
