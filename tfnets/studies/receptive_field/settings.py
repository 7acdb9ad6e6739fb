"""What can be set in the study `receptive_field`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_positive

SMALLEST = 9
"""Rows and columns of the smallest image that all four stacks can take."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        sizes: Rows (and columns) of the images that multiplications are counted for.
        side: Rows and columns of the images on which the four networks' fields are measured.
        units: Units per layer whose field is measured: two corners, the middle, others at random.
    """

    sizes: tuple[int, ...] = (9, 10, 12, 14, 16, 20, 24, 32, 48, 64, 96, 128, 224)
    side: int = 15
    units: int = 12

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "sizes", "side", "units")
        if min(*self.sizes, self.side) < SMALLEST:
            raise InputError(
                f"Four 3x3 convolutions leave nothing of an image smaller than {SMALLEST} pixels; "
                f"give sizes and side of at least {SMALLEST}."
            )


SCALES = {
    "tiny": Settings(sizes=(9, 16, 32), units=3),
    "quick": Settings(units=6),
    "full": Settings(),
}
