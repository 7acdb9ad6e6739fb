"""What can be set in the study `neuron_images`, and its scales."""

from dataclasses import dataclass, replace

from tfnets.errors import InputError
from tfnets.inputs.parametrizations import Shape, pixels
from tfnets.inputs.recipes import Recipe, strong
from tfnets.lab.settings import require_known, require_positive

ABLATION = ("none", "l2", "total_variation", "transformations", "fourier", "all")
"""The strong recipe's ingredients, one at a time, on pixels and Adam; `all` is that recipe."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        network: What `tfnets.models.load` takes.
        unit: One unit in place of all others: a class by number or name, `LAYER:7` for a channel,
            `LAYER:0,0,0` for a neuron (row, column, channel). Empty: `classes`, and
            neurons of the second convolution, [0,0,0] among them.
        classes: Classes whose images are looked for, by number or name.
        second: Another network of the same classes that judges the images; empty for none.
        field_network: A further network whose second convolution is looked at, as the report
            did with AlexNet's; empty for none.
        field_steps: Steps for a neuron's image.
        origin_classes: How many of the classes get images by the report's loss.
        origin_steps: Steps of the report's recipe.
        fitted_factor: Factor of the neuron in the report's loss (there 1000) for this network.
        fitted_rate: Learning rate in the report's units (there 0.33) for this network.
        fitted_steps: Steps with these numbers.
        steps: Steps of the strong recipe.
        ablation: Keys of `ABLATION`.
        ablation_steps: Steps of each of them.
        frames: Frames of the animations.
    """

    network: str = "efficientnet_lite0"
    unit: str = ""
    classes: tuple[str, ...] = (
        "jellyfish", "hen", "goldfish", "monarch", "strawberry", "castle", "daisy", "tarantula",
    )  # fmt: skip
    second: str = "mobilenet_v2"
    field_network: str = "alexnet_features"
    field_steps: int = 100
    origin_classes: int = 2
    origin_steps: int = 1000
    fitted_factor: float = 300_000.0
    fitted_rate: float = 0.003
    fitted_steps: int = 500
    steps: int = 400
    ablation: tuple[str, ...] = ABLATION
    ablation_steps: int = 256
    frames: int = 40

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "ablation", ABLATION)
        require_positive(self, "field_steps", "origin_classes", "origin_steps", "steps")
        require_positive(self, "fitted_steps", "ablation_steps")
        if not (self.fitted_factor > 0 and self.fitted_rate > 0):
            raise InputError("The settings fitted_factor and fitted_rate must be above 0.")
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
