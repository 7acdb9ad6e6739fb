"""Autoencoders of digits, trained once per run, variant and seed."""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.lab.trial import Trial
from tfnets.models import autoencoders

VARIANTS = {
    "origin": "origin",
    "one_dense": "one_dense",
    "masked": "origin",
    "deep": "deep",
    "denoising": "origin",
}
"""Each variant's architecture; `masked` and `denoising` are the origin's, trained to restore
half-hidden and noisy images."""

HIDDEN = 0.5  # share of 4x4 patches hidden from the `masked` variant
NOISE = 0.5
"""Standard deviation of the noise on the `denoising` variant's images; it is not clipped."""


@dataclass(frozen=True)
class Recipe:
    """How an autoencoder is trained.

    Attributes:
        latent: Size of the latent vector.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's first learning rate; it falls to 0 along a cosine.
        dataset: The data set.
        train_images: Training images used.
    """

    latent: int = 100
    epochs: int = 6
    batch_size: int = 128
    learning_rate: float = 2e-3
    dataset: str = "mnist"
    train_images: int = 60_000


@final
@dataclass(frozen=True)
class Training(Trial):
    """A key of `VARIANTS`, trained; leaves `NAME-SEED_encoder.keras` and `..._decoder.keras`."""

    settings: Recipe

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains with weights, order and hidden patches of this seed."""
        recipe = self.settings
        images = self.store.images(recipe.dataset, recipe.train_images).x_train
        built = autoencoders.build(VARIANTS[self.variant], recipe.latent, self.seed)
        steps = steps_per_epoch(len(images), recipe.batch_size)
        model = built.joined()
        model.compile(
            cosine_adam(recipe.learning_rate, recipe.epochs * steps),
            loss="mse",
            jit_compile=False,
            steps_per_execution=steps_per_execution(steps),
        )
        fit(
            self.run, self.part, model, (images,), batch_size=recipe.batch_size,
            epochs=recipe.epochs, seed=self.seed, callbacks=[measuring],
            transform=CORRUPTIONS.get(self.variant, _same),
        )  # fmt: skip
        self.run.save_model(f"{self.part}_encoder", built.encoder)
        self.run.save_model(f"{self.part}_decoder", built.decoder)
        return {"parameters": model.count_params()}

    def trained(self) -> autoencoders.Autoencoder:
        """Returns the trained variant from the run folder."""
        return load(self.run, self.variant, self.seed)


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
