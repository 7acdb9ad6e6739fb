"""Study 2.2: a prior on the Fourier amplitudes of a class image.

Question: does a prior on the Fourier amplitudes make the image that a class wants look more
natural?

Origin: the average |FFT| over natural images per frequency; the distance of the image's |FFT| to
that average is penalised while a class is maximised; "a smoother image". No number was given.

Here: images of several classes, optimised pixel by pixel from the same noise without and with the
prior, shifted a little at each step. Log-spectral distance to the photographs' average amplitude,
total variation, the class's logit and its probability, in pairs over classes and seeds, and the
spectra themselves beside the natural 1/f.

Command: `tfnets run fourier_prior --scale full` (about three minutes on 2 cores).
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from tfnets import datasets, models
from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.datasets.sources import photo_catalog
from tfnets.errors import InputError
from tfnets.inputs import priors
from tfnets.inputs.maximize import maximize
from tfnets.inputs.objectives import class_logit
from tfnets.inputs.parametrizations import pixels
from tfnets.inputs.recipes import Recipe
from tfnets.inputs.spectrum import Spectrum, average_amplitude, crops, distance
from tfnets.inputs.transformations import jitter
from tfnets.lab.engine import Lab
from tfnets.models.trained.networks import Network
from tfnets.studies.fourier_prior import page
from tfnets.studies.fourier_prior.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


ARMS = ("without", "with")
"""Without and with the prior."""

INSTALLED = (
    "astronaut", "camera", "chelsea", "china", "coffee", "flower", "motorcycle", "rocket",
)  # fmt: skip
"""Photographs of things, among those that come with scikit-image and scikit-learn."""

FETCHED = tuple(name for name in pictures.PHOTOS if name not in photo_catalog.INSTALLED)
"""Photographs from packages."""

ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}
"""Files of a folder that are taken for pictures."""

ACROSS = 4
"""Photographs are reduced to at most this many crops along their shorter side, so that a crop for a
small network shows things and not only the blur of one pixel into the next."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Averages the natural spectrum, maximises without and with the prior, measures and reports."""
    network = models.load(settings.network, data_dir=lab.data_dir)
    classes = chosen_classes(network, settings.unit)
    shape = network.input_shape
    averaged = run.part("natural", partial(_average, run, settings, shape, lab.data_dir))
    natural = Spectrum.load(run.path / "natural.npz")
    run.save_model("network", network.model)
    rows = {
        arm: [
            run.part(
                f"{arm}-{seed}", partial(_maximised, run, settings, arm, seed, network, classes)
            )
            for seed in range(run.config.seed, run.config.seed + settings.repeats)
        ]
        for arm in ARMS
    }  # fmt: skip
    slopes = page.slopes(page.profiles(run, natural, rows))
    numbers = page.summary(rows) | {"natural": averaged, "slopes": slopes}
    names = [network.class_names[c] if network.class_names else f"class {c}" for c in classes]
    page.draw(run, natural, names, rows)
    run.finish(numbers, page.report(settings, network, names, rows, numbers).as_json())


def chosen_classes(network: Network, text: str) -> list[int]:
    """Numbers of the classes that a text names.

    Raises:
        InputError: An unknown class, the same one twice, or none.
    """
    classes = [network.class_index(name.strip()) for name in text.split(",") if name.strip()]
    if not classes or len(set(classes)) < len(classes):
        raise InputError(f"The setting unit is {text!r}; name at least one class, none twice.")
    return classes


def photographs(
    source: str, size: tuple[int, int], data_dir: Path | str | None
) -> Iterator[np.ndarray]:
    """Natural pictures (height, width, 3) in [0, 1], none smaller than `size`.

    Args:
        source: As the setting `natural`.
        size: Height and width of the crops to be cut.
        data_dir: Data cache; None for the default.

    Raises:
        InputError: Neither a known source nor a folder with pictures.
    """
    if source == "cifar10":
        yield from datasets.load("cifar10", data_dir).x_train
        return
    for picture in _pictures(source, data_dir):
        colour = np.broadcast_to(picture.pixels, (*picture.pixels.shape[:2], 3))
        if all(np.array(colour.shape[:2]) >= size):
            yield reduced(colour, size)


def _pictures(source: str, data_dir: Path | str | None) -> Iterator[pictures.Picture]:
    if source in ("installed", "all"):
        names = INSTALLED if source == "installed" else (*INSTALLED, *FETCHED)
        yield from (pictures.photo(name, data_dir) for name in names)
        return
    folder = Path(source)
    if not folder.is_dir():
        raise InputError(
            f"The setting natural is {source!r}; give installed, all, cifar10, or a folder of "
            "pictures."
        )
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    yield from (pictures.read_picture(path) for path in files)


def reduced(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Shrinks a colour picture to at most `ACROSS` crops of `size` along its tighter side."""
    height, width = picture.shape[:2]
    factor = ACROSS / min(height / size[0], width / size[1])
    if factor >= 1:
        return picture
    bytes_ = np.rint(picture * 255).astype(np.uint8)
    smaller = Image.fromarray(bytes_).resize(
        (round(width * factor), round(height * factor)), Image.Resampling.LANCZOS
    )
    return np.asarray(smaller, np.float32) / 255


def _average(
    run: Run, settings: Settings, shape: tuple[int, int, int], data_dir: Path | str | None
) -> dict[str, float]:
    """Saves natural.npz; returns how far single crops are from their average, in dB."""
    height, width, channels = shape

    def found() -> Iterator[np.ndarray]:
        for picture in photographs(settings.natural, (height, width), data_dir):
            yield picture.mean(axis=-1, keepdims=True) if channels == 1 else picture

    natural = average_amplitude(found(), (height, width))
    natural.save(run.path / "natural.npz")
    own = [
        distance(crops(picture, natural.size), natural).numpy() for picture in islice(found(), 200)
    ]
    return {"crops": natural.count, "distance": float(np.concatenate(own).mean())}


def _maximised(
    run: Run,
    settings: Settings,
    arm: str,
    seed: int,
    network: Network,
    classes: list[int],
) -> dict[str, list[float]]:
    """Maximises all classes at once from one seed's noise; one number per class."""
    natural = Spectrum.load(run.path / "natural.npz")
    recipe = Recipe(
        pixels(),
        priors=(priors.spectrum(settings.weight, natural),) if arm == "with" else (),
        transformations=(jitter(settings.jitter),),
        optimizer=settings.optimizer,
        learning_rate=settings.learning_rate,
        steps=settings.steps,
    )
    found = maximize(network.model, [class_logit(c) for c in classes], recipe, seed=seed)
    for step in range(0, settings.steps, max(1, settings.steps // 40)):
        run.log(f"{arm}-{seed}", step + 1, {"logit": found.history[step].mean()})
    run.save_array(f"{arm}-{seed}", found.images)
    chances = tf.nn.softmax(network.model(found.images, training=False)).numpy()
    return {
        "probability": chances[np.arange(len(classes)), classes].tolist(),
        "logit": found.scores.tolist(),
        "distance": distance(found.images, natural).numpy().tolist(),
        "variation": priors.total_variation(1.0)(found.images).numpy().tolist(),
    }
