"""What can be set in the study `denoising`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, Rates, count, deviation, rate, some_of
from tfnets.methods.denoisers.spoiling import Spoiling, blur_case, clipped_case, noise_case

NETWORKS = ("autoencoder", "unet")

CLIPPED = 0.4  # noise of the case that is clipped to [0, 1]
BLUR, BLURRED_NOISE = 1.5, 0.02  # blur in pixels, and the noise on it
SHOWN = 4  # test images, the first ones, whose restorations are kept for the figures


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    sigmas: Rates = deviation(
        (0.2, 0.4, 0.6), "Standard deviations of the noise that is removed, in pixel units."
    )
    networks: Names = some_of(NETWORKS, NETWORKS, "The networks.")
    latent: int = count(100, "Size of the autoencoder's latent vector.")
    width: int = count(16, "Channels of the U-Net at its finest scale.")
    epochs: int = count(6, "Passes over the training images.")
    batch_size: int = lab.batch_size(32)
    learning_rate: float = rate(2e-3, "Adam's first learning rate; it falls to 0 along a cosine.")
    repeats: int = lab.repeats(3, "Seeds per network.")
    train_images: int = lab.first_train_images(60_000)
    tuning_images: int = count(
        50, "Training images, the last ones, that the classic methods are tuned on."
    )
    test_images: int = count(1_000, "Test images that are restored and counted.")

    def require(self) -> None:
        """Refuses a single test image."""
        if self.test_images < 2:
            raise InputError("One image gives no interval; set test_images to 2 or more.")

    @property
    def cases(self) -> tuple[Spoiling, ...]:
        """How images are spoilt."""
        noisy = (noise_case(sigma) for sigma in self.sigmas)
        return (*noisy, clipped_case(CLIPPED), blur_case(BLUR, BLURRED_NOISE))


SCALES = {
    "tiny": Settings(
        sigmas=(0.4,), latent=8, width=4, epochs=1, batch_size=32, repeats=1, train_images=128,
        tuning_images=2, test_images=6,
    ),
    "quick": Settings(
        sigmas=(0.2, 0.6), epochs=2, repeats=1, train_images=15_000, tuning_images=10,
        test_images=100,
    ),
    "full": Settings(),
}  # fmt: skip
