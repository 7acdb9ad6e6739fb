"""What can be set in the study `receptive_field`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, count

SMALLEST = 9  # rows and columns of the smallest image that all four stacks can take


SHOWN = {  # the layer of each network whose middle unit is drawn
    "one_7x7": "conv1", "three_3x3": "conv3", "5x5_then_3x3": "conv2", "four_3x3": "conv4",
    "cifar10": "pool2", "branches": "mixed",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    sizes: Counts = count(
        (9, 10, 12, 14, 16, 20, 24, 32, 48, 64, 96, 128, 224),
        "Rows (and columns) of the images that multiplications are counted for.",
    )
    side: int = count(
        15, "Rows and columns of the images on which the four networks' fields are measured."
    )
    units: int = count(
        12, "Units per layer whose field is measured: two corners, the middle, others at random."
    )

    def require(self) -> None:
        """Refuses images that four convolutions leave nothing of."""
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
