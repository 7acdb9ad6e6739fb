"""What can be set in the study `interpolation`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive
from tfnets.methods.autoencoders.training import VARIANTS
from tfnets.methods.gans.dcgan import DIGITS
from tfnets.models import dcgan as networks


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variant: The autoencoder: a key of `methods.autoencoders.training.VARIANTS`.
        latent: Size of both latent vectors; a given GAN has its own.
        autoencoder: Folder of a finished run with that autoencoder; empty trains it here.
        autoencoder_epochs: Epochs of its training here.
        gan: Folder of a finished run of a GAN on that data set; empty trains study 3.7's here.
        gan_filters: Filters of its generator and discriminator (see `models.dcgan.Style`).
        gan_epochs: Epochs of its training here.
        repeats: Seeds of both networks.
        pairs: Pairs of test images of different classes.
        points: Points on each path with both ends; one more than a multiple of 4.
        candidates: Draws of which the search for a latent vector begins at the most similar.
        search_steps: Steps of that search.
        samples: Generated images by which the GAN is measured, and real ones beside them.
        train_images: Training images used (all: 60000).
        test_images: Test images that pairs are drawn of (all: 10000).
    """

    dataset: str = "mnist"
    variant: str = "origin"
    latent: int = 100
    autoencoder: str = ""
    autoencoder_epochs: int = 6
    gan: str = ""
    gan_filters: tuple[int, ...] = (64, 64)
    gan_epochs: int = 6
    repeats: int = 3
    pairs: int = 300
    points: int = 21
    candidates: int = 10_000
    search_steps: int = 300
    samples: int = 10_000
    train_images: int = 60_000
    test_images: int = 10_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", DIGITS)
        require_known(self, "variant", VARIANTS)
        require_positive(self, "latent", "autoencoder_epochs", "gan_filters", "gan_epochs")
        require_positive(self, "repeats", "candidates", "search_steps", "samples")
        require_positive(self, "train_images", "test_images")
        if self.points < 5 or self.points % 4 != 1:
            raise InputError(
                f"Paths of {self.points} points have none at their quarters; give 5, 9, 13, ... 21."
            )
        if self.pairs < 2:
            raise InputError("One pair gives no interval; set pairs to 2 or more.")
        if len(self.gan_filters) != 2:
            raise InputError(
                f"The filters are {self.gan_filters}; give two numbers, the generator's and the "
                "discriminator's."
            )
        for filters in self.gan_filters:
            networks.Style(filters)


SCALES = {
    "tiny": Settings(
        latent=8, autoencoder_epochs=1, gan_filters=(4, 4), gan_epochs=1, repeats=1, pairs=6,
        points=5, candidates=20, search_steps=3, samples=64, train_images=128, test_images=160,
    ),
    "quick": Settings(
        autoencoder_epochs=2, gan_filters=(32, 32), gan_epochs=1, repeats=2, pairs=100,
        candidates=2_000, search_steps=100, samples=2_000, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
