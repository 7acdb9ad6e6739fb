"""What can be set in the study `caption_to_digit`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab.settings import require_decays, require_known, require_positive, require_rates

VARIANTS = ("matching", "plain")
"""With and without real images under captions that do not fit."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        variants: Some of `VARIANTS`.
        prior: A key of `latents.PRIORS`.
        latent: Size of the latent vector.
        width: Channels of the networks (see `tfnets.models.captioned`).
        epochs: Passes over the training images; a point of the curves after each.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks at the start (beta_1 0.5), from where
            it falls to 0 along a half cosine.
        average: Decay of the running mean of the generator's weights.
        repeats: Seeds per variant.
        samples: Generated images of the final measurement, and real ones beside them.
        curve_samples: Generated images at each point of the curves.
        crossed_samples: Generated images per combination of digit and attributes.
        train_images: Training images used (all: 60000).
    """

    variants: tuple[str, ...] = VARIANTS
    prior: str = "normal"
    latent: int = 64
    width: int = 24
    epochs: int = 8
    batch_size: int = 60
    learning_rate: float = 1e-3
    average: float = 0.999
    repeats: int = 3
    samples: int = 10_000
    curve_samples: int = 2_000
    crossed_samples: int = 40
    train_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "variants", VARIANTS)
        require_known(self, "prior", latents.PRIORS)
        require_positive(self, "latent", "width", "epochs", "batch_size", "repeats", "samples")
        require_positive(self, "curve_samples", "crossed_samples", "train_images")
        require_rates(self, "learning_rate")
        require_decays(self, "average")


SCALES = {
    "tiny": Settings(
        latent=4, width=4, epochs=2, batch_size=32, average=0.5, repeats=1, samples=160,
        curve_samples=80, crossed_samples=1, train_images=320,
    ),
    "quick": Settings(
        variants=("matching",), epochs=2, repeats=1, samples=2_000, curve_samples=500,
        crossed_samples=10,
    ),
    "full": Settings(),
}  # fmt: skip
