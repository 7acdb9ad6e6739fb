"""What can be set in the study `latent_gan`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, count, decay, rate, setting, some_of, weight
from tfnets.methods.autoencoders.source import Source
from tfnets.methods.gans.latent import LatentRecipe

VARIANTS = ("origin", "plain", "improved")
"""`plain` is `improved` without the clusters."""

CLUSTERED = "improved"
"""The variant that is asked for clusters."""

COLUMNS = 12
ROWS = 3
SHOWN = COLUMNS * ROWS
"""Sample images of each variant in the figure, in rows."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    variants: Names = some_of(VARIANTS, ("origin", "plain", "improved"), "The GANs.")
    autoencoder: str = setting(
        "", "Folder of a finished run to restore the autoencoders from; empty to train them."
    )
    latent: int = count(32, "Size of the latents of our autoencoder.")
    origin_latent: int = count(64, "Size of the latents of the origin's.")
    noise: int = count(64, "Size of z.")
    autoencoder_epochs: int = count(3, "Epochs of an autoencoder that is trained here.")
    clusters: int = setting(100, "Clusters of latents in `improved`.")
    epochs: Counts = count(
        (4, 12),
        "The points of measurement of `plain` and `improved`, in finished epochs; the last ends "
        "it.",
    )
    origin_epochs: Counts = count((4, 12), "The same for `origin`.")
    batch_size: int = lab.batch_size(128, "Latents per step.")
    learning_rate: float = rate(1e-3, "Adam's first learning rate in `plain` and `improved`.")
    origin_learning_rate: float = rate(1e-3, "Adam's learning rate in `origin`.")
    flatness: float = weight(
        0.5, "Weight of the penalty on the slope of their discriminator; 0 for none."
    )
    average: float = decay(0.999, "Decay of the running mean of their generator.")
    repeats: int = lab.repeats(3)
    samples: int = count(10_000, "Generated images per measurement, and real ones beside them.")
    train_images: int = lab.first_train_images(60_000)

    def require(self) -> None:
        """Refuses clusters that are none.

        Raises:
            InputError: There is one cluster only.
        """
        if self.clusters < 2:
            raise InputError(f"The setting clusters is {self.clusters}; give 2 or more.")

    def source(self, variant: str) -> Source:
        """The autoencoder whose latents a variant learns."""
        return Source.of(self, variant)

    def recipe(self, variant: str) -> LatentRecipe:
        """How a variant is trained."""
        classes = self.clusters if variant == CLUSTERED else 0
        return LatentRecipe.of_variant(self, variant, classes)


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
