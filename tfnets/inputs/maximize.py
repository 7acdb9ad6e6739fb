"""Images that excite units of a network most (study 2.1).

    maximize(model, [class_logit(107), channel("conv2", 7)], STRONG, seed=0).images

loss of image i = -objective_scale * objective i (transformed image) + sum of priors (image)

is minimised over what the parametrisation calls the image. All images of a batch are optimised in
one compiled program and none depends on another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from tfnets.errors import InputError
from tfnets.inputs.descent import Descent
from tfnets.inputs.objectives import Objective, Scorer
from tfnets.inputs.parametrizations import Shape, clip
from tfnets.inputs.recipes import OPTIMIZERS, ORIGIN, STRONG, Recipe, strong
from tfnets.inputs.transformations import centre_crop, compose, fold
from tfnets.tracing.tracing import trace

__all__ = ["ORIGIN", "STRONG", "Maximized", "Maximizer", "Recipe", "maximize", "strong"]


@dataclass(frozen=True, eq=False)
class Maximized:
    """What `maximize` has found.

    Attributes:
        images: Shape (n, height, width, channels), float32 in [0, 1].
        scores: Objective of each returned image, without transformation, shape (n,).
        history: Objective before each step, of the transformed image, shape (steps, n).
        frames: Images on the way, shape (frames, n, height, width, channels): the first before
            any step, the last the returned ones, evenly spread between.
    """

    images: np.ndarray
    scores: np.ndarray
    history: np.ndarray
    frames: np.ndarray


class Maximizer:
    """A search for the images that excite some units most, compiled once and run for many seeds."""

    def __init__(self, model: keras.Model, objectives: Sequence[Objective], recipe: Recipe) -> None:
        """Takes what is fixed, as `maximize`; the program is compiled by the first call.

        The model's weights are read now.
        """
        scorer = Scorer(model, objectives)
        self._steps = recipe.steps
        self._search = _Search(recipe, scorer, image_shape(model))
        optimizer = OPTIMIZERS[recipe.optimizer](float(recipe.learning_rate))
        variables, project = [self._search.variable], self._search.project
        self._descent = Descent(self._search.terms, variables, optimizer, project=project)

    def __call__(self, *, seed: int, frames: int = 0, progress: bool = True) -> Maximized:
        """Looks for the images; see `maximize`."""
        if frames < 0 or frames == 1:
            raise InputError(f"There cannot be {frames} frames; give 0, or 2 and more.")
        self._search.start(seed)
        film = _Film(self._search, self._steps, frames)
        watch = {"watch": film.take, "every": film.every}
        text = "maximising" if progress else ""
        history = self._descent(steps=self._steps, description=text, **watch)["score"]
        images, scores = self._search.found()
        return Maximized(images.numpy(), scores.numpy(), history, film.frames())


def maximize(
    model: keras.Model,
    objectives: Sequence[Objective],
    recipe: Recipe,
    *,
    seed: int,
    frames: int = 0,
    progress: bool = True,
) -> Maximized:
    """Looks for the images that excite units most, one image per objective.

    For several seeds with the same objectives make a `Maximizer`, which compiles once.

    Args:
        model: Images (n, height, width, channels) in [0, 1] -> logits (n, classes).
        objectives: What each image is to excite.
        recipe: How to look: `ORIGIN`, `STRONG` or another.
        seed: Seed of the start (the same for all images) and of the transformations.
        frames: Images to keep on the way; 0 for none, else 2 or more.
        progress: Whether to show a progress bar.

    Raises:
        InputError: A unit that the model does not have, a model without one image input, one frame
            only, transformations that leave less than the network's input, or a loss that is not
            finite.
    """
    return Maximizer(model, objectives, recipe)(seed=seed, frames=frames, progress=progress)


def image_shape(model: keras.Model) -> Shape:
    """Height, width and channels of a model's image input.

    Raises:
        InputError: The model has no such input, or several.
    """
    graph = trace(model)
    return graph.shapes[graph.image]


def start_image(model: keras.Model, recipe: Recipe, seed: int) -> np.ndarray:
    """Returns the image (height, width, channels) that `maximize` starts from."""
    shape = image_shape(model)
    start = recipe.parametrization.initial(shape, seed)
    return recipe.parametrization.images(start[None], shape)[0].numpy()


class _Search:
    """The variable, and the loss that descends."""

    def __init__(self, recipe: Recipe, scorer: Scorer, shape: Shape) -> None:
        self._recipe, self._scorer, self._shape = recipe, scorer, shape
        self._move = compose(*recipe.transformations)
        self._seed = tf.Variable([0, 0], trainable=False)
        self.variable = tf.Variable(self._batch(0), name="image")
        self.found = tf.function(self._found, autograph=False, jit_compile=False)
        moved = tuple(self._moved(self.images(), tf.constant(0)).shape[1:])
        if moved != shape:
            raise InputError(
                f"The transformations leave images of {moved}, but the network takes {shape}; let "
                "them keep the size, or pad more."
            )

    def start(self, seed: int) -> None:
        """Begins anew."""
        self._seed.assign([seed, 0])
        self.variable.assign(self._batch(seed))

    def images(self) -> tf.Tensor:
        """The images as they are now, in [0, 1]."""
        return clip(self._recipe.parametrization.images(self.variable, self._shape))

    def _found(self) -> tuple[tf.Tensor, tf.Tensor]:
        images = self.images()
        return images, self._scorer(images)

    def _batch(self, seed: int) -> tf.Tensor:
        start = self._recipe.parametrization.initial(self._shape, seed)
        return tf.stack([start] * self._scorer.count)

    def terms(self, step: tf.Tensor) -> dict[str, tf.Tensor]:
        """Loss and score of each image (n,)."""
        images = self._recipe.parametrization.images(self.variable, self._shape)
        scores = self._scorer(self._moved(images, step))
        loss = -self._recipe.objective_scale * scores
        for prior in self._recipe.priors:
            loss += prior(images)
        return {"loss": loss, "score": scores}

    def project(self) -> None:
        """Keeps pixels valid."""
        self.variable.assign(self._recipe.parametrization.project(self.variable))

    def _moved(self, images: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        return centre_crop(self._move(images, fold(self._seed, step)), *self._shape[:2])


class _Film:
    """Keeps images at evenly spread steps."""

    def __init__(self, search: _Search, steps: int, frames: int) -> None:
        self.every = max(1, steps // (frames - 1)) if frames else 0
        self._wanted = frames
        self._search = search
        self._taken = [search.images().numpy()]

    def take(self, done: int) -> None:
        """Called by the loop after every `every` steps and at the end."""
        del done
        if self._wanted:
            self._taken.append(self._search.images().numpy())

    def frames(self) -> np.ndarray:
        """The frames (frames, n, height, width, channels); none if none were wanted."""
        if not self._wanted:
            return np.empty((0, *self._taken[0].shape), np.float32)
        chosen = np.rint(np.linspace(0, len(self._taken) - 1, self._wanted)).astype(int)
        return np.stack([self._taken[place] for place in chosen])
