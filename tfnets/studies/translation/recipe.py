"""How study 5.5 makes and trains a translator: plain GAN, CycleGAN or paired conditional GAN."""

from dataclasses import dataclass

import keras

from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.models.translators import patch_discriminator, translator
from tfnets.studies.translation.pairs import DomainPairs
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.links import l1_to_target
from tfnets.training.translation import Translation

METHODS = ("plain", "cycle", "paired")

TITLES = {"plain": "plain GAN", "cycle": "CycleGAN", "paired": "paired GAN"}
"""How figures and tables call the methods."""

BETA_1 = 0.5

Trainer = Translation | CycleGAN


@dataclass(frozen=True)
class Recipe:
    """How one method is trained.

    Attributes:
        method: One of `METHODS`.
        width: Channels of a generator at full size.
        blocks: Its residual blocks.
        critic_width: Channels of a discriminator's first convolution.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        l1: Weight of the distance to the partner, of `paired`.
        cycle: Weight of the cycle, of `cycle`.
        average: Decay of the running mean of the generator's weights.
    """

    method: str
    width: int
    blocks: int
    critic_width: int
    epochs: int
    batch_size: int
    learning_rate: float
    l1: float
    cycle: float
    average: float

    def trained(self, run: Run, part: str, pairs: DomainPairs, seed: int) -> Trainer:
        """Trains to the last epoch, resumable.

        Args:
            run: The run folder.
            part: Name of the part.
            pairs: Where the training images come from.
            seed: Seed of weights and order.
        """
        arrays = pairs.paired if self.method == "paired" else pairs.unpaired
        trainer = self.trainer(seed, pairs.domain.channels, len(arrays[0]))
        fit(
            run, part, trainer, arrays, batch_size=self.batch_size, epochs=self.epochs, seed=seed
        )  # fmt: skip
        return trainer

    def trainer(self, seed: int, channels: int, images: int) -> Trainer:
        """Returns the compiled trainer from grey images to `channels`, for so many images."""
        steps = steps_per_epoch(images, self.batch_size)
        if self.method == "cycle":
            made = self._cycle_gan(seed, channels)
            extra = {"cycle": self.cycle}
        else:
            source = 1 if self.method == "paired" else None
            made = Translation(
                translator(seed, (1, channels), self.width, self.blocks),
                patch_discriminator(seed, channels, self.critic_width, source=source),
                seed=seed,
            )
            extra = {"link": l1_to_target(self.l1) if self.method == "paired" else None}
        made.compile(
            generator_optimizer=self._adam(steps),
            discriminator_optimizer=self._adam(steps),
            average=self.average,
            steps_per_execution=steps_per_execution(steps),
            **extra,
        )
        return made

    def _cycle_gan(self, seed: int, channels: int) -> CycleGAN:
        # Names are part of what initial weights depend on only within a network, so the way back
        # and its critic have another seed.
        back = seed + 10_000
        return CycleGAN(
            translator(seed, (1, channels), self.width, self.blocks, name="forward"),
            translator(back, (channels, 1), self.width, self.blocks, name="backward"),
            patch_discriminator(seed, channels, self.critic_width, name="target_critic"),
            patch_discriminator(back, 1, self.critic_width, name="source_critic"),
        )

    def _adam(self, steps: int) -> keras.optimizers.Optimizer:
        return cosine_adam(self.learning_rate, self.epochs * steps, beta_1=BETA_1)
