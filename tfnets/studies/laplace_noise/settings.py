"""What can be set in the study `laplace_noise`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.sources.photo_catalog import FOOLBOX
from tfnets.errors import InputError
from tfnets.lab.settings import require_deviations, require_known, require_positive, require_rates


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `photos`, crops of the photographs named below, or `cifar10`, whole images.
        photos: Photographs whose crops are restored and counted.
        tuning_photos: Other photographs, on whose crops the priors' weights are chosen.
        images: Crops that are counted, spread evenly over the photographs.
        tuning_images: Crops that weights are chosen on.
        size: Rows and columns of a crop in pixels.
        sigmas: Standard deviations of both noises, in pixel units.
        strengths: The grid of weights of total variation, as multiples of 1 / sigma.
        steps: Steps of each restoration.
    """

    dataset: str = "photos"
    photos: tuple[str, ...] = ("astronaut", "chelsea", "coffee", "rocket")
    tuning_photos: tuple[str, ...] = ("china", "flower", "motorcycle")
    images: int = 60
    tuning_images: int = 24
    size: int = 64
    sigmas: tuple[float, ...] = (0.1, 0.2)
    strengths: tuple[float, ...] = (0.8, 0.95, 1.13, 1.35, 1.6, 1.9, 2.26, 2.7)
    steps: int = 150

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("photos", "cifar10"))
        require_positive(self, "images", "tuning_images", "size", "steps")
        if self.images < 2:
            raise InputError("One image gives no interval; set images to 2 or more.")
        require_deviations(self, "sigmas")
        require_rates(self, "strengths")
        both = set(self.photos) & set(self.tuning_photos)
        if not self.photos or not self.tuning_photos or both:
            raise InputError(
                f"Weights must be chosen on other photographs than those counted, but "
                f"{', '.join(both) or 'one list'} is in both or empty; give two separate lists."
            )


SCALES = {
    "tiny": Settings(
        photos=("chelsea",), tuning_photos=("flower",), images=4, tuning_images=2, size=16,
        sigmas=(0.2,), strengths=(0.95, 1.35), steps=10,
    ),
    "quick": Settings(tuning_images=15, strengths=(0.8, 1.0, 1.25, 1.6, 2.0, 2.5), steps=120),
    "full": Settings(
        photos=("astronaut", "chelsea", "coffee", "rocket", *FOOLBOX),
        tuning_photos=("china", "flower", "motorcycle", "mountain", "puppy", "island"),
        images=120, sigmas=(0.05, 0.1, 0.2),
    ),
}  # fmt: skip
