"""Our side, through the package's own way of training, and Keras's stock `fit`."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.stock_gan import StockGAN
from benchmarks.task import EARLY, SEED, WINDOW, Task, load_arrays, save_arrays, warm_up
from benchmarks.timing import Stopwatch
from benchmarks.training import KERAS, SGD, Training
from benchmarks.workload import OURS
from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.lab.fit import executed_steps, steps_per_execution
from tfnets.latents import Normal
from tfnets.training import optimizers
from tfnets.training.gan import GAN

LOSSES: dict[str, Callable[[], keras.losses.Loss]] = {
    "crossentropy": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "mse": keras.losses.MeanSquaredError,
}


def time(task: Task, workload: Training) -> dict[str, float]:
    """Milliseconds per step within one `fit`, after a warm-up."""
    arrays = workload.data()
    networks = start(task, workload)
    if task.side == OURS:
        at_once = _at_once(workload, networks, len(arrays[0]))
        model, data = our_model(workload, networks, at_once), our_data(workload, arrays)
    else:
        at_once = 1
        model, data = stock_model(workload, networks), stock_data(workload, arrays)
    warm, steps = (at_once * math.ceil(n / at_once) for n in (warm_up(task.steps), task.steps))
    watch = Stopwatch(warm, steps)
    model.fit(data, steps_per_epoch=warm + steps, callbacks=[watch], shuffle=False, verbose=0)
    return {"ms": watch.milliseconds}


def check(task: Task, workload: Training) -> dict[str, list[float]]:
    """The losses' means over windows of steps; writes the weights after `EARLY` steps.

    All sides see the same batches here, in the order that our own `batches` has.
    """
    arrays = workload.data()
    networks = start(task, workload)
    if task.side == OURS:
        model, data = our_model(workload, networks, WINDOW), our_data(workload, arrays)
    else:
        model, data = stock_model(workload, networks), _given_data(task, workload, arrays)
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: _keep(task, networks, epoch)
    )
    history = model.fit(
        data, steps_per_epoch=WINDOW, epochs=task.steps // WINDOW, callbacks=[keep],
        shuffle=False, verbose=0,
    ).history  # fmt: skip
    return {name: values for name, values in history.items() if name.endswith("loss")}


def _at_once(workload: Training, networks: tuple[keras.Model, ...], size: int) -> int:
    """Steps per execution as the studies choose them."""
    epoch = steps_per_epoch(size, workload.batch_size)
    if workload.loss == "crossentropy":
        return steps_per_execution(epoch, executed_steps(*networks, workload.batch_size))
    return steps_per_execution(epoch)


def _keep(task: Task, networks: tuple[keras.Model, ...], epoch: int) -> None:
    if (epoch + 1) * WINDOW == EARLY:
        weights = [array for network in networks for array in network.get_weights()]
        save_arrays(task.file(f"{task.side}.npz"), weights)


def start(task: Task, workload: Training) -> tuple[keras.Model, ...]:
    """The networks with the weights of the prepared file."""
    networks = workload.keras_networks(SEED)
    weights = iter(load_arrays(task.file("initial.npz")))
    for network in networks:
        network.set_weights([next(weights) for _ in network.weights])
    return networks


def optimizer(workload: Training, side: str) -> keras.optimizers.Optimizer:
    """A new optimiser with the workload's numbers: the package's, or Keras's own."""
    made, kinds = workload.optimizer, optimizers if side == OURS else keras.optimizers
    if isinstance(made, SGD):
        return kinds.SGD(made.rate, momentum=made.momentum)
    return kinds.Adam(made.rate, beta_1=made.beta_1, beta_2=made.beta_2, epsilon=made.epsilon)


def our_model(workload: Training, networks: tuple[keras.Model, ...], at_once: int) -> keras.Model:
    """Compiled as the studies of the package compile; `at_once` steps per execution."""
    if workload.loss == "gan":
        gan = GAN(*networks, Normal(workload.latent), seed=SEED)
        gan.compile(
            generator_optimizer=optimizer(workload, OURS),
            discriminator_optimizer=optimizer(workload, OURS),
            steps_per_execution=at_once,
        )
        return gan
    (model,) = networks
    model.compile(
        optimizer(workload, OURS),
        LOSSES[workload.loss](),
        jit_compile=False,
        steps_per_execution=at_once,
    )
    return model


def our_data(workload: Training, arrays: tuple[np.ndarray, ...]) -> tf.data.Dataset:
    """The package's batches."""
    data = batches(arrays, batch_size=workload.batch_size, seed=SEED)
    return data.map(_with_target) if workload.loss == "mse" else data


def stock_model(workload: Training, networks: tuple[keras.Model, ...]) -> keras.Model:
    """Compiled with everything else left at Keras's defaults."""
    if workload.loss == "gan":
        model = StockGAN(*networks, workload.latent)
        model.compile(optimizer(workload, KERAS), optimizer(workload, KERAS))
        return model
    (model,) = networks
    model.compile(optimizer(workload, KERAS), LOSSES[workload.loss]())
    return model


def stock_data(workload: Training, arrays: tuple[np.ndarray, ...]) -> tf.data.Dataset:
    """The pipeline of the tutorials: slices, a shuffle over all of them, batches, prefetch."""
    data = tf.data.Dataset.from_tensor_slices(arrays).shuffle(len(arrays[0])).repeat()
    data = data.batch(workload.batch_size).prefetch(tf.data.AUTOTUNE)
    return data.map(_with_target) if workload.loss == "mse" else data


def _given_data(task: Task, workload: Training, arrays: tuple[np.ndarray, ...]) -> tf.data.Dataset:
    order = np.load(task.file("order.npy"))
    data = tf.data.Dataset.from_tensor_slices(tuple(array[order] for array in arrays))
    if workload.loss == "gan":
        latents = tf.data.Dataset.from_tensor_slices(np.load(task.file("latents.npy")))
        return tf.data.Dataset.zip(data, latents).map(lambda batch, given: (*batch, given))
    return data.map(_with_target) if workload.loss == "mse" else data


def _with_target(*batch: Any) -> tuple[Any, Any]:
    return batch[0], batch[0]
