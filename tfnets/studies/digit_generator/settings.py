"""What can be set in the study `digit_generator`, and its scales."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, count, decay, rate, setting, some_of, weight
from tfnets.methods.autoencoders.source import Source
from tfnets.methods.gans.latent import LatentRecipe, points
from tfnets.models.latent_networks import LATENT

DIGITS = 10

ROWS = 10
"""Latent vectors shown, each under all digits."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    variants: Names = some_of(LATENT, ("improved", "origin"), "The GANs.")
    autoencoder: str = setting(
        "", "Folder of a finished run to restore the autoencoders from; empty to train them."
    )
    latent: int = count(32, "Size of the latents of the `improved` GAN's autoencoder.")
    origin_latent: int = count(64, "The same for `origin`.")
    noise: int = count(64, "Size of z.")
    autoencoder_epochs: int = count(3, "Epochs of an autoencoder that is trained here.")
    epochs: Counts = count(
        (5, 10, 20),
        "The points of measurement of `improved`, in finished epochs; the last ends it.",
    )
    origin_epochs: Counts = count((5, 10), "The same for `origin`.")
    batch_size: int = lab.batch_size(128, "Latents per step.")
    learning_rate: float = rate(1e-3, "Adam's first learning rate in `improved`.")
    origin_learning_rate: float = rate(1e-3, "Adam's learning rate in `origin`.")
    flatness: float = weight(
        1.0, "Weight of the penalty on the slope of the `improved` discriminator; 0 for none."
    )
    average: float = decay(0.999, "Decay of the running mean of the `improved` generator.")
    repeats: int = lab.repeats(3)
    per_digit: int = count(1_000, "Images of each digit that label agreement is counted on.")
    samples: int = count(
        10_000, "Generated images of the final measurement of quality, and real ones beside them."
    )
    curve_samples: int = count(2_000, "The same for the points of the curves.")
    frames: int = count(20, "Frames of the GIF, at most one per epoch.")
    train_images: int = lab.first_train_images(60_000)
    export: bool = setting(True, "Whether the run ends with the SavedModel.")

    def source(self, variant: str) -> Source:
        """The autoencoder whose latents a variant learns."""
        return Source.of(self, variant)

    def recipe(self, variant: str) -> LatentRecipe:
        """How a variant is trained."""
        return LatentRecipe.of_variant(self, variant, classes=DIGITS)

    def filmed(self, variant: str) -> list[int]:
        """Epochs after which a picture of the GIF is made, the last of the training among them."""
        last = max(points(self, variant))
        frames = min(self.frames, last)
        return sorted({round(last * (i + 1) / frames) for i in range(frames)})


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
