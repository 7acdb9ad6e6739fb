"""What can be set in the study `gan_stabilisers`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.toys import TOYS
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, Rates, count, one_of, some_of, weight
from tfnets.studies.gan_stabilisers.variants import VARIANTS

DIGITS = "digits"
"""The subject beside the toys."""

TOYS_ONLY = ("uniform", "no_noise", "slower", "falling_rate", "longer")
"""Variants that are not trained on digits."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    subjects: Names = some_of((*TOYS, DIGITS), ("ring", "grid", "digits"), "Of ring, grid, digits.")
    dataset: str = one_of(
        ("mnist", "fashion_mnist"), "mnist", "What the digits are: mnist or fashion_mnist."
    )
    variants: Names = some_of(VARIANTS, tuple(VARIANTS), "Keys of `VARIANTS`.")
    digit_variants: Names = some_of(
        VARIANTS,
        tuple(name for name in VARIANTS if name not in TOYS_ONLY),
        "Those of `variants` that are trained on digits, too.",
        may_be_empty=True,
    )
    toy_epochs: int = count(
        10, "Epochs on the toys (variants `longer` and `best`: four times as many)."
    )
    toy_steps: int = count(300, "Steps of an epoch on the toys; each step has points of its own.")
    digit_epochs: int = count(2, "Epochs on the digits.")
    batch_size: int = lab.batch_size(128, "Points per step.")
    digit_batch_size: int = lab.batch_size(60)
    repeats: int = lab.repeats(3)
    samples: int = count(2_500, "Generated points per measurement, and real ones beside them.")
    digit_samples: int = count(
        5_000, "Generated images per measurement, and real ones beside them."
    )
    train_images: int = lab.first_train_images(60_000)
    noise_scales: Rates = weight(
        (0.0, 0.25, 0.5, 1.0, 2.0), "Factors of z at which the diversity is measured."
    )

    def named(self, subject: str) -> str:
        """How parts and numbers call a subject."""
        return self.dataset if subject == DIGITS else subject

    def schedule(self, subject: str) -> tuple[int, int]:
        """Epochs and batch size on a subject."""
        if subject == DIGITS:
            return self.digit_epochs, self.digit_batch_size
        return self.toy_epochs, self.batch_size

    def trained(self, subject: str) -> Names:
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
