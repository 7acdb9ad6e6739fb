"""What can be set in the study `gan_priors`, and its scales."""

from dataclasses import dataclass

import numpy as np

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive
from tfnets.methods.autoencoders.training import VARIANTS
from tfnets.models import dcgan

PRIORS = ("uniform", "normal", "mixture", "encoded")
"""The four priors; the first is the one that the others are compared with."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        priors: Some of `PRIORS`, `uniform` among them.
        latent: Size of the latent vector.
        components: Centres of the mixture.
        stddev: Standard deviation of the mixture around its centres.
        encoder: The autoencoder whose latents are stored.
        autoencoder_epochs: Epochs of its training.
        encoded_images: Training images whose latents are stored.
        generator_filters: Channels of the generator's first plane.
        discriminator_filters: The same number for the discriminator (see `dcgan.Style`).
        epochs: The points of measurement, in finished epochs, at least up to 2; the last ends it.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        repeats: Seeds per prior.
        samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used (all: 60000).
        steps_per_point: Steps that a point of the loss curves averages, at most.
        window: Points that the trend of a loss curve averages, an odd number.
    """

    dataset: str = "mnist"
    priors: tuple[str, ...] = PRIORS
    latent: int = 100
    components: int = 10
    stddev: float = 0.25
    encoder: str = "origin"
    autoencoder_epochs: int = 3
    encoded_images: int = 10_000
    generator_filters: int = 32
    discriminator_filters: int = 64
    epochs: tuple[int, ...] = (1, 2)
    batch_size: int = 50
    learning_rate: float = 1e-3
    repeats: int = 5
    samples: int = 10_000
    train_images: int = 60_000
    steps_per_point: int = 10
    window: int = 25

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "priors", PRIORS)
        require_known(self, "encoder", VARIANTS)
        require_positive(self, "latent", "components", "autoencoder_epochs", "encoded_images")
        require_positive(self, "epochs", "batch_size", "repeats", "samples", "train_images")
        require_positive(self, "steps_per_point")
        for filters in (self.generator_filters, self.discriminator_filters):
            dcgan.Style(filters)
        if PRIORS[0] not in self.priors:
            raise InputError(f"The setting priors lacks {PRIORS[0]}, which others are compared to.")
        if not 0 <= self.stddev < np.inf:
            raise InputError(f"The setting stddev is {self.stddev}; give a number of at least 0.")
        if self.window < 3 or self.window % 2 == 0:
            raise InputError(f"The setting window is {self.window}; give an odd number from 3 on.")


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
