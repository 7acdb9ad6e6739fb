"""What can be set in the study `width_sweep`, and its scales."""

from dataclasses import asdict, dataclass

from tfnets.errors import InputError
from tfnets.methods.classifiers.training import Recipe, require_recipe

WIDTHS = ("3-8", "6-16", "12-32", "24-64", "48-128", "96-256")
"""The origin's six."""


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


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        widths: Filters of the two convolutions, written `12-32`; any numbers.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: The one learning rate of SGD.
        momentum: SGD's momentum.
        curve_every: Steps between the points of the loss curves.
        curve_images: Test images measured at each point.
        repeats: Seeds per width.
        train_images: Training images used (all: 50000).
        test_images: Test images of the final accuracy (all: 10000).
        workers: Networks trained at a time, one process each.
    """

    widths: tuple[str, ...] = WIDTHS
    epochs: int = 15
    batch_size: int = 4
    learning_rate: float = 1e-3
    momentum: float = 0.9
    curve_every: int = 2_000
    curve_images: int = 2_000
    repeats: int = 2
    train_images: int = 50_000
    test_images: int = 10_000
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_recipe(self)
        pairs = [filters(width) for width in self.widths]
        if not pairs or len(set(pairs)) < len(pairs):
            raise InputError(
                f"The setting widths is {','.join(self.widths) or 'empty'}; give at least one "
                "width, and each once."
            )

    @property
    def recipe(self) -> Recipe:
        """How each network is trained."""
        return Recipe.of(asdict(self))


SCALES = {
    "tiny": Settings(
        widths=("2-3", "3-8", "4-8"), epochs=2, curve_every=20, curve_images=50, train_images=160,
        test_images=60, workers=1,
    ),
    "quick": Settings(
        widths=("3-8", "12-32", "24-64"), epochs=8, batch_size=16, learning_rate=4e-3,
        curve_every=250, curve_images=1_000, repeats=2, train_images=10_000, test_images=2_000,
    ),
    "full": Settings(),
}  # fmt: skip
