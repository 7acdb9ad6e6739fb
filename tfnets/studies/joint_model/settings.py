"""What can be set in the study `joint_model`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, rate, setting, some_of
from tfnets.studies.joint_model.model import PENALTIES

EXAMPLES = 6
"""Images per class that are kept for the figures."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    generator: str = setting(
        "",
        "Folder of a finished run of dcgan, gan_priors or decoder_gan on that data set; empty for "
        "the reference run of dcgan, which is of MNIST.",
    )
    penalties: Names = some_of(
        PENALTIES, tuple(PENALTIES), "The penalties on h: nothing, density, length."
    )
    samples: int = count(10_000, "Draws from the joint model.")
    each: int = count(50, "Searches per class.")
    steps: int = count(100, "Steps of each search.")
    step_size: float = rate(0.1, "Adam's first step size.")
    epochs: int = count(2, "Passes of the classifiers over half of the training images.")
    train_images: int = count(60_000, "Training images, half of them for the model's classifier.")

    def require(self) -> None:
        """Refuses a single draw, and the reference generator beside another data set."""
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
