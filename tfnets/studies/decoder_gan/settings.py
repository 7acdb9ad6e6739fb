"""What can be set in the study `decoder_gan`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, count, one_of, rate, setting, some_of
from tfnets.methods import autoencoders
from tfnets.methods.gans.recipe import Recipe

VARIANTS = {
    **dict.fromkeys(("scratch", "restored", "fresh", "frozen"), "origin"),
    "one_dense": "one_dense",
    **dict.fromkeys(("deep_scratch", "deep_restored"), "deep"),
}
"""The decoder that each variant's generator copies."""


RESTORED = ("restored", "fresh", "frozen", "deep_restored")
"""The variants that start from a trained decoder."""

SHOWN = 5
"""Sample images kept per variant and point."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    variants: Names = some_of(
        VARIANTS,
        ("scratch", "restored", "frozen", "one_dense", "deep_restored", "fresh"),
        "The generators.",
    )
    prior: str = one_of(
        latents.PRIORS, "uniform", "What z is drawn from: uniform is the origin's U[-1,1]."
    )
    latent: int = count(100, "Size of the latent vector.")
    epochs: Counts = count(
        (1, 3, 8), "Points of measurement, in finished epochs; the last ends the training."
    )
    frozen_epochs: int = count(1, "Epochs for which `frozen` keeps the restored layers fixed.")
    new_layers: Names = setting(
        ("decoder_dense1",), "Layers of the generator that are not restored (regular expressions)."
    )
    batch_size: int = lab.batch_size(128)
    learning_rate: float = rate(2e-4, "Adam's learning rate of both networks (beta_1 0.5).")
    repeats: int = lab.repeats(3)
    samples: int = count(10_000, "Generated images per measurement, and real ones beside them.")
    train_images: int = lab.first_train_images(60_000)
    autoencoder_epochs: int = count(3, "Epochs of the autoencoders that are restored from.")

    @property
    def recipe(self) -> Recipe:
        """How each GAN is trained."""
        return Recipe(max(self.epochs), self.batch_size, self.learning_rate)

    @property
    def autoencoder(self) -> autoencoders.Recipe:
        """How the autoencoders are trained that are restored from."""
        return autoencoders.Recipe(
            latent=self.latent, epochs=self.autoencoder_epochs, batch_size=self.batch_size,
            dataset=self.dataset, train_images=self.train_images,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(
        variants=("fresh", "frozen"), latent=8, epochs=(1, 2), repeats=2, samples=64,
        train_images=256, batch_size=32, autoencoder_epochs=1,
    ),
    "quick": Settings(
        variants=("scratch", "restored", "frozen"), epochs=(1, 2, 4), frozen_epochs=4, repeats=5,
        samples=500, train_images=2_560, batch_size=16, autoencoder_epochs=4,
    ),
    "full": Settings(),
}  # fmt: skip
