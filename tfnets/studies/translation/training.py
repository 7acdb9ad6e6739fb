"""What study 5.5 trains: a judge per domain, and plain GANs, CycleGANs and paired GANs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np

from tfnets.datasets import ImageData
from tfnets.datasets.draws import one_of_each
from tfnets.lab.trial import Measurement, Trial
from tfnets.methods.classifiers.judge import OwnJudge
from tfnets.methods.gans.recipe import Recipe
from tfnets.models.translators import patch_discriminator, translator
from tfnets.studies.translation import pairs
from tfnets.studies.translation.pairs import DomainJudge
from tfnets.studies.translation.settings import Settings
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.links import l1_to_target
from tfnets.training.translation import Translation


@final
class JudgeTraining(OwnJudge):
    """A classifier of a domain's images, the variant, trained on all training partners."""

    settings: Settings
    named = "judge-{variant}"

    @property
    def epochs(self) -> int:
        """Passes over the training partners."""
        return self.settings.judge_epochs

    def examples(self) -> ImageData:
        """The domain's images."""
        return pairs.of(self.store, self.settings, self.variant).partners


@final
class DomainMeasurement(Measurement):
    """How close a domain is, the variant, and what its judge says of true partners."""

    settings: Settings
    named = "domain-{variant}"

    @property
    def needs(self) -> Sequence[JudgeTraining]:
        """The judge."""
        return (JudgeTraining(self.settings, self.variant, self.seed),)

    def measure(self) -> dict[str, Any]:
        """Measures, and keeps the digits and partners that figures show."""
        known = pairs.of(self.store, self.settings, self.variant)
        shown = one_of_each(known.digits.y_test)
        self.run.save_array(f"samples/{self.variant}-digits", known.digits.x_test[shown])
        self.run.save_array(f"samples/{self.variant}-partners", known.partners.x_test[shown])
        judge = DomainJudge(self.run.load_model(self.needs[0].part), known.partners)
        return {"similarity": known.similarity, "real": judge.real}


@final
@dataclass(frozen=True)
class Training(Trial):
    """One method, the variant, with one seed in the domain of a judge."""

    settings: Settings
    judge: JudgeTraining

    named = "{judge.variant}-{variant}-{seed}"
    mark = ""

    @property
    def needs(self) -> Sequence[JudgeTraining]:
        """The judge."""
        return (self.judge,)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains, and measures the translated test digits."""
        known = pairs.of(self.store, self.settings, self.judge.variant)
        arrays = known.paired if self.variant == "paired" else known.unpaired
        trainer = self._trainer(known.domain.channels, len(arrays[0]))
        Recipe.of(self.settings).fit(self, trainer, arrays, callbacks=[measuring])
        images = np.clip(trainer.translate(known.digits.x_test), 0, 1)
        shown = one_of_each(known.digits.y_test)
        self.run.save_array(f"samples/{self.part}", images[shown])
        if self.seed == self.run.config.seed:
            self.run.save_model(self.part, trainer.sampler)
        return DomainJudge(self.run.load_model(self.judge.part), known.partners)(images)

    def _trainer(self, channels: int, images: int) -> Translation | CycleGAN:
        """Returns the compiled trainer from grey images to `channels`, for so many images."""
        settings, seed, paired = self.settings, self.seed, self.variant == "paired"
        if self.variant == "cycle":
            trainer, own = self._cycle_gan(channels), {"cycle": settings.cycle}
        else:
            source, width = 1 if paired else None, settings.critic_width
            trainer = Translation(
                translator(seed, (1, channels), settings.width, settings.blocks),
                patch_discriminator(seed, channels, width, source=source),
                seed=seed,
            )
            own = {"link": l1_to_target(settings.l1) if paired else None}
        recipe = Recipe.of(settings, falls=True)
        recipe.compile(trainer, images, average=settings.average, **own)
        return trainer

    def _cycle_gan(self, channels: int) -> CycleGAN:
        settings, seed = self.settings, self.seed
        # Names are part of what initial weights depend on only within a network, so the way back
        # and its critic have another seed.
        back, size = seed + 10_000, (settings.width, settings.blocks)
        return CycleGAN(
            translator(seed, (1, channels), *size, name="forward"),
            translator(back, (channels, 1), *size, name="backward"),
            patch_discriminator(seed, channels, settings.critic_width, name="target_critic"),
            patch_discriminator(back, 1, settings.critic_width, name="source_critic"),
        )
