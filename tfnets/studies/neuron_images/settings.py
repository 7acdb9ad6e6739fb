"""What can be set in the study `neuron_images`, and its scales."""

from dataclasses import dataclass, replace

from tfnets.errors import InputError
from tfnets.inputs.parametrizations import Shape, pixels
from tfnets.inputs.recipes import Recipe, strong
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, rate, setting, some_of

ABLATION = ("none", "l2", "total_variation", "transformations", "fourier", "all")
"""The strong recipe's ingredients, one at a time, on pixels and Adam; `all` is that recipe."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    network: str = setting("efficientnet_lite0", "What `tfnets.models.load` takes.")
    unit: str = setting(
        "",
        "One unit in place of all others: a class by number or name, `LAYER:7` for a channel, "
        "`LAYER:0,0,0` for a neuron (row, column, channel). Empty: `classes`, and neurons of the "
        "second convolution, [0,0,0] among them.",
    )
    classes: Names = setting(
        ("jellyfish", "hen", "goldfish", "monarch", "strawberry", "castle", "daisy", "tarantula"),
        "Classes whose images are looked for, by number or name.",
    )
    second: str = setting(
        "mobilenet_v2",
        "Another network of the same classes that judges the images; empty for none.",
    )
    field_network: str = setting(
        "alexnet_features",
        "A further network whose second convolution is looked at, as the report did with "
        "AlexNet's; empty for none.",
    )
    field_steps: int = count(100, "Steps for a neuron's image.")
    origin_classes: int = count(2, "How many of the classes get images by the report's loss.")
    origin_steps: int = count(1000, "Steps of the report's recipe.")
    fitted_factor: float = rate(
        300_000.0, "Factor of the neuron in the report's loss (there 1000) for this network."
    )
    fitted_rate: float = rate(
        0.003, "Learning rate in the report's units (there 0.33) for this network."
    )
    fitted_steps: int = count(500, "Steps with these numbers.")
    steps: int = count(400, "Steps of the strong recipe.")
    ablation: Names = some_of(
        ABLATION, ABLATION, "Ingredients of the strong recipe that are looked at one at a time."
    )
    ablation_steps: int = count(256, "Steps of each of them.")
    frames: int = setting(40, "Frames of the animations.")

    def require(self) -> None:
        """Refuses an animation of one frame, and a second network that is the first."""
        if self.frames < 2:
            raise InputError(f"The setting frames is {self.frames}; give 2 or more.")
        if self.second and self.second == self.network:
            raise InputError(
                f"The second network is {self.second} like the first; give another one, or none."
            )


SCALES = {
    "tiny": Settings(
        network="cifar10_3_8", second="cifar10_12_32", field_network="", classes=("0", "1"),
        field_steps=8, origin_classes=1, origin_steps=6, fitted_factor=60_000.0, fitted_rate=0.03,
        fitted_steps=6, steps=6, ablation=("none",), ablation_steps=4, frames=3,
    ),
    "quick": Settings(
        network="cifar10", second="cifar10_24_64", field_network="",
        classes=tuple(map(str, range(10))), origin_classes=10, fitted_factor=60_000.0,
        fitted_rate=0.03,
    ),
    "full": Settings(),
}  # fmt: skip


def ablation(shape: Shape, steps: int) -> dict[str, Recipe]:
    """The strong recipe and each of its ingredients alone, by the names of `ABLATION`."""
    best = replace(strong(shape), steps=steps)
    none = Recipe(pixels(), learning_rate=0.02, steps=steps)
    smooth, grey = best.priors
    return {
        "none": none,
        "l2": replace(none, priors=(grey,)),
        "total_variation": replace(none, priors=(smooth,)),
        "transformations": replace(none, transformations=best.transformations),
        "fourier": replace(best, priors=(), transformations=()),
        "all": best,
    }
