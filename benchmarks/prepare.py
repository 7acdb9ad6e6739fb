"""What both sides start from: weights, the order of the images, latent vectors."""

import keras
import numpy as np
import tensorflow as tf

from benchmarks.counts import step_macs
from benchmarks.task import SEED, Task, save_arrays
from benchmarks.training import Training
from tfnets.datasets.batches import batches
from tfnets.latents import Normal
from tfnets.training.gan import GAN


def prepare(task: Task, workload: Training) -> dict[str, int]:
    """Writes the files that every side of the workload reads; counts the operations of a step.

    `initial.npz` has the weights in Keras's layout, `order.npy` the indices (steps, batch) of the
    checked steps and, for a GAN, `latents.npy` the latents (steps, 2, batch, dim) of the
    discriminator's and the generator's update.

    Args:
        task: Gives the folder and the number of checked steps.
        workload: The workload.

    Returns:
        `macs` of one step.
    """
    networks = workload.keras_networks(SEED)
    weights = [array for network in networks for array in network.get_weights()]
    save_arrays(task.file("initial.npz"), weights)
    size = len(workload.data()[0])
    np.save(task.file("order.npy"), _order(size, workload.batch_size, task.steps))
    if workload.latent:
        np.save(task.file("latents.npy"), _latents(workload, task.steps))
    return {"macs": step_macs(networks, workload.batch_size)}


def _order(size: int, batch_size: int, steps: int) -> np.ndarray:
    rows = batches((np.arange(size),), batch_size=batch_size, seed=SEED).take(steps)
    return np.stack([row.numpy() for (row,) in rows])


class _Recorder:
    """A prior that keeps what it drew; works where steps run eagerly."""

    def __init__(self, dim: int) -> None:
        self._prior, self.drawn = Normal(dim), []

    def __call__(self, n: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        self.drawn.append(self._prior(n, seed).numpy())
        return tf.constant(self.drawn[-1])


def _latents(workload: Training, steps: int) -> np.ndarray:
    """The latents that our trainer draws, recorded from it with networks that do nothing."""
    nothing = keras.Sequential([keras.Input((workload.latent,)), keras.layers.Identity()])
    critic = keras.Sequential([keras.Input((workload.latent,)), keras.layers.Dense(1)])
    recorder = _Recorder(workload.latent)
    trainer = GAN(nothing, critic, recorder, seed=SEED)
    trainer.compile(
        generator_optimizer=keras.optimizers.SGD(0.0),
        discriminator_optimizer=keras.optimizers.SGD(0.0),
    )
    batch = (tf.zeros((workload.batch_size, workload.latent)),)
    for _ in range(steps):
        trainer.train_step(batch)
    return np.stack(recorder.drawn).reshape(steps, 2, workload.batch_size, workload.latent)
