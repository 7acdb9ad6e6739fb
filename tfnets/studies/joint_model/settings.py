"""What can be set in the study `joint_model`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive, require_rates
from tfnets.studies.joint_model.model import PENALTIES


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        generator: Folder of a finished run of `dcgan`, `gan_priors` or `decoder_gan` on that data
            set; empty for the reference run of `dcgan`, which is of MNIST.
        penalties: Of `nothing`, `density`, `length`.
        samples: Draws from the joint model.
        each: Searches per class.
        steps: Steps of each search.
        step_size: Adam's first step size.
        epochs: Passes of the classifiers over half of the training images.
        train_images: Training images, half of them for the model's classifier.
    """

    dataset: str = "mnist"
    generator: str = ""
    penalties: tuple[str, ...] = tuple(PENALTIES)
    samples: int = 10_000
    each: int = 50
    steps: int = 100
    step_size: float = 0.1
    epochs: int = 2
    train_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "penalties", PENALTIES)
        require_positive(self, "samples", "each", "steps", "epochs", "train_images")
        require_rates(self, "step_size")
        if self.samples < 2:
            raise InputError("One draw gives no interval; set samples to 2 or more.")
        if not self.generator and self.dataset != "mnist":
            raise InputError(
                "The reference generator draws mnist; give a run on this data set with "
                "--set generator=RUN."
            )


SCALES = {
    "tiny": Settings(samples=60, each=2, steps=3, epochs=1, train_images=256),
    "quick": Settings(samples=2_000, each=10, steps=60, epochs=1, train_images=12_800),
    "full": Settings(),
}  # fmt: skip
