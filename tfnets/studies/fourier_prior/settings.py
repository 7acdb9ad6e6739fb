"""What can be set in the study `fourier_prior`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.inputs.recipes import OPTIMIZERS
from tfnets.lab.settings import require_known, require_positive


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        network: What `tfnets.models.load` takes.
        unit: Classes to be maximised, names or numbers, separated by commas.
        natural: Where the natural spectrum is from: `installed` (photographs that come with
            scikit-image and scikit-learn), `all` (every photograph by name), `cifar10`, or a
            folder of pictures.
        weight: Weight of the prior, per dB^2.
        optimizer: `adam` or `gradient_descent`.
        learning_rate: Its learning rate, in pixel units.
        steps: Steps per image.
        jitter: The image is shifted by up to this many pixels at each step, so that what is found
            does not hang on single pixels; without and with the prior alike.
        repeats: Seeds of the starting noise.
    """

    network: str = "cifar10"
    unit: str = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck"
    natural: str = "installed"
    weight: float = 5.0
    optimizer: str = "adam"
    learning_rate: float = 0.01
    steps: int = 256
    jitter: int = 2
    repeats: int = 3

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "optimizer", OPTIMIZERS)
        require_positive(self, "steps", "repeats")
        if not (self.weight > 0 and self.learning_rate > 0):
            raise InputError(
                f"The prior's weight is {self.weight} and the learning rate {self.learning_rate}; "
                "give numbers above 0."
            )
        if self.jitter < 0:
            raise InputError(f"The setting jitter is {self.jitter}; give 0 or more pixels.")


SCALES = {
    "tiny": Settings(network="cifar10_3_8", unit="bird,ship", steps=8, repeats=2),
    "quick": Settings(),
    "full": Settings(
        network="efficientnet_lite0", unit="jellyfish,goldfish,flamingo,strawberry",
        natural="all", steps=384, jitter=16, repeats=2,
    ),
}  # fmt: skip
