"""What can be set in the study `transport`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, setting

SHOWN = ("photograph", "reference")  # what both photographs are called


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    draws: int = count(100_000, "Draws in the figure.")
    repeats: int = lab.repeats(20, "Seeds, each with draws of its own.")
    points: int = count(100_001, "Places at which maps are compared with their formulas.")
    photos: Names = setting(
        ("chelsea", "rocket"), "Photographs: the first gets the brightness of the second."
    )
    bins: int = count(64, "Bins of the brightness, from 0 to 1.")
    test: int = count(20_000, "Draws per test.")

    def require(self) -> None:
        """Refuses one photograph alone, or three."""
        if len(self.photos) != 2:
            raise InputError(f"The setting photos names {len(self.photos)}; give two photographs.")


SCALES = {
    "tiny": Settings(draws=2_000, repeats=2, points=1_001, test=500),
    "quick": Settings(repeats=5),
    "full": Settings(),
}
