"""How the networks of the CIFAR-10 studies are trained."""

from dataclasses import dataclass

from tfnets import datasets
from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import count, decay, rate
from tfnets.lab.trial import DataStore


@dataclass(frozen=True, kw_only=True)
class Recipe(lab.Settings):
    """How networks are trained, and on how many images.

    The origin had 15 epochs and one learning rate; batches of 4, rate and momentum are our reading.
    """

    epochs: int = count(5, "Passes over the training images.")
    batch_size: int = lab.batch_size(4)
    learning_rate: float = rate(1e-3, "The one learning rate of SGD.")
    momentum: float = decay(0.9, "SGD's momentum.")
    curve_every: int = count(2_000, "Steps between the points of the loss curves.")
    curve_images: int = count(2_000, "Test images measured at each point.")
    repeats: int = lab.repeats(3, "Seeds per network.")
    train_images: int = lab.first_train_images(50_000, 50_000)
    test_images: int = count(10_000, "Test images of the final accuracy (all: 10000).")

    def data(self, store: DataStore) -> datasets.ImageData:
        """Returns the images that are trained and measured on."""
        return store.images("cifar10", self.train_images, self.test_images)

    def steps(self, images: int) -> int:
        """Steps of a whole training on so many images.

        Raises:
            InputError: There is not one batch, or not one point of the curves.
        """
        steps = self.epochs * steps_per_epoch(images, self.batch_size)
        if self.curve_every > steps:
            raise InputError(
                f"The curves have a point every {self.curve_every} steps, but the training has "
                f"{steps} steps in all; set curve_every to at most that."
            )
        return steps
