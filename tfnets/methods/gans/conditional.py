"""How the studies of conditional GANs make and train one: networks by name, optimisers, average."""

from dataclasses import dataclass

import keras
import numpy as np

from tfnets import latents
from tfnets.methods.gans.recipe import Recipe
from tfnets.models.conditional import CLASSES, CONDITIONAL
from tfnets.models.labels import require_labels
from tfnets.models.maxout import Maxout
from tfnets.tracing import readings
from tfnets.tracing.cost import cost
from tfnets.tracing.rules import Rule, plane_of
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.mismatches import wrong_labels
from tfnets.training.penalties import r1

MAXOUT = Rule(
    lambda layer, source, output: readings.whole(plane_of(source)),
    lambda layer, inputs, output: inputs[0][-1] * layer.units * layer.pieces,
)
"""What a unit of the layer reads, and its multiplications."""


@dataclass(frozen=True, kw_only=True)
class ConditionalRecipe(Recipe):
    """How a conditional GAN is trained.

    Attributes:
        network: A key of `CONDITIONAL`.
        prior: A key of `latents.PRIORS`.
        latent: Size of the latent vector.
        average: Decay of the generator's running mean, from which is sampled.
        matching: Whether real images with wrong labels are shown as a third kind of input.
        flatness: Weight of the penalty on the discriminator's slope (`r1`); 0 for none.
    """

    network: str
    prior: str
    latent: int
    average: float
    matching: bool
    flatness: float = 0.0

    def trainer(self, seed: int, images: int) -> ConditionalGAN:
        """Returns the compiled trainer for so many training images."""
        generator, discriminator = CONDITIONAL[self.network]
        prior = latents.PRIORS[self.prior](self.latent)
        networks = generator(self.latent, seed), discriminator(seed)
        trainer = ConditionalGAN(*networks, prior, seed=seed)
        mismatch = wrong_labels(CLASSES) if self.matching else None
        penalty = r1(self.flatness) if self.flatness else None
        self.compile(trainer, images, mismatch=mismatch, penalty=penalty, average=self.average)
        return trainer

    def multiplications(self, trainer: ConditionalGAN) -> int:
        """Multiplications of one update of both networks, a backward pass reckoned as two forward.

        The generator goes forward twice and back once. The discriminator goes forward and back for
        real, generated and perhaps mismatched pairs, and once more for the generator's gradient,
        where its own weights need none. The penalty takes a pass forward, one back to the images,
        and the gradients of both, which are twice as much.
        """
        made, judged = (
            cost(network, rules={Maxout: MAXOUT}).multiplications
            for network in (trainer.generator, trainer.discriminator)
        )
        passes = 3 * (2 + self.matching) + 2 + (6 if self.flatness else 0)
        return self.batch_size * (4 * made + passes * judged)


def sample(trainer: ConditionalGAN, labels: np.ndarray, seed: int) -> np.ndarray:
    """Returns images (n, 28, 28, 1) in [0, 1] for labels (n,); `InputError` for unknown ones."""
    return np.clip(trainer.sample(require_labels(labels, CLASSES), seed), 0, 1)


def grid(generator: keras.Model, prior: latents.Prior, rows: int, seed: int) -> np.ndarray:
    """Returns one image per row and class, row by row; each row has one latent vector.

    The same seed gives the same ones, whatever the generator of latents and labels has learned.
    """
    z = np.repeat(prior(rows, (seed, 2)), CLASSES, axis=0)
    labels = np.tile(np.arange(CLASSES, dtype=np.int32), rows)
    return np.clip(generator([z, labels], training=False), 0, 1)
