"""Study 5.4: denoising by a GAN that never sees a noisy image and its original together.

Question: can a generator that must make noisy images look natural restore them, and what do its
regularisers give: staying near its input, and the Fourier spectrum of natural images?

Origin (answered): an image-to-image generator; the discriminator tells natural images from
generated ones; the generator is regularised towards its input, and by the Fourier spectrum. Nothing
was built.

Here: digits with Gaussian noise of 0.4. The generator gets noisy images of one half of the training
images, with new noise each time; the discriminator sees clean images of the other half as natural
ones. The generator's loss is adversarial, plus `l2` times the mean squared difference from the
noisy input, plus `spectrum` times the squared log-spectral distance (dB^2,
`tfnets.inputs.spectrum`) of its output to the average amplitude of clean images. Each of the three
terms is switched off in turn. Beside them stand the noisy image (clipped to [0, 1]), the same
network trained as long on pairs by mean squared error (`pairs`), and the larger U-Net of study
`denoising`, which has seen noise of all levels, blur, and all training images in pairs. PSNR and
SSIM of test images, accuracy of the committed judge on them, Frechet distance to clean test images
in its features beside that of training images, and the log-spectral distance; several seeds.

How settings were chosen: the terms' weights so that each of the three terms is between 0.6 and 0.7
where the output is the original (on 500 training images: mean squared difference 0.16, squared
log-spectral distance 31 dB^2, adversarial loss log 2); they were not searched. Batch size and
updates by what 25 minutes on one core allow.

Command: `tfnets run gan_denoising --scale full` (about 25 minutes on one core). With `--set
denoiser=RUN` the U-Net of another run of study `denoising` than the reference run's is measured.
"""

from typing import final

import keras

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement
from tfnets.methods.denoisers.saved import load_denoiser
from tfnets.studies.gan_denoising import numbers, page, quality
from tfnets.studies.gan_denoising.settings import REFERENCE, SCALES, Settings
from tfnets.studies.gan_denoising.training import Training
from tfnets.training.translation import translated

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains each variant, restores and measures, writes the page."""
    first = run.config.seed
    clean, noisy, unet = (Untrained(settings, name, first) for name in ("clean", "noisy", "unet"))
    trained = Training.of_each(settings, settings.variants, run.seeds(settings.repeats))
    methods = {"clean": [clean], "noisy": [noisy]} | trained
    if settings.denoiser:
        if not run.has_part(unet.key):
            _denoiser(settings)  # Refuses a run that has none.
        methods["unet"] = [unet]
    rows = lab.results(run, methods)
    (real,) = rows.pop("clean")
    found = numbers.over_seeds(settings, rows, real)
    run.finish(found, page.write(run, settings, found))


@final
class Untrained(Measurement):
    """What is measured beside the variants: `clean` or `noisy` images, or those of the `unet`."""

    settings: Settings
    named = "{variant}"

    @property
    def here(self) -> bool:
        """Whether it reads a run of another's."""
        return self.variant == "unet" and self.settings.denoiser != REFERENCE

    def measure(self) -> dict[str, float]:
        """Measures the images, and keeps some."""
        restored = quality.of(self.store, self.settings)
        if self.variant == "clean":
            restored.keep(self.run, self.part, restored.data.x_test)
            return restored.real
        images = restored.noisy(self.seed)
        if self.variant == "unet":
            images = translated(_denoiser(self.settings), images)
        return restored.kept(self.run, self.part, images)


def _denoiser(settings: Settings) -> keras.Model:
    return load_denoiser(None if settings.denoiser == REFERENCE else settings.denoiser)
