"""What can be set in the study `single_convolution`, and its scales."""

from dataclasses import asdict, dataclass

from tfnets.methods.classifiers.training import Recipe, require_recipe


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: The one learning rate of SGD.
        momentum: SGD's momentum.
        curve_every: Steps between the points of the loss curves.
        curve_images: Test images measured at each point.
        repeats: Seeds per network.
        train_images: Training images used (all: 50000).
        test_images: Test images of the final accuracy (all: 10000).
        workers: Networks trained at a time, one process each.
    """

    epochs: int = 5
    batch_size: int = 4
    learning_rate: float = 1e-3
    momentum: float = 0.9
    curve_every: int = 2_000
    curve_images: int = 2_000
    repeats: int = 3
    train_images: int = 50_000
    test_images: int = 10_000
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_recipe(self)

    @property
    def recipe(self) -> Recipe:
        """How each network is trained."""
        return Recipe.of(asdict(self))


SCALES = {
    "tiny": Settings(
        epochs=2, curve_every=20, curve_images=50, train_images=160, test_images=60, workers=1,
        repeats=2,
    ),
    "quick": Settings(
        epochs=6, batch_size=16, learning_rate=4e-3, curve_every=250, curve_images=1_000,
        train_images=16_000, test_images=2_000, repeats=2,
    ),
    "full": Settings(),
}  # fmt: skip
