"""Study 5.3: red pupils, replaced by networks that have only seen clean eyes.

Question: does an autoencoder of clean eyes replace the red pupil that it never saw, and leave the
rest of the picture alone?

Origin (answered): an autoencoder trained on clean eyes with an L2 loss replaces the pupil that it
never saw. Nothing was built.

Here: eyes drawn from a seed, with and without the red pupil of a flash, equal elsewhere
(`tfnets.datasets.eyes`). Two networks are trained on clean eyes alone: an autoencoder with a small
latent, and a U-Net that restores hidden discs from what is around them (`context`). Four ways are
compared on eyes that were never seen: the autoencoder's whole output, as answered; the
autoencoder's output where the picture is redder than it; the context network's output at the same
pixels, which are hidden from it; and a plain repair at the same pixels, red := (green + blue) / 2.
A pixel is replaced where its redness, red - (green + blue) / 2, exceeds that of the autoencoder's
output by more than the 99.9th percentile over clean training eyes, in spots of five pixels or more;
of a spot, what has half its highest excess, one pixel wider. Measured: mean redness of the pupil,
PSNR inside and outside it against the clean eye, how much of the pupil is found, and what is
changed in eyes without any red. At the end the same networks see the eyes of a real portrait, as it
is and with red pupils painted in.

How settings were chosen: the networks' were not searched. A first run on 2,000 eyes replaced some
brown irises together with the pupil; that a spot keeps what has half its highest excess comes from
there, where eyes with flash of seed 0 were looked at. The reference run has the seeds 3 to 5 and
eyes of its own (`--seed 3`).

Command: `tfnets run red_eye --scale full` (about 20 minutes on one core).
"""

import functools
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.datasets.eyes import Eyes, draw_eyes
from tfnets.lab.engine import Lab
from tfnets.lab.fit import annealed_fit, own_targets
from tfnets.lab.trial import Measurement, Trial
from tfnets.metrics.pictures import psnr
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.denoisers import small_unet
from tfnets.models.dense_autoencoders import dense_autoencoder
from tfnets.studies.red_eye import numbers, page, pupils
from tfnets.studies.red_eye.portrait import portrait_eyes
from tfnets.studies.red_eye.pupils import Restorer, mean_redness
from tfnets.studies.red_eye.settings import SCALES, SHOWN, Settings

__all__ = ["SCALES", "Settings", "run"]

CAP = 60.0  # highest PSNR in dB that is counted: some pictures are not changed at all


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains, restores and measures with every seed, writes the page."""
    steps_per_epoch(settings.train_images, settings.batch_size)  # Refuses too few eyes.
    measured = [Measured(settings, "measure", seed) for seed in run.seeds(settings.repeats)]
    portrait = Portrait(settings, "portrait", run.config.seed)
    lab.run(run, [*measured, portrait])
    found = [one.result(run) for one in measured]
    rows = numbers.over_seeds(found)
    summary = numbers.summary(settings, rows, found, portrait.result(run))
    run.finish(summary, page.write(run, settings, rows, summary))


_drawn = functools.lru_cache(maxsize=2)(draw_eyes)


@final
@dataclass(frozen=True)
class Training(Trial):
    """`autoencoder` or `context` with one seed; both see clean eyes alone."""

    settings: Settings

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains with weights, order and hidden discs of this seed."""
        settings, seed = self.settings, self.seed
        clean = _drawn(settings.train_images, 2 * self.run.config.seed).clean
        fit = partial(
            annealed_fit, self.run, self.part, arrays=(clean,), seed=seed, callbacks=[measuring],
            learning_rate=settings.learning_rate, batch_size=settings.batch_size,
        )  # fmt: skip
        if self.variant == "context":
            network = small_unet(settings.width, seed, given=4, wanted=3)
            epochs = settings.context_epochs
            fit(network=network, epochs=epochs, loss="mse", transform=pupils.hide_discs)
            self.run.save_model(self.part, network)
            return {"parameters": network.count_params()}
        built = dense_autoencoder(clean.shape[1:], settings.latent, seed, settings.hidden)
        loss, epochs = "binary_crossentropy", settings.epochs
        fit(network=built.joined(), epochs=epochs, loss=loss, transform=own_targets)
        for part, network in built._asdict().items():
            self.run.save_model(f"{self.part}_{part}", network)
        return {"threshold": pupils.threshold(built, clean)}


