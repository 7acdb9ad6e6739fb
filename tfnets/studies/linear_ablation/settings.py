"""What can be set in the study `linear_ablation`, and its scales."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, some_of
from tfnets.methods.classifiers.recipe import Recipe

NONLINEAR = "nonlinear"
NETWORKS = ("linear_four_convolutions", "linear_no_pooling", NONLINEAR, "linear_average_pooling")
"""All networks of the study, the slowest to train first."""


@dataclass(frozen=True, kw_only=True)
class Settings(Recipe):
    """What can be changed with `--set`."""

    networks: Names = some_of(NETWORKS, NETWORKS, "The networks.")
    repeats: int = lab.repeats(2, "Seeds per network.")
    fold_images: int = count(
        1_000, "Test images on which the folded map is compared with the network."
    )


SCALES = {
    "tiny": Settings(
        epochs=2, curve_every=20, curve_images=50, train_images=160, test_images=60, fold_images=20,
        repeats=1, networks=("linear_average_pooling", "linear_no_pooling", NONLINEAR),
    ),
    "quick": Settings(
        epochs=4, batch_size=16, learning_rate=2e-3, curve_every=125, curve_images=1_000,
        train_images=8_000, test_images=2_000,
    ),
    "full": Settings(),
}  # fmt: skip
