"""What can be set in the study `conditional_gan`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, decay, one_of, rate, setting, some_of, weight
from tfnets.methods.gans.conditional import ConditionalRecipe
from tfnets.models.conditional import CONDITIONAL

ROWS = 3
"""Latent vectors shown per network, each with all digits."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    networks: Names = some_of(CONDITIONAL, ("paper", "simple", "complex"), "The networks.")
    prior: str = one_of(latents.PRIORS, "uniform", "What z is drawn from.")
    latent: int = count(100, "Size of the latent vector.")
    epochs: int = count(5, "Passes over the training images; a point of the curves after each.")
    batch_size: int = lab.batch_size(60)
    learning_rate: float = rate(
        8e-4, "Adam's learning rate of generator and discriminator (beta_1 0.5)."
    )
    paper_learning_rate: float = rate(5e-4, "The same for the paper's network.")
    paper_flatness: float = weight(
        2.0, "Weight of the penalty on the slope of its discriminator (`r1`); 0 for none."
    )
    average: float = decay(0.9995, "Decay of the running mean of the generator's weights.")
    matching: bool = setting(
        True, "Whether real images with wrong labels are shown as a third kind of input."
    )
    repeats: int = lab.repeats(3, "Seeds per network.")
    samples: int = count(
        10_000, "Generated images of the final measurement, and real ones beside them."
    )
    curve_samples: int = count(2_000, "The same for the points of the curves.")
    train_images: int = lab.first_train_images(60_000)

    def recipe(self, network: str) -> ConditionalRecipe:
        """How a network is trained."""
        own = {"learning_rate": self.paper_learning_rate, "flatness": self.paper_flatness}
        return ConditionalRecipe.of(self, network=network, **(own if network == "paper" else {}))


SCALES = {
    "tiny": Settings(
        networks=("simple", "complex"), latent=8, epochs=2, batch_size=32, repeats=1, samples=200,
        curve_samples=40, train_images=256, average=0.5, matching=False,
    ),
    "quick": Settings(
        networks=("simple", "complex"), epochs=3, repeats=1, samples=2_000, curve_samples=500,
        train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
