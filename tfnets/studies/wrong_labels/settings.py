"""What can be set in the study `wrong_labels`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab.settings import require_decays, require_known, require_positive, require_rates
from tfnets.models.conditional import CONDITIONAL

VARIANTS = {"plain": False, "matching": True}
"""Whether each variant shows real images with wrong labels in training."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        network: A key of `CONDITIONAL`.
        variants: Keys of `VARIANTS`.
        prior: A key of `latents.PRIORS`.
        latent: Size of the latent vector.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        average: Decay of the running mean of the generator's weights.
        repeats: Seeds per variant.
        samples: Test images that are scored at the end, and as many generated ones.
        curve_samples: The same after each epoch.
        train_images: Training images used (all: 60000).
    """

    dataset: str = "mnist"
    network: str = "complex"
    variants: tuple[str, ...] = tuple(VARIANTS)
    prior: str = "uniform"
    latent: int = 100
    epochs: int = 3
    batch_size: int = 60
    learning_rate: float = 8e-4
    average: float = 0.9995
    repeats: int = 3
    samples: int = 10_000
    curve_samples: int = 1_000
    train_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "network", CONDITIONAL)
        require_known(self, "variants", VARIANTS)
        require_known(self, "prior", latents.PRIORS)
        require_positive(self, "latent", "epochs", "batch_size", "repeats", "samples")
        require_positive(self, "curve_samples", "train_images")
        require_rates(self, "learning_rate")
        require_decays(self, "average")


SCALES = {
    "tiny": Settings(
        network="simple", latent=8, epochs=2, batch_size=32, repeats=1, samples=100,
        curve_samples=50, train_images=128, average=0.5,
    ),
    "quick": Settings(
        network="simple", epochs=2, repeats=1, samples=2_000, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
