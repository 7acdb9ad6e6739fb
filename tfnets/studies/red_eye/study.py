"""Study 5.3: red pupils, replaced by networks that have only seen clean eyes.

Question: does an autoencoder of clean eyes replace the red pupil that it never saw, and leave the
rest of the picture alone?

Origin: an autoencoder trained on clean eyes replaces the pupil; pictures only.

Here: eyes drawn from a seed, with and without the red pupil of a flash, equal elsewhere
(`tfnets.datasets.eyes`). Two networks are trained on clean eyes alone: an autoencoder with a small
latent, and a U-Net that restores hidden discs from what is around them (`context`). Four ways are
compared on eyes that were never seen: the autoencoder's whole output, as in the origin; the
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

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.datasets.eyes import HEIGHT, WIDTH, Eyes, draw_eyes
from tfnets.lab.engine import Lab
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.denoisers import small_unet
from tfnets.models.dense_autoencoders import dense_autoencoder
from tfnets.studies.red_eye import page, pupils
from tfnets.studies.red_eye.portrait import portrait_eyes
from tfnets.studies.red_eye.pupils import Restorer, mean_redness, psnr
from tfnets.studies.red_eye.settings import SCALES, Rows, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Draws eyes, trains, restores and measures, draws the figures, writes the report."""
    seed = run.config.seed
    known = draw_eyes(settings.train_images, 2 * seed).clean
    eyes = draw_eyes(settings.test_images, 2 * seed + 1)
    seeds = range(seed, seed + settings.repeats)
    found = []
    for one in seeds:
        restorer = _trained(run, settings, one, known)
        found.append(run.part(f"measure-{one}", partial(_measure, run, restorer, eyes, one)))
    restorer = _trained(run, settings, seed, known)
    portrait = run.part("portrait", partial(_portrait, run, restorer, lab.data_dir))
    rows = over_seeds(found)
    page.draw(run, eyes, rows)
    numbers = page.numbers(settings, rows, found, portrait)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def _trained(run: Run, settings: Settings, seed: int, images: np.ndarray) -> Restorer:
    """Trains both networks of a seed, or loads them; both saw clean eyes alone."""
    parts = [f"autoencoder-{seed}_{part}" for part in ("encoder", "decoder")]

    def autoencoder() -> dict[str, float]:
        shape = (HEIGHT, WIDTH, 3)
        built = dense_autoencoder(shape, settings.latent, seed, settings.hidden)
        model = built.joined()
        _fit(run, f"autoencoder-{seed}", model, settings, images, "binary_crossentropy", _same)
        for part, network in zip(parts, built, strict=True):
            run.save_model(part, network)
        return {"threshold": pupils.threshold(built, images)}

    def context() -> dict[str, int]:
        network = small_unet(settings.width, seed, given=4, wanted=3)
        model = keras.Model(network.input, network.output)  # Saved without its optimiser.
        _fit(run, f"context-{seed}", model, settings, images, "mse", pupils.hide_discs)
        run.save_model(f"context-{seed}", network)
        return {"parameters": network.count_params()}

    threshold = run.part(f"train-autoencoder-{seed}", autoencoder)["threshold"]
    run.part(f"train-context-{seed}", context)
    loaded = Autoencoder(*(run.load_model(part) for part in parts))
    return Restorer(loaded, run.load_model(f"context-{seed}"), threshold)


def _fit(
    run: Run,
    part: str,
    model: keras.Model,
    settings: Settings,
    images: np.ndarray,
    loss: str,
    transform: Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]],
) -> None:
    steps = steps_per_epoch(len(images), settings.batch_size)
    epochs = settings.context_epochs if part.startswith("context") else settings.epochs
    model.compile(
        cosine_adam(settings.learning_rate, epochs * steps), loss=loss, jit_compile=False,
        steps_per_execution=steps_per_execution(steps),
    )  # fmt: skip
    fit(
        run, part, model, (images,), batch_size=settings.batch_size, epochs=epochs,
        seed=int(part.rpartition("-")[2]), transform=transform,
    )  # fmt: skip


def _same(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    del seed
    return images, images


def restored(restorer: Restorer, images: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Every way's pictures of images (n, height, width, 3), and the pixels that were found."""
    whole = pupils.reconstructed(restorer.autoencoder, images)
    found = restorer.found(images, whole)
    return {
        "autoencoder": whole,
        "autoencoder_there": np.where(found[..., np.newaxis], whole, images),
        "context": restorer.filled(images, found),
        "desaturated": pupils.desaturated(images, found),
    }, found


def _measure(run: Run, restorer: Restorer, eyes: Eyes, seed: int) -> dict:
    """Numbers of each eye and way, of the detector, and of eyes without red."""
    pictures, found = restored(restorer, eyes.flash)
    clean, found_in_clean = restored(restorer, eyes.clean)
    if seed == run.config.seed:
        shown = page.shown(len(eyes.flash))
        for name, images in pictures.items():
            run.save_array(f"shown-{name}", images[shown])
        run.save_array("shown-found", found[shown])
    pictures = {"clean": eyes.clean, "flash": eyes.flash, **pictures}
    near = pupils.spots(eyes.pupils.astype(float), 0.5)
    return {
        "ways": {name: _numbers(images, eyes) for name, images in pictures.items()},
        "detector": {
            "pupil_found": float(found[eyes.pupils].mean()),
            "eyes_found": float(np.mean((found & eyes.pupils).any(axis=(1, 2)))),
            "elsewhere": float((found & ~near).mean()),
            "clean_eyes_changed": float(np.mean(found_in_clean.any(axis=(1, 2)))),
            "threshold": restorer.threshold,
        },
        "clean_psnr": psnr(eyes.clean, clean["context"], np.ones_like(eyes.pupils)).tolist(),
    }


def _numbers(images: np.ndarray, eyes: Eyes) -> dict[str, list[float]]:
    return {
        "redness": mean_redness(images, eyes.pupils).tolist(),
        "inside": psnr(eyes.clean, images, eyes.pupils).tolist(),
        "outside": psnr(eyes.clean, images, ~eyes.pupils).tolist(),
    }


def over_seeds(found: list[dict]) -> Rows:
    """Mean over seeds of each eye's numbers."""
    return {
        name: {
            key: np.mean([one["ways"][name][key] for one in found], axis=0).tolist()
            for key in found[0]["ways"][name]
        }
        for name in found[0]["ways"]
    }


def _portrait(run: Run, restorer: Restorer, data_dir: Path | str | None) -> dict:
    """What happens to the eyes of a real portrait, with red pupils painted in and without."""
    eyes = portrait_eyes(data_dir)
    numbers = {}
    for kind, images in (("red", eyes.flash), ("as_it_is", eyes.clean)):
        pictures, found = restored(restorer, images)
        run.save_array(f"portrait-{kind}", np.stack([images, *pictures.values()], axis=1))
        ways = {"given": images, **pictures}
        numbers[kind] = {name: _means(_numbers(one, eyes)) for name, one in ways.items()}
        numbers[kind]["changed_outside"] = float(found[~eyes.pupils].mean())
        numbers[kind]["pupil_found"] = float(found[eyes.pupils].mean())
    return numbers


def _means(numbers: dict[str, list[float]]) -> dict[str, float]:
    return {key: float(np.mean(values)) for key, values in numbers.items()}
