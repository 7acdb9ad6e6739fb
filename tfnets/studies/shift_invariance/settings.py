"""What can be set in the study `shift_invariance`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import count, one_of, setting

NOT_LINEAR = ("relu", "max_pool", "add_constant")
"""Operators of which a counterexample to linearity is drawn."""

NOT_EQUIVARIANT = (  # operators of which a counterexample to commuting with shifts is drawn
    "max_pool_stride2", "average_pool_stride2", "dense_matrix", "padded_convolution",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = one_of(
        ("cifar10", "mnist", "fashion_mnist"),
        "cifar10",
        "`cifar10`, `mnist` or `fashion_mnist`: where the photographs are from.",
    )
    side: int = count(32, "Rows and columns of the images, cut from the centre of the photographs.")
    images: int = count(1000, "Test images that the checks choose from.")
    trials: int = count(64, "Trials per check, on noise and again on photographs.")
    size: int = count(5, "Rows and columns of the kernels; odd.")
    constant: float = setting(0.1, 'What "add a constant" adds.')

    def require(self) -> None:
        """Refuses kernels that have no middle or are too large for the images."""
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
