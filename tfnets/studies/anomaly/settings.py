"""What can be set in the study `anomaly`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, count, one_of, rate, setting

DATASETS = ("mnist", "fashion_mnist")

OTHERS = "others"  # the case of all digits against the other data set
DIGITS = tuple(range(10))

SHOWN = 5
"""Test images of each kind, the first ones, whose reconstructions are kept for the figures."""

ODDEST = 10  # oddest test images of each case that are kept for the figures
CLAIMED = "sum"  # the score that is claimed to be the best
DENSITIES = ("error", CLAIMED)  # scores whose distributions a figure shows


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = one_of(DATASETS, "mnist", "The data set whose images are normal.")
    other: str = one_of(
        DATASETS, "fashion_mnist", "The other one: whose images are odd in the first case."
    )
    held_out: Counts = setting(DIGITS, "Classes that are held out, one at a time; empty for none.")
    latent: int = count(12, "Size of the latent vector.")
    hidden: int = count(256, "Units of the autoencoder's hidden layers.")
    epochs: int = count(12, "Passes over the training images.")
    batch_size: int = lab.batch_size(100)
    learning_rate: float = rate(2e-3, "Adam's first learning rate; it falls to 0 along a cosine.")
    repeats: int = lab.repeats(3, "Seeds.")
    train_images: int = count(20_000, "Normal training images of each autoencoder.")
    test_images: int = count(10_000, "Test images used of each data set (all: 10000).")
    components: int = count(10, "Principal components of PCA.")
    trees: int = count(200, "Trees of the isolation forest.")

    def require(self) -> None:
        """Refuses a data set beside itself, and classes that there are not."""
        if self.dataset == self.other:
            raise InputError(f"Both data sets are {self.other}; set other to another one.")
        if not set(self.held_out) <= set(DIGITS):
            raise InputError(f"The setting held_out is {self.held_out}; give classes from 0 to 9.")

    @property
    def cases(self) -> tuple[str, ...]:
        """`OTHERS`, and the classes that are held out."""
        return OTHERS, *map(str, self.held_out)


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
