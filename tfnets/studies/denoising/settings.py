"""What can be set in the study `denoising`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_deviations, require_known, require_positive, require_rates
from tfnets.methods.denoisers.spoiling import Case, blur_case, clipped_case, noise_case

NETWORKS = ("autoencoder", "unet")

CLIPPED = 0.4
"""Noise of the case that is clipped to [0, 1]."""

BLUR, BLURRED_NOISE = 1.5, 0.02
"""Blur in pixels, and the noise on it."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        sigmas: Standard deviations of the noise that is removed, in pixel units.
        networks: Of `autoencoder`, `unet`.
        latent: Size of the autoencoder's latent vector.
        width: Channels of the U-Net at its finest scale.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        repeats: Seeds per network.
        train_images: Training images used (all: 60000).
        tuning_images: Training images, the last ones, that the classic methods are tuned on.
        test_images: Test images that are restored and counted.
    """

    dataset: str = "mnist"
    sigmas: tuple[float, ...] = (0.2, 0.4, 0.6)
    networks: tuple[str, ...] = NETWORKS
    latent: int = 100
    width: int = 16
    epochs: int = 6
    batch_size: int = 32
    learning_rate: float = 2e-3
    repeats: int = 3
    train_images: int = 60_000
    tuning_images: int = 50
    test_images: int = 1_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "networks", NETWORKS)
        require_positive(self, "latent", "width", "epochs", "batch_size", "repeats")
        require_positive(self, "train_images", "tuning_images", "test_images")
        require_rates(self, "learning_rate")
        require_deviations(self, "sigmas")
        if self.test_images < 2:
            raise InputError("One image gives no interval; set test_images to 2 or more.")

    @property
    def cases(self) -> tuple[Case, ...]:
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

Rows = dict[str, dict[str, dict]]
"""Case -> method -> `psnr` and `ssim` of each image (networks: mean over seeds), and more."""
