"""How study 5.4 measures restored images: by originals, by a judge, and by spectrum."""

import numpy as np

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.inputs.spectrum import Spectrum, amplitudes, distance, radial_profile
from tfnets.methods.gans import judges
from tfnets.metrics.pictures import psnr, ssim


class RestorationQuality:
    """Numbers of restored test images.

    Attributes:
        data: The images.
        real: What clean images give: the judge's `accuracy` on the test images, `frechet` of as
            many training images to them, and their `spectral` distance.
    """

    def __init__(self, data: ImageData, spectrum: Spectrum) -> None:
        """Takes the images, and the average amplitude of natural ones."""
        self.data, self._spectrum = data, spectrum
        self._judge = judges.load(data.name)
        real = self._judged(data.x_test)
        self._features = real["features"]
        others = self._judged(data.x_train[: len(data.x_test)])["features"]
        self.real = {
            "accuracy": self._accuracy(real),
            "frechet": metrics.frechet_distance(self._features, others),
            "spectral": self._spectral(data.x_test),
        }

    def __call__(self, images: np.ndarray) -> dict[str, float]:
        """Means over the test images, restored as `images` in [0, 1].

        Returns:
            `psnr` in dB, `ssim`, `accuracy` of the judge, `frechet` distance to the clean test
            images in its features, and `spectral`, the log-spectral distance in dB.
        """
        judged = self._judged(images)
        return {
            "psnr": float(psnr(self.data.x_test, images).mean()),
            "ssim": float(ssim(self.data.x_test, images).mean()),
            "accuracy": self._accuracy(judged),
            "frechet": metrics.frechet_distance(self._features, judged["features"]),
            "spectral": self._spectral(images),
        }

    def _judged(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return self._judge.predict(images, batch_size=500, verbose=0)

    def _accuracy(self, judged: dict[str, np.ndarray]) -> float:
        return float((judged["probabilities"].argmax(axis=1) == self.data.y_test).mean())

    def _spectral(self, images: np.ndarray) -> float:
        return float(distance(images, self._spectrum).numpy().mean())


def profile(images: np.ndarray) -> np.ndarray:
    """Mean Fourier amplitude of images: frequencies, and amplitudes there, shape (2, rings)."""
    return np.array(radial_profile(amplitudes(images).mean(axis=0)))
