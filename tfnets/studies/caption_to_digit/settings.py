"""What can be set in the study `caption_to_digit`, and its scales."""

from dataclasses import dataclass

from tfnets import latents
from tfnets.lab import settings as lab
from tfnets.lab.settings import Names, count, decay, one_of, rate, some_of
from tfnets.methods.gans.recipe import Recipe

VARIANTS = ("matching", "plain")
"""With and without real images under captions that do not fit."""

PROMPTS = (
    "a thick slanted seven",
    "a thin 7 leaning to the left",
    "a large bold zero",
    "2, thin, upright",
    "a small three slanted right",
    "a light 3 that is straight",
    "number eight, thick",
    "a thin nine tilted left",
    "four",
    "a bold digit slanted right",
)
"""Prompts of the figure; the last leaves the digit open."""

COLUMNS = 6
"""Latent vectors shown per prompt."""


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    variants: Names = some_of(VARIANTS, VARIANTS, "The trainings.")
    prior: str = one_of(latents.PRIORS, "normal", "What z is drawn from.")
    latent: int = count(64, "Size of the latent vector.")
    width: int = count(24, "Channels of the networks (see `tfnets.models.captioned`).")
    epochs: int = count(8, "Passes over the training images; a point of the curves after each.")
    batch_size: int = lab.batch_size(60)
    learning_rate: float = rate(
        1e-3,
        "Adam's learning rate of both networks at the start (beta_1 0.5), from where it falls to 0 "
        "along a half cosine.",
    )
    average: float = decay(0.999, "Decay of the running mean of the generator's weights.")
    repeats: int = lab.repeats(3)
    samples: int = count(
        10_000, "Generated images of the final measurement, and real ones beside them."
    )
    curve_samples: int = count(2_000, "Generated images at each point of the curves.")
    crossed_samples: int = count(40, "Generated images per combination of digit and attributes.")
    train_images: int = lab.first_train_images(60_000)

    @property
    def recipe(self) -> Recipe:
        """How each GAN is trained."""
        return Recipe.of(self, falls=True)


SCALES = {
    "tiny": Settings(
        latent=4, width=4, epochs=2, batch_size=32, average=0.5, repeats=1, samples=160,
        curve_samples=80, crossed_samples=1, train_images=320,
    ),
    "quick": Settings(
        variants=("matching",), epochs=2, repeats=1, samples=2_000, curve_samples=500,
        crossed_samples=10,
    ),
    "full": Settings(),
}  # fmt: skip
