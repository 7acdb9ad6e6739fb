"""What can be set in the study `gan_priors`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.fit import steps_per_execution
from tfnets.lab.settings import Counts, Names, count, one_of, rate, setting, some_of, weight
from tfnets.methods import autoencoders
from tfnets.methods.gans.recipe import Recipe
from tfnets.models import dcgan

PRIORS = ("uniform", "normal", "mixture", "encoded")
"""The four priors; the first is the one that the others are compared with."""

BASE = PRIORS[0]
"""The prior that the others are compared with."""

SHOWN = 12
"""Sample images kept per prior."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    priors: Names = some_of(PRIORS, PRIORS, "The priors, `uniform` among them.")
    latent: int = count(100, "Size of the latent vector.")
    components: int = count(10, "Centres of the mixture.")
    stddev: float = weight(0.25, "Standard deviation of the mixture around its centres.")
    encoder: str = one_of(
        autoencoders.VARIANTS, "origin", "The autoencoder whose latents are stored."
    )
    autoencoder_epochs: int = count(3, "Epochs of its training.")
    encoded_images: int = count(10_000, "Training images whose latents are stored.")
    generator_filters: int = setting(32, "Channels of the generator's first plane.")
    discriminator_filters: int = setting(
        64, "The same number for the discriminator (see `dcgan.Style`)."
    )
    epochs: Counts = count(
        (1, 2), "Points of measurement, in finished epochs, at least up to 2; the last ends it."
    )
    batch_size: int = lab.batch_size(50)
    learning_rate: float = rate(1e-3, "Adam's learning rate of both networks (beta_1 0.5).")
    repeats: int = lab.repeats(5, "Seeds per prior.")
    samples: int = count(10_000, "Generated images per measurement, and real ones beside them.")
    train_images: int = lab.first_train_images(60_000)
    steps_per_point: int = count(10, "Steps that a point of the loss curves averages, at most.")
    window: int = setting(25, "Points that the trend of a loss curve averages, an odd number.")

    def require(self) -> None:
        """Refuses filters and a window that none has, and priors that could not be compared."""
        dcgan.Style(self.generator_filters)
        dcgan.Style(self.discriminator_filters)
        if self.window < 3 or self.window % 2 == 0:
            raise InputError(f"The setting window is {self.window}; give an odd number from 3 on.")
        if BASE not in self.priors:
            raise InputError(f"The setting priors lacks {BASE}, which others are compared to.")

    @property
    def recipe(self) -> Recipe:
        """How each GAN is trained."""
        return Recipe.of(self, epochs=max(self.epochs))

    @property
    def autoencoder(self) -> autoencoders.Recipe:
        """How the autoencoder is trained whose latents are stored."""
        return autoencoders.Recipe(
            latent=self.latent, epochs=self.autoencoder_epochs, dataset=self.dataset,
            train_images=self.train_images,
        )  # fmt: skip

    def curve(self, images: int) -> tuple[int, int]:
        """Points of a loss curve per epoch, and steps of a point, for so many training images.

        `InputError` for fewer points after the first epoch than the window has.
        """
        steps = steps_per_epoch(images, self.batch_size)
        every = steps_per_execution(steps, self.steps_per_point)
        points = (max(self.epochs) - 1) * steps // every
        if points < self.window:
            raise InputError(
                f"The loss curves have {points} points after the first epoch, fewer than the "
                f"window's {self.window}; set more epochs, fewer steps_per_point or a smaller "
                "window."
            )
        return steps // every, every


SCALES = {
    "tiny": Settings(
        priors=("uniform", "mixture", "encoded"), latent=8, autoencoder_epochs=1,
        encoded_images=128, generator_filters=4, discriminator_filters=4, batch_size=32, repeats=1,
        epochs=(2,), samples=64, train_images=256, steps_per_point=2, window=3,
    ),
    "quick": Settings(
        repeats=2, samples=2_000, train_images=12_000, autoencoder_epochs=1, window=9,
        generator_filters=16, discriminator_filters=32,
    ),
    "full": Settings(),
}  # fmt: skip
