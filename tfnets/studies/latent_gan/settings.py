"""What can be set in the study `latent_gan`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import Counts, Names, count, setting, some_of, weight
from tfnets.methods.gans.latent import LatentRecipe
from tfnets.methods.gans.settings import LatentSettings

VARIANTS = ("origin", "plain", "improved")
"""`plain` is `improved` without the clusters."""

CLUSTERED = "improved"
"""The variant that is asked for clusters."""

COLUMNS = 12
ROWS = 3
SHOWN = COLUMNS * ROWS
"""Sample images of each variant in the figure, in rows."""


@dataclass(frozen=True, kw_only=True)
class Settings(LatentSettings):
    """What can be changed with `--set`."""

    variants: Names = some_of(VARIANTS, VARIANTS, "The GANs.")
    clusters: int = setting(100, "Clusters of latents in `improved`.")
    epochs: Counts = count(
        (4, 12), "The points of measurement of ours, in finished epochs; the last ends it."
    )
    origin_epochs: Counts = count((4, 12), "The same for `origin`.")
    flatness: float = weight(
        0.5, "Weight of the penalty on the slope of our discriminator; 0 for none."
    )

    def require(self) -> None:
        """Refuses clusters that are none."""
        if self.clusters < 2:
            raise InputError(f"The setting clusters is {self.clusters}; give 2 or more.")

    def recipe(self, variant: str) -> LatentRecipe:
        """How a variant is trained."""
        return self.of_classes(variant, self.clusters if variant == CLUSTERED else 0)


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
