"""What can be set in the study `shuffled_pixels`, and its scales."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import count
from tfnets.methods.classifiers.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Settings(Recipe):
    """What can be changed with `--set`."""

    hidden: int = count(100, "Units of the perceptron's hidden layer.")
    repeats: int = lab.repeats(3, "Seeds per network, each with a permutation of its own.")


SCALES = {
    "tiny": Settings(
        hidden=8, epochs=2, curve_every=20, curve_images=50, train_images=160, test_images=60,
        repeats=2,
    ),
    "quick": Settings(
        epochs=4, batch_size=16, learning_rate=4e-3, curve_every=125, curve_images=1_000,
        train_images=16_000, test_images=2_000, repeats=2,
    ),
    "full": Settings(),
}  # fmt: skip
