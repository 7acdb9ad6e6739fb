"""What study 3.6 trains on: points of a ring and a grid, and digits, with their networks."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.datasets.toys import TOYS, Toy
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore
from tfnets.methods.gans.judges import Judge, seen
from tfnets.metrics.sample_quality import Judged
from tfnets.models import toy as toy_networks
from tfnets.models.discriminators import dense_discriminator
from tfnets.models.generators import dense_generator
from tfnets.models.stacks import Stack
from tfnets.studies.gan_stabilisers.settings import DIGITS, Settings
from tfnets.studies.gan_stabilisers.variants import Strengths, Variant, turns
from tfnets.training.augmentations import shifts

TOY_STRENGTHS = Strengths(
    penalty=0.2,
    r1=0.2,
    noise=0.5,
    average=0.99,
    momentum=0.5,
    augmentation=turns(10),
    best=(
        "richer",
        "r1",
        "instance_noise",
        "average",
        "low_momentum",
        "slower",
        "falling_rate",
        "longer",
    ),
)
DIGIT_STRENGTHS = Strengths(
    penalty=1.0,
    r1=1.0,
    noise=0.3,
    average=0.99,
    momentum=0.0,
    augmentation=shifts(2),
    best=("richer", "r1", "average", "low_momentum"),
)

HELD_OUT = 2**31
"""Seed of the reference points: no run has it, nor the next."""

COMPARED = 500
"""Samples whose pairs give the diversity."""

SURE = 0.99
"""A digit is of high quality if the judge gives one class at least this probability."""

Networks = tuple[keras.Model, keras.Model]


@dataclasses.dataclass(frozen=True, eq=False)
class Subject:
    """One of the data sets of the study, with `classes` modes, and what its GANs are like.

    They have z of size `latent`, Adam's `learning_rate` and `momentum` (beta_1) in both networks,
    and at most `execution` steps per compiled call; `shown` samples are kept for the figures.

    Attributes:
        strengths: How strong the stabilisers are.
        train: `seed -> training array (n, ...)`.
        networks: `(variant, seed) -> generator, discriminator`.
        measure: Generated samples -> numbers, `modes`, `kl` and `frechet` among them.
        labels: Samples -> modes (n,) they belong to.
        features: Samples -> features (n, d), in which diversity is measured.
        real: Real samples that no network saw in training, for reference.
        ceiling: Returns `measure` of as many other real samples, and their `diversity`.
    """

    classes: int
    latent: int
    learning_rate: float
    momentum: float
    strengths: Strengths
    train: Callable[[int], np.ndarray]
    networks: Callable[[Variant, int], Networks]
    measure: Callable[[np.ndarray], dict[str, Any]]
    labels: Callable[[np.ndarray], np.ndarray]
    features: Callable[[np.ndarray], np.ndarray]
    real: np.ndarray
    ceiling: Callable[[], dict[str, Any]]
    execution: int
    shown: int


@functools.lru_cache(maxsize=3)
def of(store: DataStore, settings: Settings, name: str) -> Subject:
    """Returns one of `settings.subjects`; a process makes it once."""
    if name == DIGITS:
        data = store.images(settings.dataset)
        return digits(data, settings.train_images, settings.digit_samples)
    return points(TOYS[name], settings.toy_steps * settings.batch_size, settings.samples)


def points(toy: Toy, n: int, samples: int) -> Subject:
    """A mixture of Gaussians: each seed trains on `n` points of its own."""
    real = toy.points(samples, HELD_OUT)

    def measure(made: np.ndarray) -> dict[str, Any]:
        numbers = metrics.mode_coverage(made, toy.centres, toy.stddev)
        return numbers | {"frechet": metrics.frechet_distance(real, made)}

    other = toy.points(samples, HELD_OUT + 1)
    return Subject(
        classes=len(toy.centres),
        latent=2,
        learning_rate=2e-3,
        momentum=0.9,
        strengths=TOY_STRENGTHS,
        train=lambda seed: toy.points(n, seed),
        networks=_toy_networks,
        measure=measure,
        labels=toy.labels,
        features=lambda made: made,
        real=real,
        ceiling=lambda: measure(other) | {"diversity": metrics.diversity(other[:COMPARED])},
        execution=1000,
        shown=1000,
    )


def digits(data: ImageData, n: int, samples: int) -> Subject:
    """Digits, judged by the data set's judge: all seeds train on the same `n` images.

    `InputError` where a class is missing among the test images.
    """
    judge = Judge(data, samples)
    if len(np.unique(judge.labels)) < judge.classes:
        raise InputError(
            f"The first {samples} test images do not show all {judge.classes} classes; set samples "
            "higher."
        )

    def judged(images: np.ndarray) -> Judged:
        return judge.judged(np.clip(images, 0, 1))

    def measure(made: np.ndarray) -> dict[str, Any]:
        said = judged(made)
        return metrics.label_histogram(seen(said), judge.labels, judge.classes) | {
            "frechet": judge.frechet(said),
            "high_quality": float((said["probabilities"].max(axis=1) > SURE).mean()),
        }

    def ceiling() -> dict[str, Any]:
        other = data.x_train[: judge.samples]
        spread = metrics.diversity(judged(other[:COMPARED])["features"])
        return measure(other) | {"diversity": spread}

    return Subject(
        classes=judge.classes,
        latent=64,
        learning_rate=1e-3,
        momentum=0.5,
        strengths=DIGIT_STRENGTHS,
        train=lambda seed: data.x_train[:n],
        networks=_image_networks,
        measure=measure,
        labels=lambda made: seen(judged(made)),
        features=lambda made: judged(made)["features"],
        real=data.x_test[: judge.samples],
        ceiling=ceiling,
        execution=50,
        shown=10,
    )


def _toy_networks(variant: Variant, seed: int) -> Networks:
    units = (192, 192, 192) if variant.richer else (128, 128)
    made = Stack(units, variant.activation, spread=toy_networks.GENERATOR.spread)
    seen = dataclasses.replace(
        toy_networks.DISCRIMINATOR, activation=variant.activation, spectral=variant.spectral
    )
    return (
        toy_networks.toy_generator(2, seed, made),
        toy_networks.toy_discriminator(seed, seen, variant.minibatch),
    )


def _image_networks(variant: Variant, seed: int) -> Networks:
    made = Stack((256, 256) if variant.richer else (256,), variant.activation)
    seen = Stack((256, 256), variant.activation, spectral=variant.spectral)
    return (
        dense_generator(64, seed, stack=made),
        dense_discriminator(seed, stack=seen, minibatch=variant.minibatch),
    )
