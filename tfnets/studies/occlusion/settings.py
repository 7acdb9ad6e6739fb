"""What can be set in the study `occlusion`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.pictures import PHOTOS
from tfnets.errors import InputError
from tfnets.inputs.covering.fills import FILLS
from tfnets.inputs.covering.occlusion import READS
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, Rates, count, one_of, rate, setting, some_of

CURVES = ("deletion", "insertion")  # what is done with a photo's blocks in the order of its map
GROUNDS = ("plain", "photos")
"""What the planted photo is pasted on: its own mean colour, and the other photos."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    network: str = setting("efficientnet_lite0", "What `tfnets.models.load` takes.")
    image: str = setting("jellyfish", "A photo's name, or a path.")
    target: str = setting(
        "", "The class by number or name; empty for the one that the network sees."
    )
    size: int = setting(
        0,
        "Side of the covered block in pixels of the network's input; 0 for a seventh of the "
        "shorter side, but at least 6.",
    )
    stride: int = setting(0, "Pixels from one block to the next; 0 for a quarter of the size.")
    fill: str = one_of(
        FILLS, "mean", "What a block is filled with: `zero`, `mean`, `blur` or `noise`."
    )
    read: str = one_of(READS, "probability", "`logit` or `probability`.")
    fills: Names = some_of(FILLS, FILLS, "Fills that are compared.")
    relative_sizes: Rates = rate(
        (0.5, 1.0, 2.0), "Block sizes that are compared, as multiples of `size`."
    )
    photos: Names = some_of(
        PHOTOS,
        (
            "chelsea", "coffee", "imagenet_00_243", "imagenet_01_559", "imagenet_03_990",
            "imagenet_06_609", "imagenet_14_129", "imagenet_16_251", "imagenet_17_22",
        ),
        "Photos for deletion and insertion, besides `image`, each with the class that the network "
        "sees; may be empty.",
        may_be_empty=True,
    )  # fmt: skip
    orders: int = setting(20, "Random orders per photo.")
    steps: int = count(28, "Points of a deletion or insertion curve.")
    planted: int = setting(
        24,
        "Scenes with a pasted photo, on a plain ground and as many in other photos (in the same, "
        "if there are no others); 0 for none.",
    )
    batch_size: int = lab.batch_size(32, "Images at a time.")

    def require(self) -> None:
        """Refuses blocks and scenes of less than nothing, and orders without an interval."""
        if min(self.size, self.stride, self.planted) < 0:
            raise InputError(
                f"The block is {self.size}, its stride {self.stride} and the planted scenes are "
                f"{self.planted}; give 0 or more."
            )
        if self.orders < 2:
            raise InputError(f"{self.orders} random orders have no interval; give 2 or more.")


SCALES = {
    "tiny": Settings(
        network="cifar10_3_8", image="chelsea", fill="zero", fills=("zero",), relative_sizes=(2.0,),
        photos=("coffee",), orders=3, steps=4, planted=2, stride=3,
    ),
    "quick": Settings(
        network="cifar10", image="chelsea", photos=(
            "coffee", "astronaut", "china", "flower", "rocket", "camera", "motorcycle", "coins",
            "clock", "hubble", "moon",
        ),
    ),
    "full": Settings(),
}  # fmt: skip
