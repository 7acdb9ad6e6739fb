"""What can be set in the study `shift_invariance`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive
from tfnets.theory import linearity


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `cifar10`, `mnist` or `fashion_mnist`: where the photographs are from.
        side: Rows and columns of the images, cut from the centre of the photographs.
        images: Test images that the checks choose from.
        trials: Trials per check, on noise and again on photographs.
        size: Rows and columns of the kernels; odd.
        constant: What "add a constant" adds.
    """

    dataset: str = "cifar10"
    side: int = 32
    images: int = 1000
    trials: int = 64
    size: int = 5
    constant: float = 0.1

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("cifar10", "mnist", "fashion_mnist"))
        require_positive(self, "side", "images", "trials", "size")
        if self.size % 2 == 0 or 4 * self.size - 3 > self.side or self.side > 32:
            raise InputError(
                f"Kernels of {self.size} on images of {self.side} pixels do not work here; give "
                "an odd size of at most (side + 3) / 4 and a side of at most 32."
            )


SCALES = {
    "tiny": Settings(side=12, images=16, trials=4, size=3),
    "quick": Settings(images=200, trials=16),
    "full": Settings(),
}


@dataclass(frozen=True)
class Case:
    """An operator and how its shift equivariance is tried.

    Attributes:
        operator: Images -> images.
        boundary: `wrap` or `interior`.
        margin: Outputs left out at each border.
    """

    operator: linearity.Operator
    boundary: str = "wrap"
    margin: int = 0
