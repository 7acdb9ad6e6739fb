"""Finds the pictures of a folder that are unlike all those of another.

Question: which pictures of a folder are unlike all those of another?

Method: that of study `anomaly`. An autoencoder learns from four fifths of the normal pictures,
without labels. The score of a picture is how far apart its latents lie from those of the normal
ones, plus how large the error of its reconstruction is beside its ink, plus how large that of its
edges is beside its edges. The other normal pictures, which nothing was
learned from, are scored, too: the p value of a picture is the share of them that are at least as
odd, itself counted with them. Pictures whose sides are longer than 64 pixels are made smaller
first, so flaws of few pixels in large pictures are not seen.

Writes scores.csv (file, score, p, the oddest first), the autoencoder, and scores.npy.

Command: tfnets anomaly --train DIR --test DIR --out RUN
"""

import csv
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnets import metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.datasets.labelled_folder import picture_names, read_images
from tfnets.errors import InputError
from tfnets.files import atomic
from tfnets.jobs.find_anomalies import page
from tfnets.jobs.find_anomalies.settings import SCALES, Pictures, Settings
from tfnets.lab.engine import Lab
from tfnets.lab.fit import cosine_adam, resumable_fit
from tfnets.methods.anomalies import Scorer
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.dense_autoencoders import dense_autoencoder

__all__ = ["SCALES", "Settings", "run"]


SCORES = "scores.csv"
FEWEST = 20
"""Normal pictures without which nothing can be learned."""
HELD_OUT = 5
"""One of so many normal pictures is held out."""
SIDE = 64
"""Pixels of the longer side at most; larger pictures are made smaller."""
LISTED = 30
"""Pictures that the report lists at most."""
PARTS = ("encoder", "decoder")


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Reads the pictures, trains, scores, draws the figures, writes the report."""
    del lab.data_dir
    data = read(settings)
    seen = run.part("pictures", lambda: {"digest": data.digest})
    if seen["digest"] != data.digest:
        raise InputError(
            f"The pictures in {settings.train} or {settings.test} have changed since the run was "
            "started; start a new run with another --out."
        )
    held_out = np.random.default_rng(run.config.seed).permutation(len(data.normal))
    apart = np.array_split(held_out, [math.ceil(len(held_out) / HELD_OUT)])
    known, unseen = data.normal[apart[1]], data.normal[apart[0]]
    run.part("train", lambda: _train(run, settings, known))
    numbers = run.part("score", lambda: _score(run, data, known, unseen))
    page.draw(run, data, unseen, numbers)
    run.finish(numbers, page.report(data, numbers).as_json())


def read(settings: Settings) -> Pictures:
    """Reads both folders.

    Raises:
        InputError: A folder is missing or holds no picture, a picture cannot be read, they are of
            different sizes, or the normal ones are too few.
    """
    if not (settings.train and settings.test):
        raise InputError(
            "No folders were given; start with `tfnets anomaly --train DIR --test DIR`."
        )
    folders = [Path(settings.train), Path(settings.test)]
    normal, test = (picture_names(folder) for folder in folders)
    if len(normal) < FEWEST:
        raise InputError(
            f"{settings.train} holds {len(normal)} pictures; give at least {FEWEST} normal ones to "
            "learn from."
        )
    paths = [*(folders[0] / name for name in normal), *(folders[1] / name for name in test)]
    images = read_images(paths)
    small = reduced(images)
    return Pictures(small[: len(normal)], small[len(normal) :], test, images.shape[1:3])


def reduced(images: np.ndarray) -> np.ndarray:
    """Averages square blocks so that neither side is longer than `SIDE`."""
    height, width = images.shape[1:3]
    block = math.ceil(max(height, width) / SIDE)
    if block == 1:
        return images
    rest = [(0, 0), (0, -height % block), (0, -width % block), (0, 0)]
    padded = np.pad(images, rest, mode="edge")
    n, tall, wide, channels = padded.shape
    blocks = padded.reshape(n, tall // block, block, wide // block, block, channels)
    return blocks.mean(axis=(2, 4), dtype=np.float32)


def _train(run: Run, settings: Settings, images: np.ndarray) -> dict[str, int]:
    """Trains the autoencoder; its state is saved every so many passes."""
    size = min(settings.batch_size, len(images))
    epochs = math.ceil(settings.updates / steps_per_epoch(len(images), size))
    built = dense_autoencoder(images.shape[1:], settings.latent, run.config.seed, settings.hidden)
    model: keras.Model = built.joined()
    steps = epochs * steps_per_epoch(len(images), size)
    model.compile(
        cosine_adam(settings.learning_rate, steps), loss="binary_crossentropy", jit_compile=False
    )
    resumable_fit(run, PARTS[0], run.config.seed, model, (images, images), size, epochs)
    for part, network in zip(PARTS, built, strict=True):
        run.save_model(part, network)
    return {"parameters": model.count_params()}


def _score(run: Run, data: Pictures, known: np.ndarray, unseen: np.ndarray) -> dict[str, Any]:
    """Scores all pictures and writes them down."""
    model = Autoencoder(*(run.load_model(part) for part in PARTS))
    scorer = Scorer.fitted(model, known)
    normal, test = (scorer.scores(images)["sum"] for images in (unseen, data.test))
    p = metrics.conformal_p(test, normal)
    run.save_array("scores", test)
    run.save_array("normal_scores", normal)
    _write(run.path / SCORES, data.files, test, p)
    oddest = [
        {"file": data.files[place], "score": float(test[place]), "p": float(p[place])}
        for place in oddest_first(test)[:LISTED]
    ]
    return {
        "normal": len(data.normal),
        "held_out": len(unseen),
        "pictures": len(data.test),
        "size": list(data.size),
        "shape": list(data.test.shape[1:]),
        "least_p": 1 / (1 + len(unseen)),
        "odd": {f"{level:g}": int(np.sum(p <= level)) for level in (0.01, 0.05)},
        "oddest": oddest,
    }


def oddest_first(scores: np.ndarray) -> np.ndarray:
    """Places of scores from the highest to the lowest; equal ones stay in their order."""
    return np.argsort(-scores, kind="stable")


def _write(path: Path, files: tuple[str, ...], scores: np.ndarray, p: np.ndarray) -> None:
    with (
        atomic(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "score", "p"])
        for place in oddest_first(scores):
            rows.writerow([files[place], f"{scores[place]:.4f}", f"{p[place]:.4f}"])
