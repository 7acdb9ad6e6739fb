"""What can be set in the study `wrong_labels`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, decay, one_of, rate, some_of
from tfnets.methods.gans.conditional import ConditionalRecipe
from tfnets.models.conditional import CONDITIONAL

VARIANTS = {"plain": False, "matching": True}
"""Whether each variant shows real images with wrong labels in training."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    dataset: str = lab.dataset()
    network: str = one_of(CONDITIONAL, "complex", "The network.")
    variants: Names = some_of(VARIANTS, tuple(VARIANTS), "The trainings.")
    prior: str = one_of(latents.PRIORS, "uniform", "What z is drawn from.")
    latent: int = count(100, "Size of the latent vector.")
    epochs: int = count(3, "Passes over the training images.")
    batch_size: int = lab.batch_size(60)
    learning_rate: float = rate(8e-4, "Adam's learning rate of both networks (beta_1 0.5).")
    average: float = decay(0.9995, "Decay of the running mean of the generator's weights.")
    repeats: int = lab.repeats(3)
    samples: int = count(
        10_000, "Test images that are scored at the end, and as many generated ones."
    )
    curve_samples: int = count(1_000, "The same after each epoch.")
    train_images: int = lab.first_train_images(60_000)

    def recipe(self, variant: str) -> ConditionalRecipe:
        """How a variant is trained."""
        return ConditionalRecipe.of(self, matching=VARIANTS[variant])


SCALES = {
    "tiny": Settings(
        network="simple", latent=8, epochs=2, batch_size=32, repeats=1, samples=200,
        curve_samples=50, train_images=256, average=0.5,
    ),
    "quick": Settings(
        network="simple", epochs=2, repeats=1, samples=2_000, train_images=20_000,
    ),
    "full": Settings(),
}  # fmt: skip
