"""What can be set in the study `width_sweep`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, setting
from tfnets.methods.classifiers.recipe import Recipe

WIDTHS = ("3-8", "6-16", "12-32", "24-64", "48-128", "96-256")  # the origin's six


def filters(width: str) -> tuple[int, int]:
    """Reads a width such as `12-32`.

    Raises:
        InputError: It is not two whole numbers of at least 1.
    """
    first, _, second = width.partition("-")
    if not (first.isdecimal() and second.isdecimal() and int(first) and int(second)):
        raise InputError(
            f"The width {width!r} is unknown; write two numbers of filters of at least 1, such as "
            f"12-32 (the origin's are {', '.join(WIDTHS)})."
        )
    return int(first), int(second)


@dataclass(frozen=True, kw_only=True)
class Settings(Recipe):
    """What can be changed with `--set`."""

    widths: Names = setting(
        WIDTHS, "Filters of the two convolutions, written `12-32`; any numbers."
    )
    epochs: int = count(15, "Passes over the training images.")
    repeats: int = lab.repeats(2, "Seeds per width.")

    def require(self) -> None:
        """Refuses widths that are none, or given twice."""
        pairs = [filters(width) for width in self.widths]
        if not pairs or len(set(pairs)) < len(pairs):
            raise InputError(
                f"The setting widths is {','.join(self.widths) or 'empty'}; give at least one "
                "width, and each once."
            )


SCALES = {
    "tiny": Settings(
        widths=("2-3", "3-8", "4-8"), epochs=2, curve_every=20, curve_images=50, train_images=160,
        test_images=60,
    ),
    "quick": Settings(
        widths=("3-8", "12-32", "24-64"), epochs=8, batch_size=16, learning_rate=4e-3,
        curve_every=250, curve_images=1_000, repeats=2, train_images=10_000, test_images=2_000,
    ),
    "full": Settings(),
}  # fmt: skip
