"""How study 5.4 measures restored images: by originals, by a judge, and by spectrum."""

import functools

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.datasets.draws import one_of_each
from tfnets.inputs.spectrum import amplitudes, average_amplitude, distance, radial_profile
from tfnets.lab.trial import DataStore
from tfnets.methods.denoisers.spoiling import noise_case
from tfnets.methods.gans.judges import Judge, seen
from tfnets.metrics.pictures import psnr, ssim
from tfnets.metrics.sample_quality import Judged
from tfnets.studies.gan_denoising.settings import Settings


@functools.lru_cache(maxsize=2)
def of(store: DataStore, settings: Settings) -> "RestorationQuality":
    """Returns the quality of a run's test images; a process makes it once."""
    data = store.images(settings.dataset, settings.train_images, settings.test_images)
    return RestorationQuality(data, settings.sigma)


class RestorationQuality(Judge):
    """Numbers of restored test images of `data`.

    Half of the training images are `sources`, to be made noisy, the others `natural`, of which
    `spectrum` is the average amplitude.
    """

    def __init__(self, data: ImageData, sigma: float) -> None:
        """Takes the images, and the standard deviation of the noise on those of the test."""
        super().__init__(data)
        self.data, self._sigma = data, sigma
        half = len(data.x_train) // 2
        self.sources, self.natural = data.x_train[:half], data.x_train[half : 2 * half]
        self.spectrum = average_amplitude(self.natural, self.natural.shape[1:3])

    def noisy(self, seed: int) -> np.ndarray:
        """The test images with noise, not clipped."""
        return noise_case(self._sigma).spoilt(self.data.x_test, seed)

    @property
    def real(self) -> dict[str, float]:
        """Of clean images: the judge's `accuracy`, training images' `frechet`, and `spectral`."""
        return {
            "accuracy": self._accuracy(self.reference),
            "frechet": self.frechet(self.others),
            "spectral": self._spectral(self.data.x_test),
        }

    def __call__(self, images: np.ndarray) -> dict[str, float]:
        """Means over the test images, restored as `images` in [0, 1].

        `psnr` in dB, `ssim`, `accuracy` of the judge, `frechet` distance to the clean test images
        in its features, and `spectral`, the log-spectral distance in dB.
        """
        judged = self.judged(images)
        return {
            "psnr": float(psnr(self.data.x_test, images).mean()),
            "ssim": float(ssim(self.data.x_test, images).mean()),
            "accuracy": self._accuracy(judged),
            "frechet": self.frechet(judged),
            "spectral": self._spectral(images),
        }

    def kept(self, run: Run, name: str, images: np.ndarray) -> dict[str, float]:
        """Measures images, clipped to [0, 1], and keeps what figures show."""
        clipped = np.clip(images, 0, 1)
        self.keep(run, name, clipped)
        return self(clipped)

    def keep(self, run: Run, name: str, images: np.ndarray) -> None:
        """Keeps one image of each class and the mean Fourier amplitude, (2, rings)."""
        run.save_array(f"samples/{name}", images[one_of_each(self.labels)])
        profile = radial_profile(amplitudes(images).mean(axis=0))
        run.save_array(f"spectra/{name}", np.array(profile))

    def _accuracy(self, judged: Judged) -> float:
        return float((seen(judged) == self.labels).mean())

    def _spectral(self, images: np.ndarray) -> float:
        return float(distance(images, self.spectrum).numpy().mean())
