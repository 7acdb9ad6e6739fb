"""What can be set in the study `dcgan`, and its scales."""

from dataclasses import dataclass

from tfnets.lab import settings as lab
from tfnets.lab.settings import Counts, Names, count, rate, setting, some_of
from tfnets.methods.gans.dcgan import COLOUR, DIGITS, VARIANTS, Plan, require_pair

DATASETS = (*DIGITS, *COLOUR)


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    datasets: Names = some_of(
        DATASETS, ("mnist", "cifar10"), "Some of mnist, fashion_mnist, cifar10."
    )
    ablated: Names = some_of(
        DATASETS,
        ("mnist",),
        "Those on which the network without batch normalisation is trained, too.",
        may_be_empty=True,
    )
    latent: int = count(100, "Size of the latent vector, drawn from N(0, 1).")
    digit_filters: Counts = setting(
        (64, 64),
        "Filters of generator and discriminator for grey images (see `dcgan.Style`).",
        require_pair,
    )
    digit_epochs: Counts = count(
        (1, 2, 3), "The points of measurement there, in finished epochs; the last ends it."
    )
    colour_filters: Counts = setting(
        (64, 128),
        "Filters of generator and discriminator for colour images (see `dcgan.Style`).",
        require_pair,
    )
    colour_epochs: Counts = count((1, 3, 5), "The points of measurement there.")
    batch_size: int = lab.batch_size(50)
    learning_rate: float = rate(1e-3, "Adam's learning rate of both networks (beta_1 0.5).")
    repeats: int = lab.repeats(3, "Seeds per network.")
    samples: int = count(10_000, "Generated images per measurement, and real ones beside them.")
    train_images: int = count(60_000, "Training images used of each data set, at most.")
    frames: int = count(4, "Frames of the GIF per epoch, at most one per compiled call.")

    def plan(self, dataset: str) -> Plan:
        """How the networks are trained on a data set."""
        kind = "digit" if dataset in DIGITS else "colour"
        return Plan(
            dataset, self.latent, getattr(self, f"{kind}_filters"), getattr(self, f"{kind}_epochs"),
            self.batch_size, self.learning_rate, self.frames, self.samples, self.train_images,
        )  # fmt: skip

    def variants(self, dataset: str) -> Names:
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
