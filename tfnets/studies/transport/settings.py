"""What can be set in the study `transport`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_positive
from tfnets.theory.transport import Distribution, Map


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        draws: Draws in the figure.
        repeats: Seeds, each with draws of its own.
        points: Places at which maps are compared with their formulas.
        photos: Photographs: the first gets the brightness of the second.
        bins: Bins of the brightness, from 0 to 1.
        test: Draws per test.
    """

    draws: int = 100_000
    repeats: int = 20
    points: int = 100_001
    photos: tuple[str, ...] = ("chelsea", "rocket")
    bins: int = 64
    test: int = 20_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "draws", "repeats", "points", "bins", "test")
        if len(self.photos) != 2:
            raise InputError(f"The setting photos names {len(self.photos)}; give two photographs.")


SCALES = {
    "tiny": Settings(draws=2_000, repeats=2, points=1_001, test=500),
    "quick": Settings(repeats=5),
    "full": Settings(),
}


@dataclass(frozen=True)
class Pair:
    """A source and a target.

    Attributes:
        text: Both, as a title.
        source: What is drawn from.
        target: What the draws are to become.
        formula: The map, if it is known.
        ends: Interval of the target that is drawn.
    """

    text: str
    source: Distribution
    target: Distribution
    formula: Map | None
    ends: tuple[float, float]
