"""Study 5.2: autoencoders trained to make clean images of noisy or blurred ones.

Question: how much of what noise and blur take from an image can a network give back, and more than
classic denoisers do?

Origin (answered): an autoencoder trained with an L2 loss to make clean images of noisy or blurred
ones. Nothing was built.

Here: two networks, each over several seeds and each trained once for all levels, without being told
which: an autoencoder with a small latent, that of study 3.1 (`autoencoder`), and a small U-Net
whose details need not pass through a bottleneck (`unet`). In training, three of four images get
noise of any level up to 0.7, the others a blur of 0.5 to 2 pixels with noise up to 0.05; half of
all are clipped to [0, 1], as in a picture file. They are measured at noise of 0.2, 0.4 and 0.6 (not
clipped, as the classic methods assume), at 0.4 clipped, and at a blur of 1.5 pixels with noise of
0.02, without which any blur could be undone by division. Beside them total variation and non-local
means of scikit-image, and for the blur the Wiener filter and Richardson-Lucy. Those are told the
true level and blur, which the networks are not, and have their best settings of a grid (strength,
patch size, steps) for each level, chosen on training images. PSNR and SSIM of test images, compared
in pairs; all restorations are clipped to [0, 1]. The networks are trained on the mean logarithm of
each image's squared error, which is PSNR up to a factor (Chen et al. 2021): the squared error
itself is nearly all made of the noisiest images.

How settings were chosen: batches of 32 rather than 64, and an output that is the image rather than
what is to be added to the spoilt one, because they gave 0.5 to 2.4 and 0.8 to 1.8 dB more after one
pass over 20,000 training images, measured on 300 others. The logarithm gave the U-Net 0.7 dB at
noise 0.2 and 1.0 dB on blur in the same trial, and took 0.1 dB at 0.6. The learning rate and the
U-Net's size were not searched; six epochs are what three quarters of an hour on one core allow.

The U-Net of the first seed is what `tfnets denoise IMAGE... --out DIR` restores pictures with.

Command: `tfnets run denoising --scale full` (about 40 minutes on one core).
"""

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.fit import annealed_fit
from tfnets.lab.trial import Measurement, Work
from tfnets.methods.denoisers import tuned
from tfnets.methods.denoisers.spoiling import Spoiling, spoil
from tfnets.metrics.pictures import psnr, ssim
from tfnets.models import autoencoders
from tfnets.models.denoisers import small_unet
from tfnets.studies.denoising import numbers, page
from tfnets.studies.denoising.settings import SCALES, SHOWN, Settings

__all__ = ["SCALES", "Settings", "run"]

SMALLEST = 1e-6
"""Squared error that `log_error` adds, 60 dB, so that it is finite where nothing was spoilt."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains and tunes, restores the test images, writes the page."""
    data = lab.store.images(settings.dataset, settings.train_images, settings.test_images)
    steps_per_epoch(len(data.x_train), settings.batch_size)  # Refuses too few images.
    seeds = run.seeds(settings.repeats)
    networks = [Network(settings, name, seed) for seed in seeds for name in settings.networks]
    others = [
        Classic(settings, name, run.config.seed, case)
        for case in settings.cases
        for name in ("spoilt", *tuned.suited(case))
    ]
    lab.run(run, [*networks, *others])
    rows = {}
    for case in settings.cases:
        rows[case.name] = {one.variant: one.result(run) for one in others if one.case == case}
        for name in settings.networks:
            found = [one.result(run)[case.name] for one in networks if one.variant == name]
            rows[case.name][name] = numbers.over_seeds(found)
    run.save_array("samples/clean", data.x_test[:SHOWN])
    summary = numbers.summary(settings, rows)
    run.finish(summary, page.write(run, settings, rows, summary))


@dataclass(frozen=True)
class _Restoring(Work):
    """Restores the test images in one way, and measures."""

    settings: Settings

    @property
    def data(self) -> ImageData:
        """Images to learn from, and those that are restored."""
        settings = self.settings
        return self.store.images(settings.dataset, settings.train_images, settings.test_images)

    def spoilt(self, case: Spoiling) -> np.ndarray:
        """The test images, spoilt."""
        return case.spoilt(self.data.x_test, 2 * self.run.config.seed + 1)

    def numbers(self, name: str, images: np.ndarray) -> dict[str, Any]:
        """PSNR and SSIM of each restored image; keeps those that figures show by a name."""
        self.run.save_array(name, images[:SHOWN])
        clean = self.data.x_test
        return {"psnr": psnr(clean, images).tolist(), "ssim": ssim(clean, images).tolist()}


@final
@dataclass(frozen=True)
class Network(_Restoring):
    """One network with one seed, trained for all cases; leaves `NAME-SEED.keras`."""

    mark = "measure-"

    def do(self) -> None:
        """Trains, and restores the test images of every case."""
        self.run.part(f"train-{self.part}", self._train)
        self.run.part(self.key, self._measure)

    def _train(self) -> dict[str, Any]:
        settings, seed = self.settings, self.seed
        if self.variant == "unet":
            network = small_unet(settings.width, seed)
        else:
            network = autoencoders.build("origin", settings.latent, seed).joined()
        annealed_fit(
            self.run, self.part, network, (self.data.x_train,), loss=log_error,
            learning_rate=settings.learning_rate, batch_size=settings.batch_size,
            epochs=settings.epochs, seed=seed, transform=_pair,
        )  # fmt: skip
        self.run.save_model(self.part, network)
        return {"parameters": network.count_params()}

    def _measure(self) -> dict[str, Any]:
        network, found = self.run.load_model(self.part), {}
        for case in self.settings.cases:
            images = network.predict(self.spoilt(case), batch_size=250, verbose=0)
            found[case.name] = self.numbers(f"{case.name}-{self.part}", np.clip(images, 0, 1))
        return found


@final
@dataclass(frozen=True)
class Classic(_Restoring, Measurement):
    """One classic method on one case, tuned on training images; or `spoilt`, which does nothing."""

    case: Spoiling

    @property
    def part(self) -> str:
        """Its case and its name."""
        return f"{self.case.name}-{self.variant}"

    def measure(self) -> dict[str, Any]:
        """Chooses among the grid's settings and restores the test images with the best."""
        spoilt = self.spoilt(self.case)
        if self.variant == "spoilt":
            return self.numbers(self.part, spoilt)
        clean = self.data.x_train[-self.settings.tuning_images :]
        tuning = self.case.spoilt(clean, 2 * self.run.config.seed)
        best, tried = tuned.chosen(tuned.candidates(self.variant, self.case), clean, tuning)
        found = self.numbers(self.part, best.images(spoilt))
        return found | {"setting": best.label, "tried": tried}


def log_error(clean: tf.Tensor, restored: tf.Tensor) -> tf.Tensor:
    """Logarithm of each image's mean squared error: of images (n, h, w, c), shape (n,).

    Minimising it maximises the mean PSNR (Chen et al. 2021, HINet, section 3.3).
    """
    error = tf.reduce_mean(tf.math.squared_difference(restored, clean), axis=(1, 2, 3))
    return tf.math.log(error + SMALLEST)


def _pair(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return spoil(images, seed), images
