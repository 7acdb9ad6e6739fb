"""Numbers of study 4.2 beside those of its samples: reconstructions, and the latents themselves."""

from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from tfnets import metrics
from tfnets.datasets import ImageData
from tfnets.methods.gans import quality as gan_quality
from tfnets.models.autoencoders import Autoencoder


def reconstructed(
    model: Autoencoder, data: ImageData, quality: gan_quality.Quality
) -> dict[str, Any]:
    """The quality of reconstructions: of the test images themselves, and of training images.

    The latter stand where real training images stand for `..._real`: a perfect GAN would draw such.
    """
    n = quality.samples
    found = {}
    for name, images in (("test", data.x_test), ("train", data.x_train)):
        numbers = quality(model.decode(model.encode(images[:n])))
        found[name] = {key: numbers[key] for key in gan_quality.NUMBERS}
    return found


def latents(
    model: Autoencoder, generator: keras.Model, data: ImageData, z: tf.Tensor
) -> dict[str, float]:
    """Frechet distance, precision, recall, density and coverage of the latents themselves."""
    real, other = (model.encode(images[: len(z)]) for images in (data.x_test, data.x_train))
    made = generator.predict(z, batch_size=1000, verbose=0)
    numbers = {}
    for end, rows in (("", made), ("_real", other)):
        found = {"frechet": metrics.frechet_distance(real, rows)}
        found |= asdict(metrics.prdc(real, rows))
        numbers |= {f"{name}{end}": value for name, value in found.items()}
    return numbers
