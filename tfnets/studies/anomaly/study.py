"""Study 5.1: finding images of a kind that an autoencoder has never seen.

Question: does an autoencoder that has seen normal images only tell which of new ones are of another
kind?

Origin: an autoencoder trained on normal images; a large reconstruction error means an anomaly. No
number was given.

Here: an autoencoder of dense layers with a small latent, trained without labels. First on all
digits, and asked to tell other digits from pieces of clothing; then on nine digits, and asked to
tell them from the tenth, for each of the ten. Area under the ROC curve (AUROC) and average
precision, over several seeds, beside the reconstruction error of PCA and an isolation forest of
scikit-learn. The plain reconstruction error finds thin and simple digits normal whatever they are.
So further scores of the same network are measured: the error relative to the image's ink; the error
of the differences of neighbouring pixels relative to the image's own, which sees blurred and
invented edges; the local outlier factor of its latents among those of 10,000 normal training images
(Breunig et al. 2000); and the sum of these three, each in units of its spread over them. PCA's
error is also given relative to the ink, and for edges.

How settings were chosen: on training images alone, with digits 1, 4 and 7 held out of 10,000 of the
first 14,000 and looked for among 2,000 of the last 6,000, one seed. The mean AUROC of latents and
error by ink alone was 0.918 with 12 latents and 0.869 with 8; with a mixture of 20 Gaussians in
place of the outlier factor it was 0.900 with 12 latents, 0.887 with 16 and 0.832 with 32. PCA had
its best AUROC with 10 components of 10, 30 and 80, by either of its scores (0.546, and 0.828
relative to the ink). The error of edges was added after a first full run, in which latents and
error by ink reached 0.982 between digits and clothing, where 0.99 was wanted: in the same trial it
raised the held-out digits' mean from 0.912 to 0.927 (in place of the error by ink: 0.921), and, on
training images of both data sets, that of clothing from 0.985 to 0.995.

`tfnets anomaly --train DIR --test DIR` does the same with a person's own pictures.

Command: `tfnets run anomaly --scale full` (about ten minutes on one core).
"""

from functools import partial

import numpy as np
import tensorflow as tf

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.methods.anomalies import Scorer, baseline_scores, reconstructions
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.dense_autoencoders import dense_autoencoder
from tfnets.studies.anomaly import page
from tfnets.studies.anomaly.settings import OTHERS, SCALES, Case, Settings

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains and scores for each case and seed, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, lab.data_dir)
    other = datasets.load(settings.other, lab.data_dir)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {}
    for name in (OTHERS, *map(str, settings.held_out)):
        case = cut(settings, name, data, other)
        rows[name] = [
            run.part(f"{name}-{seed}", partial(_found, run, settings, case, seed)) for seed in seeds
        ]
    page.draw(run, settings, cut(settings, OTHERS, data, other), rows)
    numbers = page.numbers(rows)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def cut(settings: Settings, name: str, data: datasets.ImageData, other: datasets.ImageData) -> Case:
    """The images of a case: `OTHERS`, or a class that is held out."""
    few = slice(0, settings.test_images)
    if name == OTHERS:
        train = data.x_train[: settings.train_images]
        return Case(name, train, data.x_test[few], other.x_test[few])
    known = data.y_train != int(name)
    asked = data.y_test[few] != int(name)
    train = data.x_train[known][: settings.train_images]
    return Case(name, train, data.x_test[few][asked], data.x_test[few][~asked])


def train(run: Run, part: str, settings: Settings, seed: int, images: np.ndarray) -> Autoencoder:
    """Trains an autoencoder of normal images (n, height, width, channels), resumable."""
    built = dense_autoencoder(images.shape[1:], settings.latent, seed, settings.hidden)
    steps = steps_per_epoch(len(images), settings.batch_size)
    model = built.joined()
    model.compile(
        cosine_adam(settings.learning_rate, settings.epochs * steps),
        loss="binary_crossentropy",
        jit_compile=False,
        steps_per_execution=steps_per_execution(steps),
    )
    fit(
        run, part, model, (images,), batch_size=settings.batch_size, epochs=settings.epochs,
        seed=seed, transform=_same,
    )  # fmt: skip
    return built


def _same(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    del seed
    return images, images


def _found(run: Run, settings: Settings, case: Case, seed: int) -> dict:
    """Trains for one case and seed and measures every score."""
    part = f"{case.name}-{seed}"
    model = train(run, part, settings, seed, case.train)
    scores = Scorer.fitted(model, case.train).scores(case.test)
    scores |= baseline_scores(case.train, case.test, settings.components, settings.trees, seed)
    normal = len(case.normal)
    if seed == run.config.seed:
        _keep(run, case, model, scores)
    return {
        "normal": normal,
        "odd": len(case.odd),
        "scores": {
            name: metrics.detection(found[:normal], found[normal:])
            for name, found in scores.items()
        },
    }


def _keep(run: Run, case: Case, model: Autoencoder, scores: dict[str, np.ndarray]) -> None:
    """Saves what figures show of a case."""
    if case.name == OTHERS:
        run.save_model(f"{OTHERS}_encoder", model.encoder)
        run.save_model(f"{OTHERS}_decoder", model.decoder)
        shown = page.shown(len(case.normal), len(case.odd))
        run.save_array(f"{OTHERS}-restored", reconstructions(model, case.test[shown]))
    kept = np.stack([scores[name] for name in page.DENSITIES]).astype(np.float32)
    run.save_array(f"{case.name}-scores", kept)
    ours = scores[page.SCORE]
    oddest = np.argsort(-ours, kind="stable")[: page.ODDEST]
    run.save_array(f"{case.name}-oddest", case.test[oddest])
    run.save_array(f"{case.name}-oddest_are_odd", oddest >= len(case.normal))
