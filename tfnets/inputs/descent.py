"""Gradient descent on images: the loop under maximisation and restoration (SPEC 2, 6.6).

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


def descend(
    terms: Callable[[tf.Tensor], Terms],
    variables: Sequence[tf.Variable],
    optimizer: keras.optimizers.Optimizer,
    *,
    steps: int,
    project: Callable[[], None] | None = None,
    watch: Callable[[int], None] | None = None,
    every: int = 0,
    description: str = "",
) -> dict[str, np.ndarray]:
    """Changes variables in place so that the sum of `terms(step)["loss"]` falls.

    Images of one batch do not influence each other, as long as each one's loss depends on that
    image only and the optimiser works value by value (SGD, Adam).

    Args:
        terms: Takes the step's number (int32, from 0; derive stateless seeds from it), reads the
            variables, and returns numbers per image, each of shape (n,). Traced without autograph.
        variables: What is optimised.
        optimizer: Settings of the optimiser; it is copied, so that one value serves many calls.
        steps: Number of steps.
        project: Called after each step inside the program, for instance to clip to [0, 1].
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
    program = _program(terms, list(variables), optimizer, project)
    chunks: list[dict[str, np.ndarray]] = []
    done, size = 0, 1
    with tqdm(total=steps, desc=description, unit="step", disable=not description) as bar:
        while done < steps:
            due = min(steps, (done // every + 1) * every) if every else steps
            count = min(size, due - done)
            begun = time.perf_counter()
            found = program(tf.constant(done), tf.constant(count))
            chunks.append({name: values.numpy() for name, values in found.items()})
            _require_finite(chunks[-1]["loss"], done)
            if time.perf_counter() - begun < LONGEST / 2 and count == size:
                size *= 2
            done += count
            bar.update(count)
            if watch is not None and done == due:
                watch(done)
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def _program(
    terms: Callable[[tf.Tensor], Terms],
    variables: list[tf.Variable],
    optimizer: keras.optimizers.Optimizer,
    project: Callable[[], None] | None,
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """The compiled loop: (first step, number of steps) -> terms (steps, n)."""
    optimizer = type(optimizer).from_config(optimizer.get_config())
    optimizer.build(variables)

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

    @tf.function(jit_compile=False, autograph=False)
    def program(first: tf.Tensor, count: tf.Tensor) -> dict[str, tf.Tensor]:
        def body(place: tf.Tensor, rows: dict) -> tuple[tf.Tensor, dict]:
            found = step(first + place)
            written = {
                n: row.write(place, tf.cast(found[n], tf.float32)) for n, row in rows.items()
            }
            return place + 1, written

        empty = {name: tf.TensorArray(tf.float32, size=count) for name in names}
        _, rows = tf.while_loop(lambda place, _: place < count, body, (tf.constant(0), empty))
        return {name: row.stack() for name, row in rows.items()}

    names = list(step.get_concrete_function(tf.constant(0)).structured_outputs)
    return program


def _require_finite(losses: np.ndarray, first: int) -> None:
    bad = ~np.isfinite(losses).all(axis=1)
    if bad.any():
        raise InputError(
            f"The loss is not finite at step {first + int(np.argmax(bad))}; give a smaller "
            "learning rate or smaller weights."
        )
