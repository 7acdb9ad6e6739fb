"""Study 5.2: autoencoders trained to make clean images of noisy or blurred ones.

Question: how much of what noise and blur take from an image can a network give back, and more than
classic denoisers do?

Origin: an autoencoder trained from noisy or blurred images to the clean ones; pictures of the
results, no number.

Here: two networks, each over several seeds and each trained once for all levels, without being told
which: the origin's autoencoder with its small latent (`autoencoder`), and a small U-Net whose
details need not pass through a bottleneck (`unet`). In training, three of four images get noise of
any level up to 0.7, the others a blur of 0.5 to 2 pixels with noise up to 0.05; half of all are
clipped to [0, 1], as in a picture file. They are measured at noise of 0.2, 0.4 and 0.6 (not
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

from functools import partial

import keras
import numpy as np
import tensorflow as tf

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.methods.denoisers import tuned
from tfnets.methods.denoisers.spoiling import Case, spoil
from tfnets.metrics.pictures import psnr, ssim
from tfnets.models import autoencoders
from tfnets.models.denoisers import small_unet
from tfnets.studies.denoising import page
from tfnets.studies.denoising.settings import SCALES, Settings

__all__ = ["SCALES", "Settings", "run"]


SMALLEST = 1e-6
"""Squared error that `log_error` adds, 60 dB, so that it is finite where nothing was spoilt."""


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains and tunes, restores the test images, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, lab.data_dir).first(
        settings.train_images, settings.test_images
    )
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    for seed in seeds:
        for name in settings.networks:
            train(run, name, settings, seed, data.x_train)
    rows = _measured(run, settings, data, seeds)
    page.draw(run, settings, data.x_test, rows)
    numbers = page.numbers(settings, rows)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def train(run: Run, name: str, settings: Settings, seed: int, images: np.ndarray) -> keras.Model:
    """Trains one network of `NETWORKS`; on resuming, a finished one is loaded.

    Args:
        run: The run folder, which gets `NAME-SEED.keras`.
        name: Which network.
        settings: Sizes and training.
        seed: Seed of weights, order and what spoils the images.
        images: Training images (n, 28, 28, 1) in [0, 1].
    """
    part = f"{name}-{seed}"

    def compute() -> dict[str, int]:
        network = _built(name, settings, seed)
        # Saved without what it is compiled with, which needs a class of ours.
        model = keras.Model(network.input, network.output)
        steps = steps_per_epoch(len(images), settings.batch_size)
        model.compile(
            cosine_adam(settings.learning_rate, settings.epochs * steps),
            loss=log_error,
            jit_compile=False,
            steps_per_execution=steps_per_execution(steps),
        )
        fit(
            run, part, model, (images,), batch_size=settings.batch_size, epochs=settings.epochs,
            seed=seed, transform=_pair,
        )  # fmt: skip
        run.save_model(part, network)
        return {"parameters": model.count_params()}

    run.part(f"train-{part}", compute)
    return run.load_model(part)


def _built(name: str, settings: Settings, seed: int) -> keras.Model:
    if name == "unet":
        return small_unet(settings.width, seed)
    return autoencoders.build("origin", settings.latent, seed).joined()


def log_error(clean: tf.Tensor, restored: tf.Tensor) -> tf.Tensor:
    """Logarithm of each image's mean squared error: of images (n, h, w, c), shape (n,).

    Minimising it maximises the mean PSNR (Chen et al. 2021, HINet, section 3.3).
    """
    error = tf.reduce_mean(tf.math.squared_difference(restored, clean), axis=(1, 2, 3))
    return tf.math.log(error + SMALLEST)


def _pair(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return spoil(images, seed), images


def _measured(
    run: Run, settings: Settings, data: datasets.ImageData, seeds: range
) -> dict[str, dict[str, dict]]:
    """Numbers of each method on each case."""
    seed, last = run.config.seed, slice(-settings.tuning_images, None)
    clean, tuning = data.x_test, data.x_train[last]
    spoilt = {case.name: case.spoilt(clean, 2 * seed + 1) for case in settings.cases}
    rows = {}
    for case in settings.cases:
        test, tune = (clean, spoilt[case.name]), (tuning, case.spoilt(tuning, 2 * seed))
        own = {"spoilt": lambda case=case, test=test: _numbers(run, f"{case.name}-spoilt", *test)}
        own |= {name: partial(_classic, run, name, case, tune, test) for name in page.classic(case)}
        rows[case.name] = {
            name: run.part(f"{case.name}-{name}", compute) for name, compute in own.items()
        }
    for name in settings.networks:
        parts = [f"{name}-{one}" for one in seeds]
        found = [
            run.part(f"measure-{part}", partial(_network, run, part, clean, spoilt))
            for part in parts
        ]
        for case, row in rows.items():
            row[name] = _over_seeds([one[case] for one in found])
    return rows


def _classic(
    run: Run,
    name: str,
    case: Case,
    tuning: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
) -> dict:
    """Tunes a classic method on training images and restores the test images with it."""
    grid = tuned.candidates(name, case)
    best, tried = tuned.chosen(grid, *tuning)
    found = _numbers(run, f"{case.name}-{name}", test[0], best.images(test[1]))
    return found | {"setting": best.label, "tried": tried}


def _network(
    run: Run, part: str, clean: np.ndarray, spoilt: dict[str, np.ndarray]
) -> dict[str, dict]:
    """Restores the test images of every case with one trained network."""
    network = run.load_model(part)
    restored = {
        case: np.clip(network.predict(images, batch_size=250, verbose=0), 0, 1)
        for case, images in spoilt.items()
    }
    return {
        case: _numbers(run, f"{case}-{part}", clean, images) for case, images in restored.items()
    }


def _numbers(run: Run, name: str, clean: np.ndarray, images: np.ndarray) -> dict:
    """PSNR and SSIM of each image; keeps those that figures show."""
    run.save_array(name, images[page.shown(len(images))])
    return {"psnr": psnr(clean, images).tolist(), "ssim": ssim(clean, images).tolist()}


def _over_seeds(found: list[dict]) -> dict:
    """Mean over seeds for each image, and the mean over images for each seed."""
    row = {key: np.mean([one[key] for one in found], axis=0).tolist() for key in ("psnr", "ssim")}
    return row | {"by_seed": [float(np.mean(one["psnr"])) for one in found]}
