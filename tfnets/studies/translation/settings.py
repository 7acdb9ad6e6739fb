"""What can be set in the study `translation`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.domains import DOMAINS
from tfnets.errors import InputError
from tfnets.lab.settings import (
    require_decays,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)
from tfnets.studies.translation.recipe import METHODS, Recipe


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        domains: Keys of `tfnets.datasets.domains.DOMAINS`.
        methods: Of `plain`, `cycle`, `paired`.
        width: Channels of the generators at full size.
        blocks: Their residual blocks.
        critic_width: Channels of the discriminators' first convolution.
        epochs: Passes over half of the training images.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of all networks (beta_1 0.5); it falls to 0 along a
            cosine.
        l1: Weight of the paired GAN's distance to the partner.
        cycle: Weight of CycleGAN's cycle.
        average: Decay of the running mean of the generators' weights.
        judge_epochs: Passes of each judge over all training images.
        repeats: Seeds per domain and method.
        train_images: Training images, half of them for A.
        test_images: Test images that are translated and measured.
    """

    domains: tuple[str, ...] = tuple(DOMAINS)
    methods: tuple[str, ...] = METHODS
    width: int = 8
    blocks: int = 3
    critic_width: int = 16
    epochs: int = 4
    batch_size: int = 32
    learning_rate: float = 1e-3
    l1: float = 100.0
    cycle: float = 10.0
    average: float = 0.99
    judge_epochs: int = 1
    repeats: int = 2
    train_images: int = 11_200
    test_images: int = 1_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "domains", DOMAINS)
        require_known(self, "methods", METHODS)
        require_positive(self, "width", "blocks", "critic_width", "epochs", "batch_size")
        require_positive(self, "judge_epochs", "repeats", "train_images", "test_images")
        require_rates(self, "learning_rate")
        require_weights(self, "l1", "cycle")
        require_decays(self, "average")
        if self.train_images < self.test_images:
            raise InputError(
                f"There are {self.train_images} training and {self.test_images} test images, but "
                "as many training images are measured for comparison; set train_images higher."
            )

    def recipe(self, method: str) -> Recipe:
        """How a method's networks are made and trained."""
        return Recipe(
            method, self.width, self.blocks, self.critic_width, self.epochs, self.batch_size,
            self.learning_rate, self.l1, self.cycle, self.average,
        )  # fmt: skip


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

Rows = dict[str, dict]
"""For each domain `similarity`, `real` (of its judge) and `methods`: name -> numbers per seed."""
