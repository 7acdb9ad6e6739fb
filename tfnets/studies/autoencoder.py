"""Study 3.1: autoencoders of digits, and what their latents know of the classes.

Question: what do small convolutional autoencoders keep of a digit, and how do the classes lie in
their latents?

Origin: conv 4, 8, 16 with pooling, 100 latents, decoder dense - conv 8 - dense - conv 1; and a
decoder of one dense layer. Reconstructions looked good for both; the first two principal
components of the latents showed the digits "separated with overlaps". No number was given.

Here: both, the origin's network trained to restore images of which half of the 4x4 patches are
hidden (`masked`; He et al. 2022), and a deeper one (`deep`), each over several seeds, with the
reconstruction error on test images, k-nearest-neighbour and linear-probe accuracy on the latents,
and the share of variance that two principal components explain. A fifth, the origin's trained to
remove Gaussian noise (`denoising`; Vincent et al. 2010), can be asked for; study `few_labels` uses
it.

Command: `tfnets run autoencoder --scale full` (about half an hour on 2 cores).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.models import autoencoders
from tfnets.studies.fitting import cosine_adam, fit, steps_per_execution
from tfnets.studies.pages import autoencoder as page
from tfnets.studies.settings import require_known, require_positive

VARIANTS = {
    "origin": "origin",
    "one_dense": "one_dense",
    "masked": "origin",
    "deep": "deep",
    "denoising": "origin",
}
"""Each variant's architecture; `masked` and `denoising` are the origin's, trained to restore
half-hidden and noisy images."""

HIDDEN = 0.5
"""Share of 4x4 patches hidden from the `masked` variant."""

NOISE = 0.5
"""Standard deviation of the noise on the `denoising` variant's images; it is not clipped."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variants: Keys of `VARIANTS`.
        latent: Size of the latent vector.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        repeats: Seeds per variant.
        train_images: Training images used (all: 60000).
        test_images: Test images used (all: 10000).
        neighbour_images: Training images that k nearest neighbours and the probe learn from.
    """

    dataset: str = "mnist"
    variants: tuple[str, ...] = ("origin", "one_dense", "masked", "deep")
    latent: int = 100
    epochs: int = 6
    batch_size: int = 128
    learning_rate: float = 2e-3
    repeats: int = 3
    train_images: int = 60_000
    test_images: int = 10_000
    neighbour_images: int = 60_000

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_positive(self, "latent", "epochs", "batch_size", "repeats")
        require_positive(self, "train_images", "test_images", "neighbour_images")
        if self.latent < 2:
            raise InputError("One latent has no plane of two principal components; give 2 or more.")


SCALES = {
    "tiny": Settings(
        latent=8, epochs=1, repeats=2, batch_size=32, train_images=256, test_images=64,
        neighbour_images=128, variants=("origin", "one_dense", "masked"),
    ),
    "quick": Settings(
        epochs=3, repeats=2, train_images=20_000, test_images=2_000, neighbour_images=5_000,
        variants=("origin", "one_dense", "masked"),
    ),
    "full": Settings(),
}  # fmt: skip


def train(
    run: Run, name: str, settings: Settings, seed: int, images: np.ndarray
) -> autoencoders.Autoencoder:
    """Trains one variant; on resuming, a finished one is loaded.

    Args:
        run: The run folder, which gets `NAME-SEED_encoder.keras` and `..._decoder.keras`.
        name: A key of `VARIANTS`.
        settings: Latent size, epochs, batch size, learning rate.
        seed: Seed of weights, order and hidden patches.
        images: Training images (n, 28, 28, 1) in [0, 1].
    """
    built = autoencoders.build(VARIANTS[name], settings.latent, seed)
    part = f"{name}-{seed}"

    def compute() -> dict[str, int]:
        steps = steps_per_epoch(len(images), settings.batch_size)
        model = built.joined()
        model.compile(
            cosine_adam(settings.learning_rate, settings.epochs * steps),
            loss="mse",
            jit_compile=False,
            steps_per_execution=steps_per_execution(steps),
        )
        fit(
            run, part, model, (images,),
            batch_size=settings.batch_size, epochs=settings.epochs, seed=seed,
            transform=CORRUPTIONS.get(name, _same),
        )  # fmt: skip
        run.save_model(f"{part}_encoder", built.encoder)
        run.save_model(f"{part}_decoder", built.decoder)
        return {"parameters": model.count_params()}

    run.part(f"train-{part}", compute)
    return load(run, name, seed)


def load(run: Run, name: str, seed: int) -> autoencoders.Autoencoder:
    """Loads a trained variant from the run folder."""
    parts = (run.load_model(f"{name}-{seed}_{part}") for part in ("encoder", "decoder"))
    return autoencoders.Autoencoder(*parts)


def hide_patches(images: tf.Tensor, seed: tf.Tensor, size: int = 4) -> tuple[tf.Tensor, tf.Tensor]:
    """Blackens each size x size patch with probability `HIDDEN`; returns (hidden, images)."""
    n, height, width = images.shape[0], images.shape[1], images.shape[2]
    shape = (tf.shape(images)[0] if n is None else n, height // size, width // size, 1)
    kept = tf.cast(tf.random.stateless_uniform(shape, seed) >= HIDDEN, images.dtype)
    kept = tf.repeat(tf.repeat(kept, size, axis=1), size, axis=2)
    return images * kept, images


def add_noise(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Adds N(0, `NOISE`^2) to each pixel; returns (noisy, images)."""
    noise = tf.random.stateless_normal(tf.shape(images), seed, 0.0, NOISE, images.dtype)
    return images + noise, images


