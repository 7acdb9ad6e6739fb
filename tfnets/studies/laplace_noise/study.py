"""Study 6.6: restoring images under Laplace noise by their most probable original.

Question: does restoring with the likelihood of the noise that is there beat restoring with another?

Origin: a theory question. The posterior of the original I, given the image I_c with Laplace noise
of scale b, is p(I | I_c) = p(I_c | I) p(I) / p(I_c), proportional to p(I) exp(-||I_c - I||_1 / b).
(The report divides by the likelihood p(I_c | I); what is divided by is the evidence p(I_c), which
does not depend on I.) No number was given.

Here: crops of photographs with Laplace noise, and with Gaussian noise of the same variance, both
restored with both likelihoods (scale known) under the same prior, p(I) proportional to
exp(-weight * total variation). The weight is chosen for each likelihood and noise on one grid, on
crops of other photographs. PSNR per crop, compared in pairs; beside it the median filter, and total
variation and non-local means of scikit-image, whose strength is chosen on the same crops. All this
at several levels of noise.

Command: `tfnets run laplace_noise --scale full` (about six minutes on 2 cores).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.inputs import priors, restoration
from tfnets.lab.engine import Lab
from tfnets.methods.denoisers import classic
from tfnets.metrics.pictures import psnr
from tfnets.studies.laplace_noise import page
from tfnets.studies.laplace_noise.crops import NOISES, corrupted, spread_crops
from tfnets.studies.laplace_noise.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


LIKELIHOODS = ("laplace", "gaussian")


@dataclass(frozen=True)
class Case:
    """One kind of noise at one level.

    Attributes:
        noise: `laplace` or `gaussian`.
        sigma: Standard deviation in pixel units.
    """

    noise: str
    sigma: float

    @property
    def name(self) -> str:
        """What its parts of the run and its numbers begin with."""
        return f"{self.noise}-{self.sigma:g}"


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Chooses weights, restores, measures, draws the figures, writes the report."""
    clean = originals(settings, run.config.seed, lab.data_dir)
    cases = [Case(noise, sigma) for sigma in settings.sigmas for noise in NOISES]
    rows = {case.name: _measured(run, settings, case, clean) for case in cases}
    numbers = {name: page.summary(row) for name, row in rows.items()} | {"images": settings.images}
    page.draw(run, settings, clean["test"], rows)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def originals(settings: Settings, seed: int, data_dir: Path | str | None) -> dict[str, np.ndarray]:
    """Clean images in [0, 1] by use: `tuning` and `test`, (n, height, width, channels)."""
    wanted = {"tuning": settings.tuning_images, "test": settings.images}
    if settings.dataset == "cifar10":
        data = datasets.load("cifar10", data_dir).first(wanted["tuning"], wanted["test"])
        return {"tuning": data.x_train, "test": data.x_test}
    names = {"tuning": settings.tuning_photos, "test": settings.photos}
    return {
        use: spread_crops(
            {name: pictures.photo(name, data_dir).pixels for name in names[use]},
            settings.size, wanted[use], seed,
        )
        for use in names
    }  # fmt: skip


def likelihood(name: str, sigma: float) -> restoration.Likelihood:
    """The likelihood of noise of standard deviation sigma."""
    if name == "laplace":
        return restoration.laplace(sigma / np.sqrt(2))
    return restoration.gaussian(sigma)


def _measured(
    run: Run, settings: Settings, case: Case, clean: dict[str, np.ndarray]
) -> dict[str, dict]:
    """PSNR of each image by method, and how each method's strength was chosen."""
    seed, sigma = run.config.seed, case.sigma
    noisy = {
        use: corrupted(images, case.noise, sigma, 2 * seed + (use == "test"))
        for use, images in clean.items()
    }
    rows = {"noisy": {"psnr": psnr(clean["test"], noisy["test"]).tolist()}}
    for name in LIKELIHOODS:
        restore = partial(_restore, settings.steps, name, sigma)
        rows[name] = _tuned(run, f"{case.name}-{name}", restore, settings.strengths, clean, noisy)
    for name, baseline in classic.BASELINES.items():
        rows[name] = _tuned(
            run, f"{case.name}-{name}", partial(_baseline, baseline, sigma),
            baseline.strengths, clean, noisy,
        )  # fmt: skip
    run.save_array(f"{case.name}-noisy", noisy["test"][page.shown(settings.images)])
    return rows


Method = Callable[[np.ndarray, np.ndarray], restoration.Restored]
"""Noisy images (n, height, width, channels) and a strength for each (n,) -> restored images."""


def _tuned(
    run: Run,
    name: str,
    method: Method,
    strengths: tuple[float, ...],
    clean: dict[str, np.ndarray],
    noisy: dict[str, np.ndarray],
) -> dict:
    """Chooses the strength by mean PSNR on the tuning images, then measures on the others."""

    def compute() -> dict:
        tried = _tried(method, strengths, clean["tuning"], noisy["tuning"])
        best = strengths[int(np.argmax(tried))]
        found = method(noisy["test"], np.full(len(noisy["test"]), best))
        _log(run, name, found.history)
        run.save_array(name, found.images[page.shown(len(found.images))])
        values = psnr(clean["test"], found.images)
        return {"psnr": values.tolist(), "strength": best, "tried": tried}

    return run.part(name, compute)


def _tried(
    method: Method, strengths: tuple[float, ...], clean: np.ndarray, noisy: np.ndarray
) -> list[float]:
    """Mean PSNR of each strength; all are tried in one batch."""
    copies = np.concatenate([noisy] * len(strengths))
    found = method(copies, np.repeat(strengths, len(noisy))).images
    return [float(psnr(clean, images).mean()) for images in np.split(found, len(strengths))]


def _restore(
    steps: int, name: str, sigma: float, noisy: np.ndarray, strengths: np.ndarray
) -> restoration.Restored:
    variation, weights = priors.total_variation(1.0), (strengths / sigma).astype(np.float32)
    return restoration.restore(
        noisy,
        likelihood(name, sigma),
        [priors.Prior(variation.name, 1.0, lambda images: weights * variation(images))],
        steps=steps,
        description=f"{name} likelihood, {len(noisy)} images",
    )


def _baseline(
    baseline: classic.Baseline, sigma: float, noisy: np.ndarray, strengths: np.ndarray
) -> restoration.Restored:
    pairs = zip(noisy, strengths, strict=True)
    images = np.stack([baseline.denoise(image, strength, sigma) for image, strength in pairs])
    return restoration.Restored(np.clip(images, 0, 1).astype(np.float32), {})


def _log(run: Run, part: str, history: dict[str, np.ndarray], rows: int = 40) -> None:
    """Writes some steps' means over the images to history.csv."""
    steps = len(next(iter(history.values()), ()))
    for step in range(0, steps, max(1, steps // rows)):
        run.log(part, step + 1, {name: values[step].mean() for name, values in history.items()})
