"""What can be set in the study `occlusion`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.pictures import PHOTOS
from tfnets.errors import InputError
from tfnets.inputs.covering.fills import FILLS
from tfnets.inputs.covering.occlusion import READS
from tfnets.lab.settings import require_known, require_positive, require_rates


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        network: What `tfnets.models.load` takes.
        image: A photo's name, or a path.
        target: The class by number or name; empty for the one that the network sees.
        size: Side of the covered block in pixels of the network's input; 0 for a seventh of the
            shorter side, but at least 6.
        stride: Pixels from one block to the next; 0 for a quarter of the size.
        fill: What a block is filled with: `zero`, `mean`, `blur` or `noise`.
        read: `logit` or `probability`.
        fills: Fills that are compared.
        relative_sizes: Block sizes that are compared, as multiples of `size`.
        photos: Photos for deletion and insertion, besides `image`, each with the class that the
            network sees; may be empty.
        orders: Random orders per photo.
        steps: Points of a deletion or insertion curve.
        planted: Scenes with a pasted photo, on a plain ground and as many in other photos (in
            the same, if there are no others); 0 for none.
        batch_size: Images at a time.
    """

    network: str = "efficientnet_lite0"
    image: str = "jellyfish"
    target: str = ""
    size: int = 0
    stride: int = 0
    fill: str = "mean"
    read: str = "probability"
    fills: tuple[str, ...] = FILLS
    relative_sizes: tuple[float, ...] = (0.5, 1.0, 2.0)
    photos: tuple[str, ...] = (
        "chelsea", "coffee", "imagenet_00_243", "imagenet_01_559", "imagenet_03_990",
        "imagenet_06_609", "imagenet_14_129", "imagenet_16_251", "imagenet_17_22",
    )  # fmt: skip
    orders: int = 20
    steps: int = 28
    planted: int = 24
    batch_size: int = 32

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "fill", FILLS)
        require_known(self, "fills", FILLS)
        require_known(self, "read", READS)
        require_known(self, "photos", PHOTOS, may_be_empty=True)
        require_positive(self, "steps", "batch_size")
        if min(self.size, self.stride, self.planted) < 0:
            raise InputError(
                f"The block is {self.size}, its stride {self.stride} and the planted scenes are "
                f"{self.planted}; give 0 or more."
            )
        require_rates(self, "relative_sizes")
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