@dataclass(frozen=True)
class _Restoring(Measurement):
    """What both networks of a seed do."""

    settings: Settings

    @property
    def needs(self) -> list[Training]:
        """The trainings."""
        return [Training(self.settings, name, self.seed) for name in ("autoencoder", "context")]

    @property
    def restorer(self) -> Restorer:
        """Both networks, from the run folder."""
        autoencoder, context = self.needs
        parts = (f"{autoencoder.part}_{part}" for part in Autoencoder._fields)
        return Restorer(
            Autoencoder(*map(self.run.load_model, parts)),
            self.run.load_model(context.part),
            autoencoder.result(self.run)["threshold"],
        )


@final
@dataclass(frozen=True)
class Measured(_Restoring):
    """Every way with the networks of one seed, on eyes never seen; the run's first keeps some."""

    def measure(self) -> dict[str, Any]:
        """Numbers of each eye and way, of the detector, and of eyes without red."""
        eyes = _drawn(self.settings.test_images, 2 * self.run.config.seed + 1)
        restorer = self.restorer
        pictures, found = restored(restorer, eyes.flash)
        clean, found_in_clean = restored(restorer, eyes.clean)
        pictures = {"clean": eyes.clean, "flash": eyes.flash, **pictures}
        if self.seed == self.run.config.seed:
            for name, images in {**pictures, "found": found}.items():
                self.run.save_array(f"shown-{name}", images[:SHOWN])
        near = pupils.spots(eyes.pupils.astype(float), 0.5)
        everywhere = np.ones_like(eyes.pupils)
        return {
            "ways": {name: _numbers(images, eyes) for name, images in pictures.items()},
            "detector": {
                "pupil_found": float(found[eyes.pupils].mean()),
                "eyes_found": float(np.mean((found & eyes.pupils).any(axis=(1, 2)))),
                "elsewhere": float((found & ~near).mean()),
                "clean_eyes_changed": float(np.mean(found_in_clean.any(axis=(1, 2)))),
                "threshold": restorer.threshold,
            },
            "clean_psnr": psnr(eyes.clean, clean["context"], everywhere, CAP).tolist(),
        }


@final
@dataclass(frozen=True)
class Portrait(_Restoring):
    """Every way on the eyes of a real portrait, with red pupils painted in and without."""

    @property
    def part(self) -> str:
        """There is one."""
        return self.variant

    def measure(self) -> dict[str, Any]:
        """Numbers of each way, and how much is replaced."""
        eyes, restorer, found = portrait_eyes(self.store.data_dir), self.restorer, {}
        for kind, images in (("red", eyes.flash), ("as_it_is", eyes.clean)):
            pictures, where = restored(restorer, images)
            self.run.save_array(f"portrait-{kind}", np.stack([images, *pictures.values()], axis=1))
            ways = {"given": images, **pictures}
            found[kind] = {
                name: {key: float(np.mean(each)) for key, each in _numbers(one, eyes).items()}
                for name, one in ways.items()
            }
            found[kind]["changed_outside"] = float(where[~eyes.pupils].mean())
            found[kind]["pupil_found"] = float(where[eyes.pupils].mean())
        return found


def restored(restorer: Restorer, images: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Every way's pictures of images (n, height, width, 3), and the pixels that were found."""
    whole = restorer.autoencoder.reconstruct(images)
    found = restorer.found(images, whole)
    return {
        "autoencoder": whole,
        "autoencoder_there": np.where(found[..., np.newaxis], whole, images),
        "context": restorer.filled(images, found),
        "desaturated": pupils.desaturated(images, found),
    }, found


def _numbers(images: np.ndarray, eyes: Eyes) -> dict[str, list[float]]:
    return {
        "redness": mean_redness(images, eyes.pupils).tolist(),
        "inside": psnr(eyes.clean, images, eyes.pupils, CAP).tolist(),
        "outside": psnr(eyes.clean, images, ~eyes.pupils, CAP).tolist(),
    }
