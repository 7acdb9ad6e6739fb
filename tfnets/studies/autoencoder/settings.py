"""What can be set in the study `autoencoder`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, rate, some_of
from tfnets.methods.autoencoders.training import VARIANTS, Recipe


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    variants: Names = some_of(
        VARIANTS, ("origin", "one_dense", "masked", "deep"), "The autoencoders."
    )
    latent: int = count(100, "Size of the latent vector.")
    epochs: int = count(6, "Passes over the training images.")
    batch_size: int = lab.batch_size(128)
    learning_rate: float = rate(2e-3, "Adam's first learning rate; it falls to 0 along a cosine.")
    repeats: int = lab.repeats(3)
    train_images: int = lab.first_train_images(60_000)
    test_images: int = lab.first_test_images(10_000)
    neighbour_images: int = count(
        60_000, "Training images that k nearest neighbours and the probe learn from."
    )

    def require(self) -> None:
        """Refuses latents without a plane."""
        if self.latent < 2:
            raise InputError("One latent has no plane of two principal components; give 2 or more.")

    @property
    def recipe(self) -> Recipe:
        """How each is trained."""
        return Recipe(
            self.latent, self.epochs, self.batch_size, self.learning_rate, self.dataset,
            self.train_images,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(
        latent=8, epochs=1, repeats=2, batch_size=32, train_images=256, test_images=64,
        neighbour_images=128, variants=("origin", "one_dense", "masked"),
    ),
    "quick": Settings(
        epochs=3, batch_size=32, repeats=5, train_images=5_000, test_images=2_000,
        neighbour_images=5_000, variants=("origin", "one_dense"),
    ),
    "full": Settings(),
}  # fmt: skip
