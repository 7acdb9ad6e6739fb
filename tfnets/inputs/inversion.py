"""Finding the latent vectors from which a generator draws given images.

A GAN has no encoder; its latent vectors are found by descent (Zhu et al. 2016): the latent vector
is the `tf.Variable`, the generator a constant. Each search begins at the most similar of many draws
from the prior, and stays on the sphere of the prior's typical norm (Menon et al. 2020), because a
generator has learned nothing about vectors that the prior does not draw.
"""

from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import pairwise_distances_argmin

from tfnets.errors import InputError
from tfnets.inputs.descent import cosine_adam


@dataclass(frozen=True)
class Inverted:
    """What an inversion found.

    Attributes:
        latents: float32 (n, dim), all of one norm.
        errors: Mean squared error of each generated image (n,), in pixel units squared.
        history: Errors before each step, shape (steps, n).
    """

    latents: np.ndarray = field(repr=False)
    errors: np.ndarray = field(repr=False)
    history: np.ndarray = field(repr=False)


def invert(
    generator: keras.Model,
    images: np.ndarray,
    draws: np.ndarray,
    *,
    steps: int = 200,
    learning_rate: float = 0.05,
    description: str = "",
) -> Inverted:
    """Searches for each image a latent vector that gives it, all images at once.

    Adam's steps start at `learning_rate` per coordinate and shrink to 0 along a half cosine.

    Args:
        generator: Model `(n, dim) -> (n, height, width, channels)`.
        images: What it should draw, of the generator's shape, in [0, 1].
        draws: Latent vectors (m, dim) from the prior: the candidates to begin at; their mean norm
            is the norm of what is found.
        steps: Number of steps.
        learning_rate: Adam's first step size, for latent vectors of a standard deviation near 1.
        description: Text before the progress bar; an empty one shows no bar.

    Raises:
        InputError: Images or draws that do not fit the generator.
    """
    images, draws = np.asarray(images, np.float32), np.asarray(draws, np.float32)
    _require_fit(generator, images, draws)
    radius = float(np.linalg.norm(draws, axis=1).mean())
    wanted = tf.constant(images)
    # Each begins at the draw whose picture is nearest by pixels.
    drawn = generator.predict(draws, batch_size=500, verbose=0)
    flat = [values.reshape(len(values), -1) for values in (images, drawn)]
    latents = tf.Variable(_on_sphere(draws[pairwise_distances_argmin(*flat)], radius))

    def terms(step: tf.Tensor) -> dict[str, tf.Tensor]:
        del step
        drawn = generator(latents, training=False)
        return {"loss": tf.reduce_mean(tf.square(drawn - wanted), axis=(1, 2, 3))}

    def project() -> None:
        latents.assign(_on_sphere(latents, radius))

    settings = {"steps": steps, "learning_rate": learning_rate, "description": description}
    history = cosine_adam(terms, latents, project, **settings)["loss"]
    errors = terms(tf.constant(steps))["loss"].numpy()
    return Inverted(latents.numpy(), errors, history)


def _on_sphere(latents: tf.Tensor | np.ndarray, radius: float) -> tf.Tensor:
    return radius * tf.math.l2_normalize(latents, axis=1)


def _require_fit(generator: keras.Model, images: np.ndarray, draws: np.ndarray) -> None:
    given, made = images.shape[1:], generator.output_shape[1:]
    if given != made or not len(images) or draws.ndim != 2 or not len(draws):
        raise InputError(
            f"Images of the shape {images.shape} cannot be looked for from draws {draws.shape} "
            f"with a generator of {made}; give (n, {', '.join(map(str, made))}) and (m, dim)."
        )
    if draws.shape[1:] != generator.input_shape[1:]:
        raise InputError(
            f"The draws have {draws.shape[1]} values, but the generator takes "
            f"{generator.input_shape[1]}; draw from the prior that it was trained with."
        )
