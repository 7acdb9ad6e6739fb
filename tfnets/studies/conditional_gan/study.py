"""Study 3.4: GANs that are asked for a digit.

Question: do conditional GANs draw the digit that they are asked for, and does the more complex
network converge faster than the simple one?

Origin: Mirza & Osindero (2014) on MNIST, whose discriminator takes image and label through maxout
layers of their own and then through a joint one; a simple version (ReLU and batch normalisation in
the generator) and a more complex one (batch normalisation of momentum 0.8, LeakyReLU), which
"converges faster". A GIF of the samples per epoch for both. No number was given.

Here: the paper's network with its sizes, and a simple and a complex convolutional one (see
`tfnets.models.conditional`), each over several seeds, with the same batches and updates. All see
real images with wrong labels as a third kind of input (`matching`; Reed et al. 2016), which study
`wrong_labels` compares with training without. The discriminator of the paper's network soon wins
outright if trained like the others; its learning rate is lower, and its slope at real images is
penalised (Mescheder et al. 2018). Sampled is from a running mean of the generator's weights. An
independent classifier judges whether an image shows the digit that was asked for: label agreement
over 10,000 images, asked for by the labels of the test images; beside it the judge's agreement with
the labels of the real test images, Frechet distance, precision, recall and coverage, the last per
class, too. Speed of convergence is the mean over the training of the logarithm of the Frechet
distance and of the label error, paired by seed, and the updates until a level of agreement is
reached; an update's cost differs, so that the multiplications until there are given as well.

Widths, learning rate and average of the complex network, and learning rate and penalty of the
paper's, were chosen in trials of one seed (0) by label agreement and by Frechet distance to
training images; the simple network takes over what the complex one has.

Command: `tfnets run conditional_gan --scale full` (about 40 minutes on one core).
"""

from dataclasses import dataclass, replace
from typing import Any

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.lab.engine import Lab
from tfnets.lab.points import Points
from tfnets.methods.gans import conditional, saved
from tfnets.methods.gans.conditional import Recipe
from tfnets.methods.gans.label_quality import LabelQuality
from tfnets.studies.conditional_gan import numbers as conditional_numbers
from tfnets.studies.conditional_gan import page
from tfnets.studies.conditional_gan.settings import SCALES, Settings
from tfnets.training.conditional import ConditionalGAN

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains every network and seed, measures after each epoch and at the end, draws, reports."""
    data = datasets.load(settings.dataset, lab.data_dir).first(settings.train_images)
    quality = LabelQuality(data, settings.samples, settings.curve_samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        name: [Training(run, settings, name, seed).measured(data, quality) for seed in seeds]
        for name in settings.networks
    }
    numbers = conditional_numbers.numbers(run, rows, quality)
    page.draw(run, settings, numbers)
    report = page.report(settings, rows, numbers)
    run.finish(numbers, report.as_json())


@dataclass(frozen=True)
class Training:
    """One network with one seed: a part of the run."""

    run: Run
    settings: Settings
    network: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.network}-{self.seed}"

    def measured(self, data: ImageData, quality: LabelQuality) -> dict[str, Any]:
        """Trains to the end; returns the final numbers and `curve`, those after each epoch."""
        final, curve = self._points.trained(lambda: self._train(data, quality))
        return final | {"curve": curve}

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, range(1, self.settings.epochs + 1))

    def _train(self, data: ImageData, quality: LabelQuality) -> dict[str, Any]:
        recipe = _recipe(self.settings, self.network)
        trainer = recipe.trainer(self.seed, len(data.x_train))

        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))

        losses = recipe.fit(self.run, self.part, trainer, data, seed=self.seed, measuring=measuring)
        self.run.save_array(f"losses/{self.part}", losses)
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        images = conditional.sample(trainer, quality.asked, self.seed)
        numbers, judged = quality.whole(images)
        self.run.save_array(f"judged/{self.part}", judged)
        return numbers | {"multiplications": recipe.multiplications(trainer)}

    def _measure(
        self, trainer: ConditionalGAN, epoch: int, quality: LabelQuality
    ) -> dict[str, Any]:
        if self.seed == self.run.config.seed:
            shown = conditional.grid(trainer, page.ROWS, self.seed)
            self.run.save_array(f"samples/{self.part}-epoch{epoch}", shown)
        images = conditional.sample(trainer, quality.curve_asked, self.seed)
        return quality.brief(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


def _recipe(settings: Settings, network: str) -> Recipe:
    common = Recipe(
        network, settings.prior, settings.latent, settings.epochs, settings.batch_size,
        settings.learning_rate, settings.average, settings.matching,
    )  # fmt: skip
    if network != "paper":
        return common
    rate = settings.paper_learning_rate
    return replace(common, learning_rate=rate, flatness=settings.paper_flatness)
