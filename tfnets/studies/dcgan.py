"""Study 3.7: the deep convolutional GAN on MNIST and CIFAR-10.

Question: how good do the samples of a DCGAN get on a small budget, and does it need batch
normalisation?

Origin: strided convolutions in place of pooling, batch normalisation in both networks, ReLU with a
tanh output in the generator, LeakyReLU in the discriminator, transposed convolutions. No number was
given.

Here: that network (`paper`) on both data sets, and on MNIST the same without batch normalisation
(`paper_without_norm`), each over several seeds, with the Frechet and the kernel distance,
precision, recall, coverage and classes on the judge's features, beside what as many training images
reach. The networks are far smaller than the paper's (32 or 64 channels in the generator's first
plane, where it has 1024) and see a few epochs: what two cores give in half an hour. On CIFAR-10 the
features are those of our own small classifier, so that its distances compare with nothing that
others have published.

Command: `tfnets run dcgan --scale full` (about half an hour on one core).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnets import datasets, latents
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.models import dcgan
from tfnets.studies import gan_quality, generators
from tfnets.studies.fitting import fit, steps_per_execution
from tfnets.studies.pages import dcgan as page
from tfnets.studies.points import Points
from tfnets.studies.settings import require_known, require_positive
from tfnets.training.gan import GAN
from tfnets.training.optimizers import Adam

DIGITS, COLOUR = ("mnist", "fashion_mnist"), ("cifar10",)
"""Data sets of 28 grey and of 32 coloured pixels."""

VARIANTS = ("paper", "paper_without_norm")
"""The styles compared (keys of `dcgan.STYLES`)."""


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

    def epochs(self, dataset: str) -> tuple[int, ...]:
        """The points of measurement on a data set."""
        return self.digit_epochs if dataset in DIGITS else self.colour_epochs

    def filters(self, dataset: str) -> tuple[int, ...]:
        """Filters of generator and discriminator on a data set."""
        return self.digit_filters if dataset in DIGITS else self.colour_filters

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


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains every network and seed on each data set, measures, draws, reports."""
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    points: dict[str, dict[str, list[list[dict[str, Any]]]]] = {}
    for dataset in settings.datasets:
        data = datasets.load(dataset, data_dir).first(settings.train_images)
        quality = gan_quality.Quality(data, settings.samples)
        points[dataset] = {
            variant: [
                Training(run, settings, dataset, variant, seed).measured(data.x_train, quality)
                for seed in seeds
            ]
            for variant in settings.variants(dataset)
        }
    numbers = {
        dataset: {variant: gan_quality.summary(rows) for variant, rows in variants.items()}
        for dataset, variants in points.items()
    }
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, points, numbers).as_json())


@dataclass(frozen=True)
class Training:
    """One network on one data set with one seed: a part of the run."""

    run: Run
    settings: Settings
    dataset: str
    variant: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.dataset}-{self.variant}-{self.seed}"

    @property
    def epochs(self) -> tuple[int, ...]:
        """The points of measurement."""
        return self.settings.epochs(self.dataset)

    def measured(self, images: np.ndarray, quality: gan_quality.Quality) -> list[dict[str, Any]]:
        """Trains to the end and returns the measurement at each point."""
        return self._points.trained(lambda: self._train(images, quality))[1]

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, self.epochs)

    def _train(self, images: np.ndarray, quality: gan_quality.Quality) -> dict[str, Any]:
        settings, last = self.settings, max(self.epochs)
        trainer = self._trainer(images.shape[1:])
        steps = steps_per_epoch(len(images), settings.batch_size)
        trainer.compile(
            generator_optimizer=Adam(settings.learning_rate, beta_1=0.5),
            discriminator_optimizer=Adam(settings.learning_rate, beta_1=0.5),
            steps_per_execution=steps_per_execution(steps),
        )

        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))

        callbacks = [measuring]
        if self.seed == self.run.config.seed:
            callbacks.append(Frames(self.run, self.part, steps, settings.frames))
        fit(
            self.run, self.part, trainer, (images,),
            batch_size=settings.batch_size, epochs=last, seed=self.seed, callbacks=callbacks,
        )  # fmt: skip
        generators.save(self.run, self.part, trainer.sampler, trainer.latent)
        return {
            "steps": int(trainer.step.numpy()),
            "generator_parameters": trainer.generator.count_params(),
            "discriminator_parameters": trainer.discriminator.count_params(),
        }

    def _trainer(self, shape: tuple[int, int, int]) -> GAN:
        size, _, channels = shape
        make, judge = (
            dcgan.networks(
                replace(dcgan.STYLES[self.variant], filters=filters), size=size, channels=channels
            )
            for filters in self.settings.filters(self.dataset)
        )
        latent = latents.Normal(self.settings.latent)
        return GAN(make[0](latent.dim, self.seed), judge[1](self.seed), latent, seed=self.seed)

    def _measure(self, trainer: GAN, epoch: int, quality: gan_quality.Quality) -> dict[str, Any]:
        images = np.clip(trainer.sample(quality.samples, self.seed), 0, 1)
        return quality(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


class Frames(keras.callbacks.Callback):
    """Saves images of the same latents several times per epoch, as `samples/PART-stepN.npy`."""

    def __init__(self, run: Run, part: str, steps: int, frames: int) -> None:
        """Takes where to, the steps of an epoch, and the frames per epoch."""
        super().__init__()
        self._run, self._part, self._steps, self._frames = run, part, steps, frames
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keeps the epoch's number, from 0."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Saves a frame where the last call has reached another part of the epoch."""
        done, before = batch + 1, batch + 1 - self.model.steps_per_execution
        if done * self._frames // self._steps > before * self._frames // self._steps:
            step = self._epoch * self._steps + done
            images = np.clip(self.model.sample(page.SHOWN, self._run.config.seed), 0, 1)
            self._run.save_array(f"samples/{self._part}-step{step}", images)
