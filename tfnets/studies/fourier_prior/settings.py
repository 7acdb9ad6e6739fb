"""What can be set in the study `fourier_prior`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.inputs.recipes import OPTIMIZERS
from tfnets.lab import settings as lab
from tfnets.lab.settings import count, one_of, rate, setting

TITLES = {"without": "without prior", "with": "with Fourier prior"}
"""The arms: how images without and with the prior are called."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    network: str = setting("cifar10", "What `tfnets.models.load` takes.")
    unit: str = setting(
        "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck",
        "Classes to be maximised, names or numbers, separated by commas.",
    )
    natural: str = setting(
        "installed",
        "Where the natural spectrum is from: `installed` (photographs that come with scikit-image "
        "and scikit-learn), `all` (every photograph by name), `cifar10`, or a folder of pictures.",
    )
    weight: float = rate(5.0, "Weight of the prior, per dB^2.")
    optimizer: str = one_of(OPTIMIZERS, "adam", "`adam` or `gradient_descent`.")
    learning_rate: float = rate(0.01, "Its learning rate, in pixel units.")
    steps: int = count(256, "Steps per image.")
    jitter: int = setting(
        2,
        "The image is shifted by up to this many pixels at each step, so that what is found does "
        "not hang on single pixels; without and with the prior alike.",
    )
    repeats: int = lab.repeats(3, "Seeds of the starting noise.")

    def require(self) -> None:
        """Refuses shifts by less than nothing."""
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
