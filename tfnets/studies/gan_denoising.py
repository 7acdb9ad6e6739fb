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
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.inputs.spectrum import average_amplitude
from tfnets.studies.pages import gan_denoising as page
from tfnets.studies.picture_denoising import load_denoiser
from tfnets.studies.restoration_quality import RestorationQuality, profile
from tfnets.studies.settings import (
    require_decays,
    require_deviations,
    require_known,
    require_positive,
    require_rates,
    require_weights,
)
from tfnets.studies.spoiling import noise_case
from tfnets.studies.unpaired_denoisers import VARIANTS, Recipe
from tfnets.training.translation import translated

REFERENCE = "reference"
"""What the setting `denoiser` calls the U-Net that comes with the repository."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        sigma: Standard deviation of the noise, in pixel units.
        variants: Of `all`, `no_adversary`, `no_l2`, `no_spectrum`, `pairs`.
        l2: Weight of the mean squared difference from the input.
        spectrum: Weight of the squared log-spectral distance in dB^2.
        denoiser: Folder of a finished run of study `denoising`; `reference` for the one that comes
            with the repository, empty for none.
        width: Channels of the generator at full size.
        blocks: Its residual blocks.
        critic_width: Channels of the discriminator's first convolution.
        epochs: Passes over half of the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate (beta_1 0.5); it falls to 0 along a cosine.
        average: Decay of the running mean of the generator's weights.
        repeats: Seeds per variant.
        train_images: Training images, half of them noisy, half natural.
        test_images: Test images that are restored and measured.
    """

    dataset: str = "mnist"
    sigma: float = 0.4
    variants: tuple[str, ...] = VARIANTS
    l2: float = 4.0
    spectrum: float = 0.02
    denoiser: str = REFERENCE
    width: int = 8
    blocks: int = 3
    critic_width: int = 16
    epochs: int = 4
    batch_size: int = 32
    learning_rate: float = 1e-3
    average: float = 0.99
    repeats: int = 3
    train_images: int = 24_000
    test_images: int = 1_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_weights(self, "l2", "spectrum")
        require_positive(self, "width", "blocks", "critic_width", "epochs", "batch_size")
        require_positive(self, "repeats", "train_images", "test_images")
        require_rates(self, "learning_rate")
        require_decays(self, "average")
        require_deviations(self, "sigma")
        if not 2 <= self.test_images <= self.train_images:
            raise InputError(
                f"There are {self.test_images} test and {self.train_images} training images; set "
                "test_images from 2 up to train_images, as many of which are measured beside them."
            )

    def recipe(self, variant: str) -> Recipe:
        """How a variant's network is made and trained."""
        return Recipe(
            variant, self.sigma, self.l2, self.spectrum, self.width, self.blocks,
            self.critic_width, self.epochs, self.batch_size, self.learning_rate, self.average,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(
        variants=("all", "pairs"), width=2, blocks=1, critic_width=2, epochs=1, batch_size=16,
        repeats=1, train_images=128, test_images=40,
    ),
    "quick": Settings(epochs=1, repeats=1, train_images=9_600, test_images=300),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains each variant, restores and measures, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, data_dir).first(
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
