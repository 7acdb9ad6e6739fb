"""What can be set in the study `red_eye`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_positive, require_rates


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        latent: Size of the autoencoder's latent vector.
        hidden: Units of its hidden layers.
        width: Channels of the context network at its finest scale.
        epochs: Passes of the autoencoder over the training eyes.
        context_epochs: Those of the context network.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        repeats: Seeds of both networks.
        train_images: Clean eyes to learn from.
        test_images: Eyes that are restored and counted.
    """

    latent: int = 32
    hidden: int = 256
    width: int = 16
    epochs: int = 30
    context_epochs: int = 8
    batch_size: int = 25
    learning_rate: float = 2e-3
    repeats: int = 3
    train_images: int = 8_000
    test_images: int = 500

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "latent", "hidden", "width", "epochs", "context_epochs")
        require_positive(self, "batch_size", "repeats", "train_images", "test_images")
        require_rates(self, "learning_rate")
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

Rows = dict[str, dict[str, list[float]]]
"""Way of restoring -> `redness`, `inside`, `outside` of each eye (mean over seeds)."""
