"""What can be set in the study `attention_as_convolution`, and its scales."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, Rates, count, rate, some_of

NETWORKS = ("mnist", "cifar10")  # the data sets whose trained networks are rewritten
MAPPED = (0.5, 2.0, 32.0)  # sharpnesses whose attention maps and planes are drawn


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    sizes: Counts = count((3, 5), "Rows and columns of the kernels.")
    side: int = count(16, "Rows of the images with random layers; they have one column more.")
    channels: int = count(8, "Channels of those images.")
    filters: int = count(8, "Filters of those layers.")
    dense_inputs: int = count(196, "Inputs of the dense layers.")
    repeats: int = lab.repeats(5, "Random layers of each kind.")
    sharpnesses: Rates = rate(
        (0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 64.0),
        "Factors of the squared distance that are tried.",
    )
    networks: Names = some_of(
        NETWORKS,
        NETWORKS,
        "Trained networks whose layers are rewritten: `mnist`, `cifar10`.",
        may_be_empty=True,
    )
    images: int = count(16, "Test images per network, and noise images per random layer.")


SCALES = {
    "tiny": Settings(
        sizes=(3,), side=6, channels=2, filters=2, dense_inputs=9, repeats=2,
        sharpnesses=(1.0, 4.0, 32.0), networks=("mnist",), images=2,
    ),
    "quick": Settings(repeats=2, images=4),
    "full": Settings(),
}  # fmt: skip
