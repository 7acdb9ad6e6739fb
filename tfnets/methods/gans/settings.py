"""What both studies of GANs on latents can be set."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, count, decay, rate, setting, some_of, weight
from tfnets.methods.autoencoders.source import Source
from tfnets.methods.gans.latent import LatentRecipe
from tfnets.models.latent_networks import LATENT


@dataclass(frozen=True, kw_only=True)
class LatentSettings(lab.Settings):
    """What both can be set; `origin` is the GAN of the report, the other variants are ours."""

    dataset: str = lab.dataset()
    variants: Names = some_of(LATENT, ("improved", "origin"), "The GANs.")
    autoencoder: str = setting(
        "", "Folder of a finished run to restore the autoencoders from; empty to train them."
    )
    latent: int = count(32, "Size of the latents of our autoencoder.")
    origin_latent: int = count(64, "Size of the latents of the origin's.")
    noise: int = count(64, "Size of z.")
    autoencoder_epochs: int = count(3, "Epochs of an autoencoder that is trained here.")
    epochs: Counts = count(
        (5, 10, 20), "The points of measurement of ours, in finished epochs; the last ends it."
    )
    origin_epochs: Counts = count((5, 10), "The same for `origin`.")
    batch_size: int = lab.batch_size(128, "Latents per step.")
    learning_rate: float = rate(1e-3, "Adam's first learning rate in ours.")
    origin_learning_rate: float = rate(1e-3, "Adam's learning rate in `origin`.")
    flatness: float = weight(
        1.0, "Weight of the penalty on the slope of our discriminator; 0 for none."
    )
    average: float = decay(0.999, "Decay of the running mean of our generator.")
    repeats: int = lab.repeats(3)
    samples: int = count(10_000, "Generated images per measurement, and real ones beside them.")
    train_images: int = lab.first_train_images(60_000)

    def points(self, variant: str) -> Counts:
        """The points of measurement of a variant, in finished epochs."""
        return self.origin_epochs if variant == "origin" else self.epochs

    def source(self, variant: str) -> Source:
        """The autoencoder whose latents a variant learns."""
        return Source.of(self, variant)

    def of_classes(self, variant: str, classes: int) -> LatentRecipe:
        """How a variant is trained, as the report says or improved, for so many classes or none."""
        common = {"epochs": max(self.points(variant)), "classes": classes}
        if variant == "origin":
            plain = {"learning_rate": self.origin_learning_rate, "flatness": 0.0, "average": 0.0}
            return LatentRecipe.of(self, network="origin", **plain, **common)
        return LatentRecipe.of(self, network="improved", falls=True, **common)
