"""What can be set in the study `laplace_noise`, and its scales."""

from dataclasses import dataclass

from tfnets.datasets.sources.photo_catalog import FOOLBOX
from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, Rates, count, deviation, one_of, rate, setting


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = one_of(
        ("photos", "cifar10"),
        "photos",
        "`photos`, crops of the photographs named below, or `cifar10`, whole images.",
    )
    photos: Names = setting(
        ("astronaut", "chelsea", "coffee", "rocket"),
        "Photographs whose crops are restored and counted.",
    )
    tuning_photos: Names = setting(
        ("china", "flower", "motorcycle"),
        "Other photographs, on whose crops the priors' weights are chosen.",
    )
    images: int = count(60, "Crops that are counted, spread evenly over the photographs.")
    tuning_images: int = count(24, "Crops that weights are chosen on.")
    size: int = count(64, "Rows and columns of a crop in pixels.")
    sigmas: Rates = deviation((0.1, 0.2), "Standard deviations of both noises, in pixel units.")
    strengths: Rates = rate(
        (0.8, 0.95, 1.13, 1.35, 1.6, 1.9, 2.26, 2.7),
        "The grid of weights of total variation, as multiples of 1 / sigma.",
    )
    steps: int = count(150, "Steps of each restoration.")

    def require(self) -> None:
        """Refuses one image alone, and weights chosen on what is counted."""
        if self.images < 2:
            raise InputError("One image gives no interval; set images to 2 or more.")
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
