"""What can be set in the study `conditional_gan`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab.settings import (
    require_decays,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)
from tfnets.models.conditional import CONDITIONAL


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        networks: Keys of `CONDITIONAL`.
        prior: A key of `latents.PRIORS`.
        latent: Size of the latent vector.
        epochs: Passes over the training images; a point of the curves after each.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of generator and discriminator (beta_1 0.5).
        paper_learning_rate: The same for the paper's network.
        paper_flatness: Weight of the penalty on the slope of its discriminator (`r1`); 0 for none.
        average: Decay of the running mean of the generator's weights.
        matching: Whether real images with wrong labels are shown as a third kind of input.
        repeats: Seeds per network.
        samples: Generated images of the final measurement, and real ones beside them.
        curve_samples: The same for the points of the curves.
        train_images: Training images used (all: 60000).
    """

    dataset: str = "mnist"
    networks: tuple[str, ...] = ("paper", "simple", "complex")
    prior: str = "uniform"
    latent: int = 100
    epochs: int = 5
    batch_size: int = 60
    learning_rate: float = 8e-4
    paper_learning_rate: float = 5e-4
    paper_flatness: float = 2.0
    average: float = 0.9995
    matching: bool = True
    repeats: int = 3
    samples: int = 10_000
    curve_samples: int = 2_000
    train_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "networks", CONDITIONAL)
        require_known(self, "prior", latents.PRIORS)
        require_positive(self, "latent", "epochs", "batch_size", "repeats", "samples")
        require_positive(self, "curve_samples", "train_images")
        require_rates(self, "learning_rate", "paper_learning_rate")
        require_weights(self, "paper_flatness")
        require_decays(self, "average")


SCALES = {
    "tiny": Settings(
        networks=("simple", "complex"), latent=8, epochs=2, batch_size=32, repeats=1, samples=100,
        curve_samples=40, train_images=128, average=0.5, matching=False,
    ),
    "quick": Settings(
        networks=("simple", "complex"), epochs=3, repeats=1, samples=2_000, curve_samples=500,
        train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
