"""Gradient descent on images: the loop under maximisation and restoration (study 2, 6.6).

The image is the `tf.Variable` and everything else a constant, as in the origin. The loop is one
compiled program that runs many steps per call.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from tqdm.auto import tqdm

from tfnets.errors import InputError

LONGEST = 0.3
"""Seconds per compiled call aimed at: the bar moves, and an interrupt is answered."""

Terms = Mapping[str, tf.Tensor]
"""Numbers per image (n,) by name; `loss` is the one that descends."""


class Descent:
    """One descent, compiled once and run as often as wanted.

    Images of one batch do not influence each other, as long as each one's loss depends on that
    image only and the optimiser works value by value (SGD, Adam).
    """

    def __init__(
        self,
        terms: Callable[[tf.Tensor], Terms],
        variables: Sequence[tf.Variable],
        optimizer: keras.optimizers.Optimizer,
        *,
        project: Callable[[], None] | None = None,
    ) -> None:
        """Takes what is fixed; the program is compiled by the first run.

        Args:
            terms: Takes the step's number (int32, from 0; derive stateless seeds from it), reads
                the variables, and returns numbers per image, each of shape (n,). Traced without
                autograph.
            variables: What is optimised.
            optimizer: Settings of the optimiser; it is copied, so that one value serves many
                descents.
            project: Called after each step inside the program, for instance to clip to [0, 1].
        """
        self._optimizer = type(optimizer).from_config(optimizer.get_config())
        self._optimizer.build(list(variables))
        self._fresh = [variable.numpy() for variable in self._optimizer.variables]
        self._program = _program(_step(terms, list(variables), self._optimizer, project))
        self._size = 1

    def __call__(
        self,
        *,
        steps: int,
        watch: Callable[[int], None] | None = None,
        every: int = 0,
        description: str = "",
    ) -> dict[str, np.ndarray]:
        """Changes the variables in place so that the sum of `terms(step)["loss"]` falls.

        It begins with what the variables are; the optimiser begins anew.

        Args:
            steps: Number of steps.
            watch: Called with the number of finished steps, every `every` steps and at the end.
            every: Steps between two calls of `watch`; 0 calls it at the end only.
            description: Text before the progress bar; an empty one shows no bar.

        Returns:
            Each term at each step, before the step's update: arrays (steps, n).

        Raises:
            InputError: Fewer than one step, or a loss that is not finite, with the step's number.
        """
        if steps < 1:
            raise InputError(f"Descending {steps} steps changes nothing; give 1 or more.")
        for variable, value in zip(self._optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        chunks: list[dict[str, np.ndarray]] = []
        done = 0
        with tqdm(total=steps, desc=description, unit="step", disable=not description) as bar:
            while done < steps:
                due = min(steps, (done // every + 1) * every) if every else steps
                count = min(self._size, due - done)
                begun = time.perf_counter()
                found = self._program(tf.constant(done), tf.constant(count))
                chunks.append({name: values.numpy() for name, values in found.items()})
                bad = ~np.isfinite(chunks[-1]["loss"]).all(axis=1)
                if bad.any():
                    raise InputError(
                        f"The loss is not finite at step {done + int(np.argmax(bad))}; give a "
                        "smaller learning rate or smaller weights."
                    )
                if time.perf_counter() - begun < LONGEST / 2 and count == self._size:
                    self._size *= 2
                done += count
                bar.update(count)
                if watch is not None and done == due:
                    watch(done)
        return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def _step(
    terms: Callable[[tf.Tensor], Terms],
    variables: list[tf.Variable],
    optimizer: keras.optimizers.Optimizer,
    project: Callable[[], None] | None,
) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """One compiled step: its number -> terms before it."""

    @tf.function(jit_compile=False, autograph=False)
    def step(number: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            found = dict(terms(number))
            loss = tf.reduce_sum(found["loss"])
        optimizer.apply(tape.gradient(loss, variables), variables)
        if project is not None:
            project()
        return found

    return step


def _program(
    step: Callable[[tf.Tensor], dict[str, tf.Tensor]],
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """The compiled loop: (first step, number of steps) -> terms (steps, n)."""

    @tf.function(jit_compile=False, autograph=False)
    def program(first: tf.Tensor, count: tf.Tensor) -> dict[str, tf.Tensor]:
        def body(place: tf.Tensor, rows: dict) -> tuple[tf.Tensor, dict]:
            found = step(first + place)
            found = {name: tf.cast(values, tf.float32) for name, values in found.items()}
            return place + 1, {name: row.write(place, found[name]) for name, row in rows.items()}

        names = step.get_concrete_function(tf.constant(0)).structured_outputs
        empty = {name: tf.TensorArray(tf.float32, size=count) for name in names}
        _, rows = tf.while_loop(lambda place, _: place < count, body, (tf.constant(0), empty))
        return {name: row.stack() for name, row in rows.items()}

    return program


def cosine_adam(
    terms: Callable[[tf.Tensor], Terms],
    variable: tf.Variable,
    project: Callable[[], None],
    *,
    steps: int,
    learning_rate: float,
    description: str,
) -> dict[str, np.ndarray]:
    """One `Descent` of `steps` steps by Adam, whose rate shrinks to 0 along a half cosine."""
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, max(1, steps))
    descent = Descent(terms, [variable], keras.optimizers.Adam(rate), project=project)
    return descent(steps=steps, description=description)
