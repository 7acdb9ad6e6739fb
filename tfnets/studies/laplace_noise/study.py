"""Study 6.6: restoring images under Laplace noise by their most probable original.

Question: does restoring with the likelihood of the noise that is there beat restoring with another?

Origin (answered): the posterior of the original I, given the image I_c with Laplace noise of scale
b, is proportional to p(I) exp(-||I_c - I||_1 / b). Whether this likelihood restores better than
another is our question.

Correct: the report's Bayes line divides by the likelihood p(I_c | I). What is divided by is the
evidence p(I_c), which does not depend on I: p(I | I_c) = p(I_c | I) p(I) / p(I_c).

Here: crops of photographs with Laplace noise, and with Gaussian noise of the same variance, both
restored with both likelihoods (scale known) under the same prior, p(I) proportional to
exp(-weight * total variation). The weight is chosen for each likelihood and noise on one grid, on
crops of other photographs. PSNR per crop, compared in pairs; beside it the median filter, and total
variation and non-local means of scikit-image, whose strength is chosen on the same crops. All this
at several levels of noise.

Command: `tfnets run laplace_noise --scale full` (about six minutes on 2 cores).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, final

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.inputs import priors, restoration
from tfnets.lab.engine import Lab
from tfnets.lab.trial import DataStore, Measurement
from tfnets.methods.denoisers import classic
from tfnets.metrics.pictures import psnr
from tfnets.studies.laplace_noise import page
from tfnets.studies.laplace_noise.crops import NOISES, Noise, corrupted, spread_crops
from tfnets.studies.laplace_noise.numbers import ByMethod, shown, summary
from tfnets.studies.laplace_noise.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


LIKELIHOODS = ("laplace", "gaussian")


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Chooses weights, restores, measures, draws the figures, writes the report."""
    seed, clean = run.config.seed, originals(settings, run.config.seed, lab.store)["test"]
    noises = [Noise(kind, sigma) for sigma in settings.sigmas for kind in NOISES]
    tried = (*LIKELIHOODS, *classic.BASELINES)
    restorations = {n: [Restoration(settings, method, seed, n) for method in tried] for n in noises}
    lab.run(run, [each for methods in restorations.values() for each in methods])
    rows = {
        noise.name: _unrestored(run, clean, noise)
        | {each.variant: each.result(run) for each in methods}
        for noise, methods in restorations.items()
    }
    numbers = {name: summary(row) for name, row in rows.items()} | {"images": settings.images}
    run.save_array("samples/originals", clean[shown(len(clean))])
    run.finish(numbers, page.write(run, settings, rows, numbers))


@lru_cache(maxsize=2)
def originals(settings: Settings, seed: int, store: DataStore) -> dict[str, np.ndarray]:
    """Clean images in [0, 1] by use: `tuning` and `test`, (n, height, width, channels)."""
    wanted = {"tuning": settings.tuning_images, "test": settings.images}
    if settings.dataset == "cifar10":
        data = store.images("cifar10", wanted["tuning"], wanted["test"])
        return {"tuning": data.x_train, "test": data.x_test}
    names = {"tuning": settings.tuning_photos, "test": settings.photos}
    return {
        use: spread_crops(
            {name: pictures.photo(name, store.data_dir).pixels for name in names[use]},
            settings.size, wanted[use], seed,
        )
        for use in names
    }  # fmt: skip


def likelihood(name: str, sigma: float) -> restoration.Likelihood:
    """The likelihood of noise of standard deviation sigma."""
    laplace = name == "laplace"
    return restoration.laplace(sigma / np.sqrt(2)) if laplace else restoration.gaussian(sigma)


def _noisy(clean: dict[str, np.ndarray], noise: Noise, seed: int) -> dict[str, np.ndarray]:
    return {
        use: corrupted(images, noise.kind, noise.sigma, 2 * seed + (use == "test"))
        for use, images in clean.items()
    }


def _unrestored(run: Run, clean: np.ndarray, noise: Noise) -> ByMethod:
    """PSNR of the images as they are; keeps those that are shown."""
    noisy = _noisy({"test": clean}, noise, run.config.seed)["test"]
    run.save_array(f"{noise.name}-noisy", noisy[shown(len(noisy))])
    return {"noisy": {"psnr": psnr(clean, noisy).tolist()}}


Method = Callable[[np.ndarray, np.ndarray], restoration.Restored]
"""Noisy images (n, height, width, channels) and a strength for each (n,) -> restored images."""


@final
@dataclass(frozen=True)
class Restoration(Measurement):
    """One method on one noise: a likelihood, or a key of `classic.BASELINES`.

    Its strength is chosen by mean PSNR on the tuning images, then it is measured on the others.
    """

    settings: Settings
    noise: Noise

    @property
    def key(self) -> str:
        """Name of the part with the PSNR of each image, and how the strength was chosen."""
        return f"{self.noise.name}-{self.variant}"

    def measure(self) -> dict[str, Any]:
        """Chooses, restores and measures."""
        clean = originals(self.settings, self.seed, self.store)
        noisy, (method, strengths) = _noisy(clean, self.noise, self.seed), self._method
        tried = _tried(method, strengths, clean["tuning"], noisy["tuning"])
        best = strengths[int(np.argmax(tried))]
        found = method(noisy["test"], np.full(len(noisy["test"]), best))
        _log(self.run, self.key, found.history)
        self.run.save_array(self.key, found.images[shown(len(found.images))])
        values = psnr(clean["test"], found.images)
        return {"psnr": values.tolist(), "strength": best, "tried": tried}

    @property
    def _method(self) -> tuple[Method, Sequence[float]]:
        """The method, and the strengths to choose from."""
        if self.variant in LIKELIHOODS:
            restore = partial(_restore, self.settings.steps, self.variant, self.noise.sigma)
            return restore, self.settings.strengths
        baseline = classic.BASELINES[self.variant]
        return partial(_baseline, baseline, self.noise.sigma), baseline.strengths


def _tried(
    method: Method, strengths: Sequence[float], clean: np.ndarray, noisy: np.ndarray
) -> list[float]:
    """Mean PSNR of each strength; all are tried in one batch."""
    copies = np.concatenate([noisy] * len(strengths))
    found = method(copies, np.repeat(strengths, len(noisy))).images
    return [float(psnr(clean, images).mean()) for images in np.split(found, len(strengths))]


def _restore(
    steps: int, name: str, sigma: float, noisy: np.ndarray, strengths: np.ndarray
) -> restoration.Restored:
    variation, weights = priors.total_variation(1.0), (strengths / sigma).astype(np.float32)
    prior = priors.Prior(variation.name, 1.0, lambda images: weights * variation(images))
    return restoration.restore(noisy, likelihood(name, sigma), [prior], steps=steps)


def _baseline(
    baseline: classic.Baseline, sigma: float, noisy: np.ndarray, strengths: np.ndarray
) -> restoration.Restored:
    pairs = zip(noisy, strengths, strict=True)
    images = np.stack([baseline.denoise(image, strength, sigma) for image, strength in pairs])
    return restoration.Restored(np.clip(images, 0, 1).astype(np.float32), {})


def _log(run: Run, part: str, history: dict[str, np.ndarray]) -> None:
    """Writes some 40 steps' means over the images to history.csv."""
    steps = len(next(iter(history.values()), ()))
    for step in range(0, steps, max(1, steps // 40)):
        run.log(part, step + 1, {name: values[step].mean() for name, values in history.items()})
