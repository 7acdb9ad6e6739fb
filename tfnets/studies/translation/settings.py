"""What can be set in the study `translation`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.domains import DOMAINS
from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, decay, rate, some_of, weight

METHODS = {"plain": "plain GAN", "cycle": "CycleGAN", "paired": "paired GAN"}
"""The methods, and how figures and tables call them."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    domains: Names = some_of(DOMAINS, tuple(DOMAINS), "Keys of `tfnets.datasets.domains.DOMAINS`.")
    methods: Names = some_of(METHODS, tuple(METHODS), "Of plain, cycle, paired.")
    width: int = count(8, "Channels of the generators at full size.")
    blocks: int = count(3, "Their residual blocks.")
    critic_width: int = count(16, "Channels of the discriminators' first convolution.")
    epochs: int = count(4, "Passes over half of the training images.")
    batch_size: int = lab.batch_size(32)
    learning_rate: float = rate(
        1e-3,
        "Adam's learning rate of all networks (beta_1 0.5); it falls to 0 along a cosine.",
    )
    l1: float = weight(100.0, "Weight of the paired GAN's distance to the partner.")
    cycle: float = weight(10.0, "Weight of CycleGAN's cycle.")
    average: float = decay(0.99, "Decay of the running mean of the generators' weights.")
    judge_epochs: int = count(1, "Passes of each judge over all training images.")
    repeats: int = lab.repeats(2, "Seeds per domain and method.")
    train_images: int = count(11_200, "Training images, half of them for A.")
    test_images: int = count(1_000, "Test images that are translated and measured.")

    def require(self) -> None:
        """Refuses more test images than there are training images to measure beside them."""
        if self.train_images < self.test_images:
            raise InputError(
                f"There are {self.train_images} training and {self.test_images} test images, but "
                "as many training images are measured for comparison; set train_images higher."
            )


SCALES = {
    "tiny": Settings(
        domains=("coloured",), methods=("cycle", "paired"), width=2, blocks=1, critic_width=2,
        epochs=2, batch_size=16, repeats=1, train_images=64, test_images=40,
    ),
    "quick": Settings(
        domains=("thickened", "coloured", "rotated_45", "inverted"), epochs=1, repeats=1,
        train_images=4_800, test_images=300,
    ),
    "full": Settings(),
}  # fmt: skip
