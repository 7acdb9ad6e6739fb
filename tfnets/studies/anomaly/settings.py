"""What can be set in the study `anomaly`, and its scales."""

from dataclasses import dataclass

import numpy as np

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive, require_rates

OTHERS = "others"
"""The case of all digits against the other data set."""

DIGITS = tuple(range(10))


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`: whose images are normal.
        other: The other one: whose images are odd in the first case.
        held_out: Classes that are held out, one at a time; empty for none.
        latent: Size of the latent vector.
        hidden: Units of the autoencoder's hidden layers.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        repeats: Seeds.
        train_images: Normal training images of each autoencoder.
        test_images: Test images used of each data set (all: 10000).
        components: Principal components of PCA.
        trees: Trees of the isolation forest.
    """

    dataset: str = "mnist"
    other: str = "fashion_mnist"
    held_out: tuple[int, ...] = DIGITS
    latent: int = 12
    hidden: int = 256
    epochs: int = 12
    batch_size: int = 100
    learning_rate: float = 2e-3
    repeats: int = 3
    train_images: int = 20_000
    test_images: int = 10_000
    components: int = 10
    trees: int = 200

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        for name in ("dataset", "other"):
            require_known(self, name, ("mnist", "fashion_mnist"))
        if self.dataset == self.other:
            raise InputError(f"Both data sets are {self.other}; set other to another one.")
        if not set(self.held_out) <= set(DIGITS):
            raise InputError(f"The setting held_out is {self.held_out}; give classes from 0 to 9.")
        require_positive(self, "latent", "hidden", "epochs", "batch_size", "repeats")
        require_positive(self, "train_images", "test_images", "components", "trees")
        require_rates(self, "learning_rate")


SCALES = {
    "tiny": Settings(
        held_out=(1, 4), latent=4, hidden=32, epochs=1, batch_size=32, repeats=2,
        train_images=128, test_images=60, components=4, trees=5,
    ),
    "quick": Settings(
        held_out=(1, 4, 8), epochs=6, repeats=1, train_images=6_000, test_images=2_000, trees=100
    ),
    "full": Settings(),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Case:
    """What is normal and what is not.

    Attributes:
        name: `OTHERS`, or the class that is held out.
        train: Normal images to learn from.
        normal: Normal test images.
        odd: Test images of another kind.
    """

    name: str
    train: np.ndarray
    normal: np.ndarray
    odd: np.ndarray

    @property
    def test(self) -> np.ndarray:
        """Normal test images, then the odd ones."""
        return np.concatenate([self.normal, self.odd])
