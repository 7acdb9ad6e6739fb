"""Study 2.2: a prior on the Fourier amplitudes of a class image.

Question: does a prior on the Fourier amplitudes make the image that a class wants look more
natural?

Origin (ran): the average |FFT| over natural images per frequency; the distance of the image's |FFT|
to that average is penalised while a class is maximised: a smoother image. No number was given.

Here: images of several classes, optimised pixel by pixel from the same noise without and with the
prior, shifted a little at each step. Log-spectral distance to the photographs' average amplitude,
total variation, the class's logit and its probability, in pairs over classes and seeds, and the
spectra themselves beside the natural 1/f.

Command: `tfnets run fourier_prior --scale full` (about three minutes on 2 cores).
"""

from dataclasses import dataclass
from typing import final

import numpy as np
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.inputs import priors
from tfnets.inputs.maximize import maximize
from tfnets.inputs.objectives import class_logit
from tfnets.inputs.parametrizations import pixels
from tfnets.inputs.recipes import Recipe
from tfnets.inputs.spectrum import Spectrum, distance
from tfnets.inputs.transformations import jitter
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement
from tfnets.models.trained.networks import Network
from tfnets.studies.fourier_prior import natural, numbers, page
from tfnets.studies.fourier_prior.settings import SCALES, TITLES, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Averages the natural spectrum, maximises without and with the prior, measures and reports."""
    network = lab.store.network(settings.network)
    classes = chosen_classes(network, settings.unit)
    natural.require_pictures(settings.natural, network.input_shape[:2], lab.store)
    seeds = run.seeds(settings.repeats)
    arms = {arm: [ClassImages(settings, arm, seed) for seed in seeds] for arm in TITLES}
    lab.run(run, [images for repeats in arms.values() for images in repeats])
    run.save_model("network", network.model)
    rows = {arm: [images.result(run) for images in repeats] for arm, repeats in arms.items()}
    averaged = averaging(settings).result(run)
    slopes = numbers.slopes(numbers.profiles(run, rows))
    found = numbers.summary(rows) | {"natural": averaged, "slopes": slopes}
    names = [network.class_name(index) for index in classes]
    run.finish(found, page.write(run, settings, network, names, rows, found))


def chosen_classes(network: Network, text: str) -> list[int]:
    """Numbers of the classes that a text names.

    Raises:
        InputError: An unknown class, the same one twice, or none.
    """
    classes = [network.class_index(name.strip()) for name in text.split(",") if name.strip()]
    if not classes or len(set(classes)) < len(classes):
        raise InputError(f"The setting unit is {text!r}; name at least one class, none twice.")
    return classes


def averaging(settings: Settings) -> natural.Natural:
    """The averaging of photographs, which nothing random is in."""
    return natural.Natural(settings, "natural", 0)


@final
@dataclass(frozen=True)
class ClassImages(Measurement):
    """All classes' images from one seed's noise, without or with the prior."""

    settings: Settings

    @property
    def needs(self) -> tuple[natural.Natural, ...]:
        """The natural spectrum."""
        return (averaging(self.settings),)

    def measure(self) -> dict[str, list[float]]:
        """Maximises all classes at once, and measures."""
        settings, network = self.settings, self.store.network(self.settings.network)
        classes = chosen_classes(network, settings.unit)
        spectrum = Spectrum.load(self.run.path / "natural.npz")
        prior = priors.spectrum(settings.weight, spectrum)
        how = {name: getattr(settings, name) for name in ("optimizer", "learning_rate", "steps")}
        prior = (prior,) if self.variant == "with" else ()
        recipe = Recipe(pixels(), priors=prior, transformations=(jitter(settings.jitter),), **how)
        objectives = [class_logit(index) for index in classes]
        found = maximize(network.model, objectives, recipe, seed=self.seed, progress=False)
        for step in range(0, settings.steps, max(1, settings.steps // 40)):
            self.run.log(self.key, step + 1, {"logit": found.history[step].mean()})
        self.run.save_array(self.key, found.images)
        chances = tf.nn.softmax(network.model(found.images, training=False)).numpy()
        return {
            "probability": chances[np.arange(len(classes)), classes].tolist(),
            "logit": found.scores.tolist(),
            "distance": distance(found.images, spectrum).numpy().tolist(),
            "variation": priors.total_variation(1.0)(found.images).numpy().tolist(),
        }
