"""Study 5.4: denoising by a GAN that never sees a noisy image and its original together.

Question: can a generator that must make noisy images look natural restore them, and what do its
regularisers give: staying near its input, and the Fourier spectrum of natural images?

Origin: an image-to-image generator; the discriminator tells natural images from generated ones; the
generator is regularised towards its input, and by the Fourier spectrum. Pictures, no number.

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

from collections.abc import Callable
from functools import partial

import keras
import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.inputs.spectrum import average_amplitude
from tfnets.lab.engine import Lab
from tfnets.methods.denoisers.saved import load_denoiser
from tfnets.methods.denoisers.spoiling import noise_case
from tfnets.studies.gan_denoising import page
from tfnets.studies.gan_denoising.quality import RestorationQuality, profile
from tfnets.studies.gan_denoising.settings import REFERENCE, SCALES, Settings
from tfnets.training.translation import translated

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains each variant, restores and measures, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, lab.data_dir).first(
        settings.train_images, settings.test_images
    )
    half = len(data.x_train) // 2
    training = data.x_train[:half], data.x_train[half : 2 * half]
    quality = RestorationQuality(data, average_amplitude(training[1], data.x_train.shape[1:3]))
    noisy = noise_case(settings.sigma).spoilt(data.x_test, run.config.seed)
    rows = {"noisy": [run.part("noisy", partial(_measured, run, quality, "noisy", noisy))]}
    for variant in settings.variants:
        rows[variant] = []
        for seed in range(run.config.seed, run.config.seed + settings.repeats):
            network = partial(_trained, run, settings, variant, training, seed)
            compute = partial(_restored, run, quality, f"{variant}-{seed}", network, noisy)
            rows[variant].append(run.part(f"{variant}-{seed}", compute))
    if settings.denoiser:
        own = None if settings.denoiser == REFERENCE else settings.denoiser
        network = partial(load_denoiser, own)
        rows["unet"] = [run.part("unet", partial(_restored, run, quality, "unet", network, noisy))]
    run.save_array("samples/clean", data.x_test[page.shown(data.y_test)])
    run.save_array("spectra/clean", profile(data.x_test))
    numbers = page.numbers(settings, rows, quality.real)
    page.draw(run, settings, numbers)
    run.finish(numbers, page.report(settings, numbers).as_json())


def _trained(
    run: Run,
    settings: Settings,
    variant: str,
    training: tuple[np.ndarray, np.ndarray],
    seed: int,
) -> keras.Model:
    """Trains one variant with one seed; of the first seed the network is kept."""
    part = f"{variant}-{seed}"
    network = settings.recipe(variant).trained(run, part, *training, seed)
    if seed == run.config.seed:
        run.save_model(part, network)
    return network


def _restored(
    run: Run,
    quality: RestorationQuality,
    name: str,
    network: Callable[[], keras.Model],
    noisy: np.ndarray,
) -> dict[str, float]:
    """Gets a network and measures what it makes of the noisy test images."""
    return _measured(run, quality, name, translated(network(), noisy))


def _measured(
    run: Run, quality: RestorationQuality, name: str, images: np.ndarray
) -> dict[str, float]:
    """Measures images, clipped to [0, 1], and keeps what figures show."""
    clipped = np.clip(images, 0, 1)
    run.save_array(f"samples/{name}", clipped[page.shown(quality.data.y_test)])
    run.save_array(f"spectra/{name}", profile(clipped))
    return quality(clipped)
