"""Autoencoders of digits, trained once per run, variant and seed."""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from tfnets.artifacts.run import Run
from tfnets.lab.fit import annealed_fit, own_targets
from tfnets.lab.trial import Trial
from tfnets.models import autoencoders

VARIANTS = {name: name for name in ("origin", "one_dense", "masked", "deep", "denoising")}
VARIANTS |= {"masked": "origin", "denoising": "origin"}
"""Each variant's architecture; `masked` and `denoising` are the origin's, trained to restore
half-hidden and noisy images."""

HIDDEN = 0.5  # share of 4x4 patches hidden from the `masked` variant
NOISE = 0.5
"""Standard deviation of the noise on the `denoising` variant's images; it is not clipped."""


@dataclass(frozen=True)
class Recipe:
    """How an autoencoder is trained."""

    latent: int = 100
    epochs: int = 6
    batch_size: int = 128
    learning_rate: float = 2e-3  # Adam's first; it falls to 0 along a cosine
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
        model = built.joined()
        annealed_fit(
            self.run, self.part, model, (images,), loss="mse", seed=self.seed,
            learning_rate=recipe.learning_rate, batch_size=recipe.batch_size,
            epochs=recipe.epochs, callbacks=[measuring],
            transform=CORRUPTIONS.get(self.variant, own_targets),
        )  # fmt: skip
        for part, network in built._asdict().items():
            self.run.save_model(f"{self.part}_{part}", network)
        return {"parameters": model.count_params()}

    def trained(self) -> autoencoders.Autoencoder:
        """Returns the trained variant from the run folder."""
        return load(self.run, self.variant, self.seed)


def load(run: Run, name: str, seed: int) -> autoencoders.Autoencoder:
    """Loads a trained variant from the run folder."""
    parts = (run.load_model(f"{name}-{seed}_{part}") for part in autoencoders.Autoencoder._fields)
    return autoencoders.Autoencoder(*parts)


def hide_patches(images: tf.Tensor, seed: tf.Tensor, size: int = 4) -> tuple[tf.Tensor, tf.Tensor]:
    """Blackens each size x size patch with probability `HIDDEN`; returns (hidden, images)."""
    n, height, width, _ = images.shape
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
