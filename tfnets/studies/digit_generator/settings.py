"""What can be set in the study `digit_generator`, and its scales."""

from dataclasses import dataclass

from tfnets.lab.settings import (
    require_decays,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)
from tfnets.models.latent_networks import LATENT


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variants: Keys of `LATENT`.
        autoencoder: Folder of a finished run to restore the autoencoders from; empty to train them.
        latent: Size of the latents of the `improved` GAN's autoencoder.
        origin_latent: The same for `origin`.
        noise: Size of z.
        autoencoder_epochs: Epochs of an autoencoder that is trained here.
        epochs: The points of measurement of `improved`, in finished epochs; the last ends it.
        origin_epochs: The same for `origin`.
        batch_size: Latents per step.
        learning_rate: Adam's first learning rate in `improved`.
        origin_learning_rate: Adam's learning rate in `origin`.
        flatness: Weight of the penalty on the slope of the `improved` discriminator; 0 for none.
        average: Decay of the running mean of the `improved` generator.
        repeats: Seeds per variant.
        per_digit: Images of each digit that label agreement is counted on.
        samples: Generated images of the final measurement of quality, and real ones beside them.
        curve_samples: The same for the points of the curves.
        frames: Frames of the GIF, at most one per epoch.
        train_images: Training images used (all: 60000).
        export: Whether the run ends with the SavedModel.
    """

    dataset: str = "mnist"
    variants: tuple[str, ...] = ("improved", "origin")
    autoencoder: str = ""
    latent: int = 32
    origin_latent: int = 64
    noise: int = 64
    autoencoder_epochs: int = 3
    epochs: tuple[int, ...] = (5, 10, 20)
    origin_epochs: tuple[int, ...] = (5, 10)
    batch_size: int = 128
    learning_rate: float = 1e-3
    origin_learning_rate: float = 1e-3
    flatness: float = 1.0
    average: float = 0.999
    repeats: int = 3
    per_digit: int = 1_000
    samples: int = 10_000
    curve_samples: int = 2_000
    frames: int = 20
    train_images: int = 60_000
    export: bool = True

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", LATENT)
        require_positive(self, "latent", "origin_latent", "noise", "autoencoder_epochs", "epochs")
        require_positive(self, "origin_epochs", "batch_size", "repeats", "per_digit", "samples")
        require_positive(self, "curve_samples", "frames", "train_images")
        require_rates(self, "learning_rate", "origin_learning_rate")
        require_decays(self, "average")
        require_weights(self, "flatness")


SCALES = {
    "tiny": Settings(
        variants=("improved",), latent=6, origin_latent=6, noise=8, autoencoder_epochs=1,
        epochs=(1, 2), origin_epochs=(1,), batch_size=32, average=0.5, repeats=1, per_digit=10,
        samples=100, curve_samples=40, frames=2, train_images=128, export=False,
    ),
    "quick": Settings(
        variants=("improved",), autoencoder_epochs=2, epochs=(5, 15), repeats=1, per_digit=200,
        samples=2_000, curve_samples=500, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
