"""What can be set in the study `attention_as_convolution`, and its scales."""

from dataclasses import dataclass

from tfnets.lab.settings import require_known, require_positive, require_rates
from tfnets.studies.attention_as_convolution.networks import (
    NETWORKS,
)


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        sizes: Rows and columns of the kernels.
        side: Rows of the images with random layers; they have one column more.
        channels: Channels of those images.
        filters: Filters of those layers.
        dense_inputs: Inputs of the dense layers.
        repeats: Random layers of each kind.
        sharpnesses: Factors of the squared distance that are tried.
        networks: Trained networks whose layers are rewritten: `mnist`, `cifar10`.
        images: Test images per network, and noise images per random layer.
    """

    sizes: tuple[int, ...] = (3, 5)
    side: int = 16
    channels: int = 8
    filters: int = 8
    dense_inputs: int = 196
    repeats: int = 5
    sharpnesses: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 64.0)
    networks: tuple[str, ...] = ("mnist", "cifar10")
    images: int = 16

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "sizes", "side", "channels", "filters", "dense_inputs")
        require_positive(self, "repeats", "images")
        require_known(self, "networks", NETWORKS, may_be_empty=True)
        require_rates(self, "sharpnesses")


SCALES = {
    "tiny": Settings(
        sizes=(3,), side=6, channels=2, filters=2, dense_inputs=9, repeats=2,
        sharpnesses=(1.0, 4.0, 32.0), networks=("mnist",), images=2,
    ),
    "quick": Settings(repeats=2, images=4),
    "full": Settings(),
}  # fmt: skip
