"""What can be set in the study `latent_gan`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import (
    require_decays,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)

VARIANTS = ("origin", "plain", "improved")
"""`plain` is `improved` without the clusters."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variants: Some of `VARIANTS`.
        autoencoder: Folder of a finished run to restore the autoencoders from; empty to train them.
        latent: Size of the latents of our autoencoder.
        origin_latent: Size of the latents of the origin's.
        noise: Size of z.
        autoencoder_epochs: Epochs of an autoencoder that is trained here.
        clusters: Clusters of latents in `improved`.
        epochs: The points of measurement of `plain` and `improved`, in finished epochs; the last
            ends it.
        origin_epochs: The same for `origin`.
        batch_size: Latents per step.
        learning_rate: Adam's first learning rate in `plain` and `improved`.
        origin_learning_rate: Adam's learning rate in `origin`.
        flatness: Weight of the penalty on the slope of their discriminator; 0 for none.
        average: Decay of the running mean of their generator.
        repeats: Seeds per variant.
        samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used (all: 60000).
    """

    dataset: str = "mnist"
    variants: tuple[str, ...] = ("origin", "plain", "improved")
    autoencoder: str = ""
    latent: int = 32
    origin_latent: int = 64
    noise: int = 64
    autoencoder_epochs: int = 3
    clusters: int = 100
    epochs: tuple[int, ...] = (4, 12)
    origin_epochs: tuple[int, ...] = (4, 12)
    batch_size: int = 128
    learning_rate: float = 1e-3
    origin_learning_rate: float = 1e-3
    flatness: float = 0.5
    average: float = 0.999
    repeats: int = 3
    samples: int = 10_000
    train_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_positive(self, "latent", "origin_latent", "noise", "autoencoder_epochs", "epochs")
        require_positive(self, "origin_epochs", "batch_size", "repeats", "samples", "train_images")
        require_rates(self, "learning_rate", "origin_learning_rate")
        require_decays(self, "average")
        require_weights(self, "flatness")
        if self.clusters < 2:
            raise InputError(f"The setting clusters is {self.clusters}; give 2 or more.")


SCALES = {
    "tiny": Settings(
        variants=("improved",), latent=6, origin_latent=6, noise=8, autoencoder_epochs=1,
        clusters=4, epochs=(1, 2), origin_epochs=(1,), batch_size=32, repeats=1, samples=64,
        train_images=128, average=0.5,
    ),
    "quick": Settings(
        variants=("origin", "improved"), autoencoder_epochs=2, epochs=(5, 15),
        origin_epochs=(5, 15), repeats=1, samples=2_000, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
