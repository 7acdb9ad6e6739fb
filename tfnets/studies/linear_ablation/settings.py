"""What can be set in the study `linear_ablation`, and its scales."""

from dataclasses import asdict, dataclass
from functools import partial

from tfnets.lab.settings import require_known, require_positive
from tfnets.methods.classifiers.training import Recipe, require_recipe
from tfnets.models import classifiers

NETWORKS = {
    "linear_four_convolutions": classifiers.linear_four_convolutions,
    "linear_no_pooling": classifiers.linear_no_pooling,
    "nonlinear": partial(classifiers.two_convolutions, (12, 32)),
    "linear_average_pooling": classifiers.linear_average_pooling,
}
"""All networks of the study, the slowest to train first."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        networks: Keys of `NETWORKS`.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: The one learning rate of SGD.
        momentum: SGD's momentum.
        curve_every: Steps between the points of the loss curves.
        curve_images: Test images measured at each point.
        repeats: Seeds per network.
        train_images: Training images used (all: 50000).
        test_images: Test images of the final accuracy (all: 10000).
        fold_images: Test images on which the folded map is compared with the network.
        workers: Networks trained at a time, one process each.
    """

    networks: tuple[str, ...] = tuple(NETWORKS)
    epochs: int = 5
    batch_size: int = 4
    learning_rate: float = 1e-3
    momentum: float = 0.9
    curve_every: int = 2_000
    curve_images: int = 2_000
    repeats: int = 2
    train_images: int = 50_000
    test_images: int = 10_000
    fold_images: int = 1_000
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "networks", NETWORKS)
        require_recipe(self)
        require_positive(self, "fold_images")

    @property
    def recipe(self) -> Recipe:
        """How each network is trained."""
        return Recipe.of(asdict(self))


SCALES = {
    "tiny": Settings(
        epochs=2, curve_every=20, curve_images=50, train_images=160, test_images=60, fold_images=20,
        workers=1, repeats=1, networks=("linear_average_pooling", "linear_no_pooling", "nonlinear"),
    ),
    "quick": Settings(
        epochs=4, batch_size=16, learning_rate=2e-3, curve_every=125, curve_images=1_000,
        train_images=8_000, test_images=2_000,
    ),
    "full": Settings(),
}  # fmt: skip
