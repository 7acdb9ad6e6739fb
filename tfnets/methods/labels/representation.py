"""An encoder of images that nobody labelled, by contrastive learning."""

import math
from collections.abc import Callable, Sequence

import keras
import numpy as np
from sklearn.preprocessing import normalize

from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.errors import InputError
from tfnets.methods.labels.plan import Plan
from tfnets.models import encoders
from tfnets.training.callbacks import Progress
from tfnets.training.contrastive import Contrastive
from tfnets.training.deformations import deformations
from tfnets.training.optimizers import Adam

Fit = Callable[[keras.Model, Sequence[np.ndarray], int, int], None]
"""(compiled model, arrays, batch size, epochs): trains it to the last epoch."""

FEWEST = 20  # images without which nothing can be learned


def fit_at_once(seed: int, title: str = "contrastive") -> Fit:
    """Returns the plain way to train, not resumable; with a progress bar, if there is a title."""

    def fit(model: keras.Model, arrays: Sequence[np.ndarray], size: int, epochs: int) -> None:
        steps = steps_per_epoch(len(arrays[0]), size)
        model.fit(
            batches(arrays, batch_size=size, seed=seed),
            epochs=epochs, steps_per_epoch=steps, shuffle=False, verbose=0,
            callbacks=[Progress(title, epochs, steps)] if title else [],
        )  # fmt: skip

    return fit


def train_encoder(images: np.ndarray, plan: Plan, seed: int, fit: Fit | None = None) -> keras.Model:
    """Returns the encoder of images (n, h, w, c) in [0, 1] -> (n, features), trained on them.

    Weights, order and deformations are the seed's; it trains by `fit_at_once` if `fit` is None.

    Raises:
        InputError: Too few images, too small ones, or another shape.
    """
    if images.ndim != 4 or len(images) < FEWEST:
        raise InputError(
            f"The images have shape {images.shape}; give (n, height, width, channels) with at "
            f"least {FEWEST} images."
        )
    size = min(plan.batch_size, len(images) // 2)
    steps = steps_per_epoch(len(images), size)
    epochs = math.ceil(plan.updates / steps)
    encoder = encoders.contrastive_encoder(images.shape[1:], features=plan.features, seed=seed)
    projector, changed = encoders.projector(plan.features, seed=seed), deformations(plan.strength)
    trainer = Contrastive(encoder, projector, changed, temperature=plan.temperature, seed=seed)
    falling = keras.optimizers.schedules.CosineDecay(plan.learning_rate, steps * epochs)
    trainer.compile(Adam(falling), jit_compile=False)
    (fit or fit_at_once(seed))(trainer, (images,), size, epochs)
    return encoder


def encode(encoder: keras.Model, images: np.ndarray, batch_size: int = 1000) -> np.ndarray:
    """Features (n, features) of images."""
    return encoder.predict(images, batch_size=batch_size, verbose=0)


def encoded(encoder: keras.Model, images: np.ndarray, pixels: float) -> np.ndarray:
    """Features of images, of length 1, and beside them their pixels, of length `pixels`.

    Features are as they are where `pixels` is 0. Of small images the pixels themselves tell much,
    and an encoder that has seen few images differs from seed to seed.
    """
    features = encode(encoder, images)
    if not pixels:
        return features
    return np.hstack([normalize(features), pixels * normalize(images.reshape(len(images), -1))])
