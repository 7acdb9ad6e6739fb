"""What can be set in the study `interpolation`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, count, one_of, setting
from tfnets.methods import autoencoders
from tfnets.methods.gans.dcgan import Plan, require_pair

WAYS = ("linear", "spherical")
METHODS = (
    "pixels",
    *(f"{space}_{way}" for space in ("autoencoder", "gan", "draws") for way in WAYS),
)
"""A cross-fade, and both ways in each latent space; `draws` are between draws of the GAN's prior,
the others between the same images."""

STRIPS = ("autoencoder_linear", "autoencoder_spherical", "gan_linear", "gan_spherical")
"""Rows of the figure of strips, for each pair in it."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    variant: str = one_of(autoencoders.VARIANTS, "origin", "The autoencoder.")
    latent: int = count(100, "Size of both latent vectors; a given GAN has its own.")
    autoencoder: str = setting(
        "", "Folder of a finished run with that autoencoder; empty trains it here."
    )
    autoencoder_epochs: int = count(6, "Epochs of its training here.")
    gan: str = setting(
        "", "Folder of a finished run of a GAN on that data set; empty trains study 3.7's here."
    )
    gan_filters: Counts = setting(
        (64, 64),
        "Filters of its generator and discriminator (see `models.dcgan.Style`).",
        require_pair,
    )
    gan_epochs: int = count(6, "Epochs of its training here.")
    repeats: int = lab.repeats(3, "Seeds of both networks.")
    pairs: int = setting(300, "Pairs of test images of different classes.")
    points: int = setting(21, "Points on each path with both ends; one more than a multiple of 4.")
    candidates: int = count(
        10_000, "Draws of which the search for a latent vector begins at the most similar."
    )
    search_steps: int = count(300, "Steps of that search.")
    samples: int = count(
        10_000, "Generated images by which the GAN is measured, and real ones beside them."
    )
    train_images: int = lab.first_train_images(60_000)
    test_images: int = count(10_000, "Test images that pairs are drawn of (all: 10000).")

    def require(self) -> None:
        """Refuses a single pair, and paths without points at their quarters."""
        if self.pairs < 2:
            raise InputError("One pair gives no interval; set pairs to 2 or more.")
        if self.points < 5 or self.points % 4 != 1:
            raise InputError(
                f"Paths of {self.points} points have none at their quarters; give 5, 9, 13, ... 21."
            )

    @property
    def recipe(self) -> autoencoders.Recipe:
        """How the autoencoder is trained here."""
        return autoencoders.Recipe(
            latent=self.latent, epochs=self.autoencoder_epochs, dataset=self.dataset,
            train_images=self.train_images,
        )  # fmt: skip

    @property
    def plan(self) -> Plan:
        """How the GAN is trained here, and measured."""
        return Plan(
            self.dataset, self.latent, self.gan_filters, (self.gan_epochs,), frames=1,
            samples=min(self.samples, self.test_images), train_images=self.train_images,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(
        latent=8, autoencoder_epochs=1, gan_filters=(4, 4), gan_epochs=1, repeats=1, pairs=6,
        points=5, candidates=20, search_steps=3, samples=64, train_images=128, test_images=160,
    ),
    "quick": Settings(
        autoencoder_epochs=2, gan_filters=(32, 32), gan_epochs=1, repeats=2, pairs=100,
        candidates=2_000, search_steps=100, samples=2_000, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
