"""What can be set in the study `autoencoder`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive
from tfnets.methods.autoencoders.training import VARIANTS


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variants: Keys of `VARIANTS`.
        latent: Size of the latent vector.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        repeats: Seeds per variant.
        train_images: Training images used (all: 60000).
        test_images: Test images used (all: 10000).
        neighbour_images: Training images that k nearest neighbours and the probe learn from.
    """

    dataset: str = "mnist"
    variants: tuple[str, ...] = ("origin", "one_dense", "masked", "deep")
    latent: int = 100
    epochs: int = 6
    batch_size: int = 128
    learning_rate: float = 2e-3
    repeats: int = 3
    train_images: int = 60_000
    test_images: int = 10_000
    neighbour_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_positive(self, "latent", "epochs", "batch_size", "repeats")
        require_positive(self, "train_images", "test_images", "neighbour_images")
        if self.latent < 2:
            raise InputError("One latent has no plane of two principal components; give 2 or more.")


SCALES = {
    "tiny": Settings(
        latent=8, epochs=1, repeats=2, batch_size=32, train_images=256, test_images=64,
        neighbour_images=128, variants=("origin", "one_dense", "masked"),
    ),
    "quick": Settings(
        epochs=3, repeats=2, train_images=20_000, test_images=2_000, neighbour_images=5_000,
        variants=("origin", "one_dense", "masked"),
    ),
    "full": Settings(),
}  # fmt: skip
