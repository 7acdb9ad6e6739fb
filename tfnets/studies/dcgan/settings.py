"""What can be set in the study `dcgan`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab.settings import require_known, require_positive
from tfnets.methods.gans.dcgan import COLOUR, DIGITS, VARIANTS, Recipe
from tfnets.models import dcgan


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        datasets: Some of `mnist`, `fashion_mnist`, `cifar10`.
        ablated: Those on which the network without batch normalisation is trained, too.
        latent: Size of the latent vector, drawn from N(0, 1).
        digit_filters: Filters of generator and discriminator for grey images (see `dcgan.Style`).
        digit_epochs: The points of measurement there, in finished epochs; the last ends it.
        colour_filters: Filters of generator and discriminator for colour images.
        colour_epochs: The points of measurement there.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        repeats: Seeds per network.
        samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used of each data set, at most.
        frames: Frames of the GIF per epoch, at most one per compiled call.
    """

    datasets: tuple[str, ...] = ("mnist", "cifar10")
    ablated: tuple[str, ...] = ("mnist",)
    latent: int = 100
    digit_filters: tuple[int, ...] = (64, 64)
    digit_epochs: tuple[int, ...] = (1, 2, 3)
    colour_filters: tuple[int, ...] = (64, 128)
    colour_epochs: tuple[int, ...] = (1, 3, 5)
    batch_size: int = 50
    learning_rate: float = 1e-3
    repeats: int = 3
    samples: int = 10_000
    train_images: int = 60_000
    frames: int = 4

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "datasets", (*DIGITS, *COLOUR))
        require_known(self, "ablated", (*DIGITS, *COLOUR), may_be_empty=True)
        require_positive(self, "latent", "digit_epochs", "colour_epochs", "batch_size", "repeats")
        require_positive(self, "samples", "train_images", "frames")
        for pair in (self.digit_filters, self.colour_filters):
            if len(pair) != 2:
                raise InputError(
                    f"The filters are {pair}; give two numbers, the generator's and the "
                    "discriminator's."
                )
            for filters in pair:
                dcgan.Style(filters)

    def recipe(self, dataset: str) -> Recipe:
        """How the networks are trained on a data set."""
        digits = dataset in DIGITS
        return Recipe(
            self.latent,
            self.digit_filters if digits else self.colour_filters,
            self.digit_epochs if digits else self.colour_epochs,
            self.batch_size,
            self.learning_rate,
            self.frames,
        )

    def variants(self, dataset: str) -> tuple[str, ...]:
        """The networks that are trained on a data set."""
        return VARIANTS if dataset in self.ablated else VARIANTS[:1]


SCALES = {
    "tiny": Settings(
        latent=8, digit_filters=(4, 4), digit_epochs=(1, 2), colour_filters=(4, 4),
        colour_epochs=(1,), batch_size=32, repeats=1, samples=64, train_images=128,
    ),
    "quick": Settings(
        digit_filters=(16, 32), digit_epochs=(1, 2), colour_filters=(32, 64), colour_epochs=(1,),
        repeats=1, samples=2_000, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
