"""What can be set in the study `gan_denoising`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import (
    require_decays,
    require_deviations,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)
from tfnets.studies.gan_denoising.recipe import VARIANTS, Recipe

REFERENCE = "reference"
"""What the setting `denoiser` calls the U-Net that comes with the repository."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        sigma: Standard deviation of the noise, in pixel units.
        variants: Of `all`, `no_adversary`, `no_l2`, `no_spectrum`, `pairs`.
        l2: Weight of the mean squared difference from the input.
        spectrum: Weight of the squared log-spectral distance in dB^2.
        denoiser: Folder of a finished run of study `denoising`; `reference` for the one that comes
            with the repository, empty for none.
        width: Channels of the generator at full size.
        blocks: Its residual blocks.
        critic_width: Channels of the discriminator's first convolution.
        epochs: Passes over half of the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate (beta_1 0.5); it falls to 0 along a cosine.
        average: Decay of the running mean of the generator's weights.
        repeats: Seeds per variant.
        train_images: Training images, half of them noisy, half natural.
        test_images: Test images that are restored and measured.
    """

    dataset: str = "mnist"
    sigma: float = 0.4
    variants: tuple[str, ...] = VARIANTS
    l2: float = 4.0
    spectrum: float = 0.02
    denoiser: str = REFERENCE
    width: int = 8
    blocks: int = 3
    critic_width: int = 16
    epochs: int = 4
    batch_size: int = 32
    learning_rate: float = 1e-3
    average: float = 0.99
    repeats: int = 3
    train_images: int = 24_000
    test_images: int = 1_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_weights(self, "l2", "spectrum")
        require_positive(self, "width", "blocks", "critic_width", "epochs", "batch_size")
        require_positive(self, "repeats", "train_images", "test_images")
        require_rates(self, "learning_rate")
        require_decays(self, "average")
        require_deviations(self, "sigma")
        if not 2 <= self.test_images <= self.train_images:
            raise InputError(
                f"There are {self.test_images} test and {self.train_images} training images; set "
                "test_images from 2 up to train_images, as many of which are measured beside them."
            )

    def recipe(self, variant: str) -> Recipe:
        """How a variant's network is made and trained."""
        return Recipe(
            variant, self.sigma, self.l2, self.spectrum, self.width, self.blocks,
            self.critic_width, self.epochs, self.batch_size, self.learning_rate, self.average,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(
        variants=("all", "pairs"), width=2, blocks=1, critic_width=2, epochs=1, batch_size=16,
        repeats=1, train_images=128, test_images=40,
    ),
    "quick": Settings(epochs=1, repeats=1, train_images=9_600, test_images=300),
    "full": Settings(),
}  # fmt: skip
