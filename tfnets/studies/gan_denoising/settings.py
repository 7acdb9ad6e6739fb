"""What can be set in the study `gan_denoising`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, decay, deviation, rate, setting, some_of, weight

TERMS = ("adversary", "l2", "spectrum")
"""Terms of the generator's loss."""

VARIANTS = ("all", *(f"no_{term}" for term in TERMS), "pairs")
"""All terms, each of them switched off, and training on pairs."""

REFERENCE = "reference"
"""What the setting `denoiser` calls the U-Net that comes with the repository."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    sigma: float = deviation(0.4, "Standard deviation of the noise, in pixel units.")
    variants: Names = some_of(
        VARIANTS, VARIANTS, "Of all, no_adversary, no_l2, no_spectrum, pairs."
    )
    l2: float = weight(4.0, "Weight of the mean squared difference from the input.")
    spectrum: float = weight(0.02, "Weight of the squared log-spectral distance in dB^2.")
    denoiser: str = setting(
        REFERENCE,
        "Folder of a finished run of study `denoising`; `reference` for the one that comes with "
        "the repository, empty for none.",
    )
    width: int = count(8, "Channels of the generator at full size.")
    blocks: int = count(3, "Its residual blocks.")
    critic_width: int = count(16, "Channels of the discriminator's first convolution.")
    epochs: int = count(4, "Passes over half of the training images.")
    batch_size: int = lab.batch_size(32)
    learning_rate: float = rate(
        1e-3, "Adam's first learning rate (beta_1 0.5); it falls to 0 along a cosine."
    )
    average: float = decay(0.99, "Decay of the running mean of the generator's weights.")
    repeats: int = lab.repeats(3)
    train_images: int = count(24_000, "Training images, half of them noisy, half natural.")
    test_images: int = count(1_000, "Test images that are restored and measured.")

    def require(self) -> None:
        """Refuses test images of which no Frechet distance can be measured."""
        if not 2 <= self.test_images <= self.train_images:
            raise InputError(
                f"There are {self.test_images} test and {self.train_images} training images; set "
                "test_images from 2 up to train_images, as many of which are measured beside them."
            )


SCALES = {
    "tiny": Settings(
        variants=("all", "pairs"), width=2, blocks=1, critic_width=2, epochs=1, batch_size=16,
        repeats=1, train_images=128, test_images=40,
    ),
    "quick": Settings(epochs=1, repeats=1, train_images=9_600, test_images=300),
    "full": Settings(),
}  # fmt: skip
