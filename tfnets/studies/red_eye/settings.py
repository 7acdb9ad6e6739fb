"""What can be set in the study `red_eye`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import count, rate

SHOWN = 6  # eyes, the first ones, whose restorations are kept for the figures


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    latent: int = count(32, "Size of the autoencoder's latent vector.")
    hidden: int = count(256, "Units of its hidden layers.")
    width: int = count(16, "Channels of the context network at its finest scale.")
    epochs: int = count(30, "Passes of the autoencoder over the training eyes.")
    context_epochs: int = count(8, "Those of the context network.")
    batch_size: int = lab.batch_size(25)
    learning_rate: float = rate(2e-3, "Adam's first learning rate; it falls to 0 along a cosine.")
    repeats: int = lab.repeats(3, "Seeds of both networks.")
    train_images: int = count(8_000, "Clean eyes to learn from.")
    test_images: int = count(500, "Eyes that are restored and counted.")

    def require(self) -> None:
        """Refuses a single test image."""
        if self.test_images < 2:
            raise InputError("One image gives no interval; set test_images to 2 or more.")


SCALES = {
    "tiny": Settings(
        latent=4, hidden=32, width=4, epochs=1, context_epochs=1, batch_size=16, repeats=1,
        train_images=64, test_images=8,
    ),
    "quick": Settings(
        epochs=15, context_epochs=6, repeats=1, train_images=2_000, test_images=100
    ),
    "full": Settings(),
}  # fmt: skip