CORRUPTIONS = {"masked": hide_patches, "denoising": add_noise}
"""What spoils a variant's input: (images, seed pair) -> (spoilt, images); others see it whole."""


def _same(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    del seed
    return images, images


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains and measures every variant and seed, draws the figures, writes the report."""
    data = datasets.load(settings.dataset, data_dir).first(
        settings.train_images, settings.test_images
    )
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    rows = {
        name: [_measured(run, name, settings, seed, data) for seed in seeds]
        for name in settings.variants
    }
    numbers = {name: _summary(repeats) for name, repeats in rows.items()}
    models = {name: load(run, name, run.config.seed) for name in settings.variants}
    page.draw(run, models, data)
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def _measured(
    run: Run, name: str, settings: Settings, seed: int, data: datasets.ImageData
) -> dict[str, float]:
    model = train(run, name, settings, seed, data.x_train)
    return run.part(f"measure-{name}-{seed}", partial(_measure, model, settings, data))


def _measure(
    model: autoencoders.Autoencoder, settings: Settings, data: datasets.ImageData
) -> dict[str, float]:
    known = slice(0, settings.neighbour_images)
    train_latents = model.encode(data.x_train[known])
    test_latents = model.encode(data.x_test)
    restored = model.decode(test_latents)
    plane, explained = metrics.pca_explained(np.concatenate([train_latents, test_latents]))
    labels = (data.y_train[known], data.y_test)
    known_plane, test_plane = plane[: len(train_latents)], plane[len(train_latents) :]

    def accuracy(measure: Callable[..., float], known: np.ndarray, test: np.ndarray) -> float:
        return measure(known, labels[0], test, labels[1])

    return {
        "test_mse": float(np.mean((restored - data.x_test) ** 2)),
        "knn_accuracy": accuracy(metrics.knn_accuracy, train_latents, test_latents),
        "probe_accuracy": accuracy(metrics.probe_accuracy, train_latents, test_latents),
        "pca_explained": explained,
        "pca_plane_knn_accuracy": accuracy(metrics.knn_accuracy, known_plane, test_plane),
        "parameters": model.encoder.count_params() + model.decoder.count_params(),
    }


def _summary(repeats: list[dict[str, float]]) -> dict[str, float | list[float] | int]:
    """Mean over seeds of each number, with its interval where there are two seeds or more."""
    summary: dict[str, float | list[float] | int] = {}
    for key in repeats[0]:
        values = [row[key] for row in repeats]
        summary[key] = float(np.mean(values)) if key != "parameters" else values[0]
        if len(values) > 1 and key != "parameters":
            estimate = metrics.mean_ci95(values)
            summary[f"{key}_ci95"] = [estimate.low, estimate.high]
    return summary | {"seeds": len(repeats)}
