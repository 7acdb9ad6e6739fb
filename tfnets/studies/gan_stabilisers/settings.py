"""What can be set in the study `gan_stabilisers`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.toys import TOYS
from tfnets.lab.settings import require_known, require_positive, require_weights
from tfnets.studies.gan_stabilisers.variants import VARIANTS

DIGITS = "digits"
"""The subject beside the toys."""

TOYS_ONLY = ("uniform", "no_noise", "slower", "falling_rate", "longer")
"""Variants that are not trained on digits."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        subjects: `ring`, `grid`, `digits`.
        dataset: What the digits are: `mnist` or `fashion_mnist`.
        variants: Keys of `VARIANTS`.
        digit_variants: Those of `variants` that are trained on digits, too.
        toy_epochs: Epochs on the toys (variants `longer` and `best`: four times as many).
        toy_steps: Steps of an epoch on the toys; each step has points of its own.
        digit_epochs: Epochs on the digits.
        batch_size: Points per step.
        digit_batch_size: Images per step.
        repeats: Seeds per variant.
        samples: Generated points per measurement, and real ones beside them.
        digit_samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used (all: 60000).
        noise_scales: Factors of z at which the diversity is measured.
    """

    subjects: tuple[str, ...] = ("ring", "grid", "digits")
    dataset: str = "mnist"
    variants: tuple[str, ...] = tuple(VARIANTS)
    digit_variants: tuple[str, ...] = tuple(n for n in VARIANTS if n not in TOYS_ONLY)
    toy_epochs: int = 10
    toy_steps: int = 300
    digit_epochs: int = 2
    batch_size: int = 128
    digit_batch_size: int = 60
    repeats: int = 3
    samples: int = 2_500
    digit_samples: int = 5_000
    train_images: int = 60_000
    noise_scales: tuple[float, ...] = (0.0, 0.25, 0.5, 1.0, 2.0)

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "subjects", [*TOYS, DIGITS])
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_known(self, "digit_variants", VARIANTS, may_be_empty=True)
        require_positive(self, "toy_epochs", "toy_steps", "digit_epochs", "repeats")
        require_positive(
            self, "batch_size", "digit_batch_size", "samples", "digit_samples", "train_images"
        )
        require_weights(self, "noise_scales")

    def trained(self, subject: str) -> tuple[str, ...]:
        """The variants that are trained on a subject."""
        if subject != DIGITS:
            return self.variants
        return tuple(name for name in self.variants if name in self.digit_variants)


SCALES = {
    "tiny": Settings(
        subjects=("ring",), variants=("plain", "best"), toy_epochs=2, toy_steps=4, digit_epochs=2,
        repeats=1, samples=200, digit_samples=64, train_images=128,
    ),
    "quick": Settings(
        variants=("plain", "minimax", "r1", "no_noise", "best"), digit_variants=("plain", "best"),
        toy_epochs=5, toy_steps=200, digit_epochs=4, repeats=1, digit_samples=1_000,
        train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
