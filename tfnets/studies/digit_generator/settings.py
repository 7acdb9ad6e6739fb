"""What can be set in the study `digit_generator`, and its scales."""

from dataclasses import dataclass

from tfnets.lab.settings import count, setting
from tfnets.methods.gans.latent import LatentRecipe
from tfnets.methods.gans.settings import LatentSettings

DIGITS = 10

ROWS = 10
"""Latent vectors shown, each under all digits."""


@dataclass(frozen=True, kw_only=True)
class Settings(LatentSettings):
    """What can be changed with `--set`."""

    per_digit: int = count(1_000, "Images of each digit that label agreement is counted on.")
    curve_samples: int = count(2_000, "The same as `samples` for the points of the curves.")
    frames: int = count(20, "Frames of the GIF, at most one per epoch.")
    export: bool = setting(True, "Whether the run ends with the SavedModel.")

    def recipe(self, variant: str) -> LatentRecipe:
        """How a variant is trained."""
        return self.of_classes(variant, DIGITS)

    def filmed(self, variant: str) -> list[int]:
        """Epochs after which a picture of the GIF is made, the last of the training among them."""
        last = max(self.points(variant))
        frames = min(self.frames, last)
        return sorted({round(last * (i + 1) / frames) for i in range(frames)})


SCALES = {
    "tiny": Settings(
        variants=("improved",), latent=6, origin_latent=6, noise=8, autoencoder_epochs=1,
        epochs=(1, 2), origin_epochs=(1,), batch_size=32, average=0.5, repeats=1, per_digit=10,
        samples=200, curve_samples=40, frames=2, train_images=256, export=False,
    ),
    "quick": Settings(
        variants=("improved",), autoencoder_epochs=2, epochs=(5, 15), repeats=1, per_digit=200,
        samples=2_000, curve_samples=500, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
