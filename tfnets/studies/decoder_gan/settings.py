"""What can be set in the study `decoder_gan`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab.settings import require_known, require_positive

VARIANTS = {
    "scratch": "origin",
    "restored": "origin",
    "fresh": "origin",
    "frozen": "origin",
    "one_dense": "one_dense",
    "deep_scratch": "deep",
    "deep_restored": "deep",
}
"""The decoder that each variant's generator copies."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variants: Keys of `VARIANTS`.
        prior: `uniform` (the origin's U[-1,1]), `normal` or `mixture`.
        latent: Size of the latent vector.
        epochs: The three (or more) points of measurement, in finished epochs; the last ends it.
        frozen_epochs: Epochs for which `frozen` keeps the restored layers fixed.
        new_layers: Layers of the generator that are not restored (regular expressions).
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        repeats: Seeds per variant.
        samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used (all: 60000).
        autoencoder_epochs: Epochs of the autoencoders that are restored from.
    """

    dataset: str = "mnist"
    variants: tuple[str, ...] = (
        "scratch",
        "restored",
        "frozen",
        "one_dense",
        "deep_restored",
        "fresh",
    )
    prior: str = "uniform"
    latent: int = 100
    epochs: tuple[int, ...] = (1, 3, 8)
    frozen_epochs: int = 1
    new_layers: tuple[str, ...] = ("decoder_dense1",)
    batch_size: int = 128
    learning_rate: float = 2e-4
    repeats: int = 3
    samples: int = 10_000
    train_images: int = 60_000
    autoencoder_epochs: int = 3

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_known(self, "prior", latents.PRIORS)
        require_positive(self, "latent", "epochs", "frozen_epochs", "batch_size", "repeats")
        require_positive(self, "samples", "train_images", "autoencoder_epochs")


SCALES = {
    "tiny": Settings(
        variants=("fresh", "frozen"), latent=8, epochs=(1, 2), repeats=2, samples=64,
        train_images=256, batch_size=32, autoencoder_epochs=1,
    ),
    "quick": Settings(
        variants=("scratch", "restored", "frozen"), epochs=(1, 2, 4), repeats=2, samples=2_000,
        train_images=20_000, autoencoder_epochs=3,
    ),
    "full": Settings(),
}  # fmt: skip
