"""Study 5.5: translating digits into other domains, with three links between input and output.

Question: does a GAN that is given an image, a CycleGAN or a paired conditional GAN find the image's
true partner in another domain, and is it easier where the domains are close?

Origin (answered): three arguments about translation from A to B. A plain GAN (nothing links output
and input but that the input is given) does not care how well pairs match. CycleGAN (Zhu et al.
2017) must trade a correct map against recoverability, and does better the closer the domains are.
So does the paired conditional GAN (Isola et al. 2017), whose discriminator is convinced only at the
true partner. Nothing was built.

Here: A is MNIST, B eight domains whose true partners are known (see `tfnets.datasets.domains`):
digits thickened, coloured, as edge map, rotated by 15, 45 and 90 degrees, inverted, and items of
Fashion-MNIST of the class with the same number, where the pairing within the class is arbitrary.
How close a domain is, is the mean structural similarity of training digits and their partners
(`similarity`); it calls `inverted` the farthest, though exchanging light and dark is no hard task.
All methods have the same generator, the same batches and the same number of generator updates. The
plain GAN and CycleGAN get A from one half of the training images and B from the other, so that no
pair is in both; the paired GAN gets as many images, in pairs.

Measured on test images: the mean absolute distance to the true partner, relative to that of two
images of B (0 exact, 1 chance); the share of other partners that are nearer (0.5 chance); the share
of outputs that a judge gives the digit's label; and the Frechet distance to the test images of B in
the judge's features, beside that of training images of B. Each domain has a judge of its own, a
classifier that was trained on the training images of B (both halves): so an output counts as a kept
label only as an image of B, and nothing has to be mapped back. For `fashion` a label is kept if the
item is of the class with the digit's number, which nothing but pairs can tell. Whether a number
follows similarity is decided by the rank correlation over the eight domains, each the mean of its
seeds, with its exact permutation p value.

How settings were chosen: batch size, widths and the number of updates by what an hour on one core
allows; the weights of L1 (100) and of the cycle (10) and the losses are the papers', the learning
rate is five times theirs for a hundredth of their updates. Nothing else was searched.

`tfnets translate RUN IMAGE... --out DIR` translates a person's pictures with a run's generators.

Command: `tfnets run translation --scale full` (about an hour on one core).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.datasets.draws import one_of_each
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement, Trial
from tfnets.methods.classifiers.judge import OwnJudge
from tfnets.methods.gans.recipe import Recipe
from tfnets.metrics.pictures import similarity
from tfnets.models.translators import patch_discriminator, translator
from tfnets.studies.translation import numbers, page, pairs
from tfnets.studies.translation.pairs import DomainJudge
from tfnets.studies.translation.settings import SCALES, Settings
from tfnets.training.cycle_gan import CycleGAN
from tfnets.training.links import l1_to_target
from tfnets.training.translation import Translation

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains judges and translators, measures, writes the page."""
    first, seeds = run.config.seed, run.seeds(settings.repeats)
    works = {}
    for name in settings.domains:
        judge = JudgeTraining(settings, name, first)
        works[name, "domain"] = [DomainMeasurement(settings, name, first)]
        trainings = Training.of_each(settings, settings.methods, seeds, judge=judge)
        works |= {(name, method): row for method, row in trainings.items()}
    results = lab.results(run, works)
    rows = {
        name: results[name, "domain"][0]
        | {"methods": {method: results[name, method] for method in settings.methods}}
        for name in settings.domains
    }
    found = numbers.over_seeds(settings, rows)
    run.finish(found, page.write(run, settings, found))


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
        some = (data.x_train[:1000] for data in (known.digits, known.partners))
        return {"similarity": similarity(*some), "real": judge.real}


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
