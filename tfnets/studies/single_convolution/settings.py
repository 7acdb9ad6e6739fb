"""What can be set in the study `single_convolution`, and its scales."""

from dataclasses import dataclass

from tfnets.methods.classifiers.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Settings(Recipe):
    """What can be changed with `--set`."""


SCALES = {
    "tiny": Settings(
        epochs=2, curve_every=20, curve_images=50, train_images=160, test_images=60, repeats=2,
    ),
    "quick": Settings(
        epochs=6, batch_size=16, learning_rate=4e-3, curve_every=250, curve_images=1_000,
        train_images=16_000, test_images=2_000, repeats=2,
    ),
    "full": Settings(),
}  # fmt: skip
